"""Commands that cannot be: too few operands, signs in wrong places, division by zero, forbidden folders."""

from trainer.grammar.rule import fails
from trainer.grammar.template import templated

operands = templated(
    """
    2 mkdir
    1 touch
    1 rm
    1 cp
    1 mv
    1 rmdir
    1 basename
    1 dirname
    1 ln
    1 grep
    1 mkdir -p
    1 rm -r
    2 cp <newfile>
    2 mv <newfile>
    2 cd <word> <word>
    1 mkdir -<wrong> <newfolder>
    1 rm -<wrong> <newfile>
    1 cat -<wrong>
    1 cd -<wrong>
    1 pwd -<wrong>
    1 ls --<invented>
    1 mkdir --<invented>
    1 cat --<invented>
    1 touch --<invented> <newfile>
    1 whoami <word>
    1 date <word>
    1 uname <word>
    1 export <digit><name>=<word>
    1 <digit><name>=<word>
    2 <name> = <word>
    1 <name>= <unknown>
    1 type <unknown>
    1 which <unknown>
    1 which <unknown>; echo $?
    1 test <word> <word> <word>
    1 [ <letters> -eq 1 ]
    1 [ <letters> -gt <digit> ]
    1 [ <letters>
    1 head -n <letters> <newfile>
    1 sleep <letters>
    1 seq <letters>
    1 alias <invented>
    1 unalias <invented>
    1 shift <letters>
    1 local <name>=<word>
    1 return <digit>
    1 kill <letters>
    1 fg
    1 break
    """,
    fails,
    wrong=lambda r, world: r.choice("XYZjkyJKEMOW"),
)
"""Too few or too many operands, options and names that cannot be."""

syntax = templated(
    """
    1 )
    1 echo )
    1 fi
    1 done
    1 then
    1 else
    1 do
    1 esac
    1 ;
    1 ;;
    1 &&
    1 |
    1 ||
    1 &
    1 }
    1 elif
    1 ( )
    1 ()
    1 ; ls
    1 | ls
    1 && pwd
    1 if; then
    1 ls ||| pwd
    1 echo >
    1 ls >
    1 cat <
    2 echo <letters> )
    2 echo (<letters>)
    1 echo <letters> ( <letters>
    1 <letters> (<letters>)
    1 echo <letters> | | cat
    1 echo <letters> ;; echo <letters>
    1 | <letters>
    1 && echo <letters>
    1 ; echo <letters>
    1 echo <letters> >
    1 if <letters>; fi
    1 then echo <letters>
    1 done <letters>
    1 echo <letters> & & echo <letters>
    1 echo <letters> > > <letters>
    1 fi <letters>
    1 do echo <letters>
    1 else <letters>
    1 <letters> )
    1 (<letters>))
    """,
    fails,
)
"""Lines that bash cannot read, none of which it would ask to go on with."""

numbers = templated(
    """
    3 echo $((<number>/0))
    1 echo $((<number> / 0))
    1 echo $((<number>%0))
    1 echo $((<number>+))
    1 echo $((*<number>))
    1 expr <number> / 0
    1 echo $((<number> <number>))
    1 expr <number> +
    1 expr <letters> + <number>
    1 echo $((09))
    1 echo $((<number>.<digit>))
    1 ((0)); echo $?
    1 ((<number>)); echo $?
    1 echo ${}
    1 echo ${<letters> <letters>}
    1 let
    1 expr
    1 echo $((<number>+<digit><letters>))
    """,
    fails,
)
"""Arithmetic that cannot be done."""

forbidden = templated(
    """
    2 touch /etc/<newfile>
    1 mkdir /usr/<newfolder>
    1 echo <letters> > /etc/<newfile>
    1 touch /usr/<newfile>
    1 mkdir /etc/<newfolder>
    1 cat /etc/shadow
    1 rm -f /etc/passwd
    1 rmdir /usr
    1 rm -f /bin/<letters>
    1 touch /usr/bin/<letters>
    """,
    fails,
)
"""What only the superuser may do."""
