# What every interactive bash of the sandbox reads. The prompts carry OSC 133 marks, by which the recorder knows that bash waits.
PS1='\[\e]133;A\a\]'"${RECORDED_PROMPT-\[\e[32m\]\w\[\e[0m\]$ }"'\[\e]133;B\a\]'
unset RECORDED_PROMPT
PS2='\[\e]133;A;k=s\a\]> \[\e]133;B\a\]'
unset HISTFILE
HISTCONTROL=ignoreboth
shopt -s checkwinsize
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias fgrep='fgrep --color=auto'
alias egrep='egrep --color=auto'
# Processes of this session, 1 KiB blocks of a file, KiB of memory, seconds of a processor, core dumps.
ulimit -u 48 -f 16384 -v 1048576 -t 20 -c 0
