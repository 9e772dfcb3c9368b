echo hello from a network
name=ada
echo "$name was here" > note.txt
mkdir work
ls
cat note.txt
echo $((27+15))
cd work
pwd
cat nothing.txt
