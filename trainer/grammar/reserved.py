"""Words that are, or on many machines could be, commands: never drawn where an unknown command is meant."""

_NAMES = """
    2to3 accessdb activate addgroup addpart addr2line adduser agetty alert alias anthoscli appres apropos apt apt-get
    ar arch arp arpd as awk aws b2sum badblocks base32 base64 basename basenc bash bashbug bc bdftopcf bg bin2c bind
    blkdiscard blkid blkzone blockdev bq break bridge bugpoint builtin bunzip2 busctl bwrap bzcat bzcmp bzdiff bzegrep
    bzexe bzfgrep bzgrep bzip2 bzless bzmore c89 c99 cal caller capsh captoinfo cargo case cat catman cbt cc cd chage
    chattr chcon chcpu chfn chgpasswd chgrp chmem chmod choom chown chpasswd chroot chrt chsh cksum clear clusterdb
    cmake cmp cntraining col colcrt colrm column comm command compgen complete compopt continue convert coproc
    corelist corepack cp cpack cpan cpgr cpp cppw cpuinfo createdb createlang createuser cscope csplit ctags ctest
    ctrlaltdel ctstat curl cut dash date dcb dd deactivate debconf debugfs declare delgroup delpart deluser derb
    devlink df diff diff3 dig dir dircolors dirmngr dirname dirs disown dmesg dmsetup dmstats do docker docutils
    domainname done dotenv dpkg dropdb droplang dropuser dsymutil du dumpe2fs dumpsexp duplicates dwp e2freefrag
    e2fsck e2image e2label e2scrub e2undo e4crypt e4defrag echo ed editor editres egrep elfedit elif else enable
    enc2xs encguess env envsubst eqn esac escapesrc etags eval ex exec exit expand expiry export expr f2py factor
    faillock faillog fakeroot fallocate false fatbinary fc fg fgrep fi file filefrag fincore find findfs findmnt fish
    flask flock fmt fold fonttosfnt for free fsck fsfreeze fstrim ftp function funzip fuser gcc gcloud gcore gcov gdb
    gdbtui gdbus genbrk gencat genccode gencfu gencmn gencnval gendict genl gennorm2 genrb gensprep geqn getcap
    getconf getent getopt getopts getpcaps gettext gettextize getty gio git gmake go gold gpasswd gpg gpgcompose
    gpgconf gpgsm gpgsplit gpgtar gpgv gpic gprof gprofng grep gresource groff grog grops grotty groupadd groupdel
    groupmems groupmod groups grpck grpconv grpunconv gsettings gsutil gtbl gunzip gzexe gzip h2ph h2xs halt hardlink
    hash hd head heaptrack help helpztags hexdump history hmac256 host hostid hostname hwclock hypothesis i386 iconv
    icuinfo icupkg id idle idle3 if ifconfig in info infocmp infotocap init initdb install instmodsh ionice ip ipcmk
    ipcrm ipcs ipmaddr iptunnel ipython ipython3 ischroot isosize issues isympy jar jarsigner java javac javadoc javap
    jcmd jconsole jdb jdeprscan jdeps jexec jfr jhsdb jimage jinfo jlink jmap jmod jobs join journalctl jpackage jps
    jq jrunscript jshell jsondiff jsonpatch jsonschema jstack jstat jstatd kbxutil keytool kill killall killall5 kpt
    kubectl last lastb lastlog lcf ld ldattach ldconfig ldd less lessecho lessfile lesskey lesspipe let lexgrog
    libnetcfg link linux32 linux64 listres llc lli ln lnstat local locale localectl localedef logger login loginctl
    logname logout logsave look losetup ls lsattr lsblk lscpu lsfd lsipc lsirq lslocks lslogins lsmem lsns lsof
    lspgpot lstmeval luit lz4 lz4c lz4cat lzcat lzcmp lzdiff lzegrep lzfgrep lzgrep lzless lzma lzmainfo lzmore mail
    make makeconv man mandb manpath mapfile mawk mcookie md5sum memusage mesg mftraining mkdir mke2fs mkfifo mkfontdir
    mkfs mknod mkswap mktemp more mount mountpoint mpicalc msgattrib msgcat msgcmp msgcomm msgconv msgen msgexec
    msgfilter msgfmt msggrep msginit msgmerge msgunfmt msguniq mtrace mv mvn namei nameif nano nawk nc ncal neqn
    netstat networkctl newgrp newusers ngettext nice ninja nl nm node nodejs nohup nologin normalizer npm nproc npx
    nroff nsenter nslookup nstat numfmt nvcc nvlink obj2yaml objcopy objdump ocs od openssl opt optscript pager partx
    passwd paste patch pathchk pdb3 peekfd perf perl perlbug perldoc perlivp perlthanks pgbench pgrep pic piconv pidof
    pidwait pinentry ping pinky pip pip2 pip3 pkaction pkcheck pkcon pkgconf pkgdata pkill pkmon pkttyagent pl2pm pldd
    plipconfig pmap pngfix pod2html pod2man pod2text pod2usage podchecker popd postgres poweroff pr preconv printenv
    printf prlimit prove prtstat ps pslog psql pstree ptar ptardiff ptargrep ptx ptxas pushd pwck pwconv pwd pwdx
    pwunconv py3clean py3compile pydoc pydoc3 pyenv pygettext3 pygmentize pygrun pytest python python2 python3 pyvenv
    pzstd ranlib rarp rbash rdma read readarray readelf readlink readonly readtags realpath reboot red reindexdb
    renice reset resize2fs resizepart return rev rgrep rls rm rmdir rmt route routel rpcgen rtacct rtcwake rtmon
    rtstat ruby runcon runlevel runuser rustc rustdoc rustfmt rustup rview rvim sanstats savelog scalar scp script
    scriptlive sdiff sed select seq serialver service set setarch setcap setpriv setsid setterm sftp sg sh sha1sum
    sha224sum sha256sum sha384sum sha512sum shasum shift shopt shred shuf shutdown size skill slabtop slattach sleep
    slogin snice soelim sort sotruss source splain split sprof sqlite3 ss ssh stat stdbuf strace streamzip strings
    strip stty su sudo sulogin sum suspend swaplabel swapoff swapon sync sysctl systemctl systemd tabs tac tail talk
    tar tarcat taskset tbl tc tclsh tcpdump tee telinit telnet tempfile terraform tesseract test text2image then tic
    time timeout times tipc tload tmux toe tomlq top touch tput tr trap tree troff true truncate tset tsort tty
    tune2fs type typeset tzselect ucf ucfq ucfr uclampset uconv ucs2any ul ulimit umask umount unalias uname
    uncompress unexpand uniq unlink unlz4 unlzma unset unshare until unxz unzip unzipsfx unzstd uptime useradd userdel
    usermod users utmpdump vacuumdb vacuumlo valgrind vdir vdpa vgdb vi view viewres vigr vim vimdiff vimtutor vipw
    vmstat w wait wall watch watchgnupg wc wdctl wget whatis whereis which while who whoami wipefs wish write xargs
    xauth xdpyinfo xdriinfo xev xfd xfontsel xgettext xkill xlsatoms xlsclients xlsfonts xmessage xprop xsubpp xvinfo
    xwininfo xxd xz xzcat xzcmp xzdiff xzegrep xzfgrep xzgrep xzless xzmore yaml2obj yes yq zcat zcmp zdiff zdump
    zegrep zfgrep zforce zgrep zic zip zipcloak zipdetails zipgrep zipinfo zipnote zipsplit zless zmore znew zramctl
    zsh zstd zstdcat zstdgrep zstdless zstdmt
"""

RUNNABLE = frozenset(_NAMES.split())
"""Keywords, builtins and programs of a Debian machine with development tools."""
