echo hello from a network
pwd
whoami
mkdir projects
echo "no shell is running here"
cat nothing.txt
name=ada
echo 'press Enter, frames follow'
