name=ada
city=paris
echo "hello $name"
echo $city
echo $((27+48))
echo "no shell is running here" > note.txt
cat note.txt
cat nothing.txt
mkdir work
cd work
pwd
