"""Who, where, when: commands that read the machine itself, comments and empty lines."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, family
from trainer.grammar.template import templated
from trainer.grammar.vocabulary import BUILTINS, TOOLS
from trainer.grammar.world import World

_ENVIRONMENT = ("USER", "HOME", "SHELL", "PWD", "HOSTNAME", "TERM", "LANG")
_DATE_FIELDS = "YmdHMSFTABabjyeDRuIpZ"
_KEYWORDS = ("if", "for", "while", "case", "then", "do", "done", "fi", "function", "time")

_CLOSED = templated(
    """
    20 pwd
    18 whoami
    18 hostname
    4 date
    8 date +%F
    4 date +%Y
    2 date +%T
    2 date +%H:%M
    2 date +%Y-%m-%d
    2 date +%A
    2 date +%B
    2 date +%d
    2 date +%m
    2 date +%j
    2 date +%H
    2 date +%d/%m/%Y
    1 date -u
    1 date -I
    10 uname
    6 uname -s
    4 uname -o
    4 uname -m
    4 uname -n
    1 arch
    8 true
    8 false
    4 true; echo $?
    4 false; echo $?
    6 echo $?
    2 :
    14 clear
    10 id -un
    6 id -u
    2 id -g
    2 id -gn
    4 id
    2 groups
    14
    1 echo ~
    1 umask
    1 echo $0
    1 hostname -s
    2 pwd; whoami
    2 whoami; hostname
    2 whoami && pwd
    1 hostname; pwd
    1 date +%F; pwd
    1 whoami; pwd; hostname
    2 echo $USER@$HOSTNAME
    2 echo "$USER@$HOSTNAME"
    1 echo $USER $HOME
    1 echo $USER $HOSTNAME
    1 echo "$USER: $HOME"
    1 whoami && hostname
    1 uname; hostname
    1 uname -sm
    1 uname -sn
    1 pwd -P
    1 dirs
    1 echo $UID
    1 id -nu
    1 python3 --version
    1 bash --version | head -n 1
    1 echo $BASH_VERSION
    1 clear; pwd
    1 true && echo ok
    1 false || echo no
    """
)

_READ_ENVIRONMENT = templated(
    """
    6 echo $<env>
    2 echo "$<env>"
    1 echo ${<env>}
    2 printenv <env>
    1 echo '$<env>'
    """,
    env=lambda r, world: r.choice(_ENVIRONMENT),
)

_CALLS = templated(
    """
    3 echo $(<call>)
    2 echo "$(<call>)"
    3 echo "<text> $(<call>)"
    2 echo "<text>: $(<call>)"
    2 echo <text> $(<call>)
    1 echo <text> `<call>`
    1 echo `<call>`
    1 echo "$(<call>) <text>"
    1 echo '$(<call>)'
    1 echo "$(<call>)@$(<call>)"
    """,
    call=lambda r, world: r.choice(
        ("whoami", "hostname", "pwd", "date +%F", "date +%Y", "uname", "id -un", "date +%A")
    ),
)

_PROGRAMS = templated(
    """
    4 which <tool>
    1 command -v <tool>
    1 which <builtin>
    5 type <builtin>
    2 type <tool>
    1 type <keyword>
    1 type -t <builtin>
    1 type -t <tool>
    """,
    tool=lambda r, world: r.choice(TOOLS),
    builtin=lambda r, world: r.choice(BUILTINS),
    keyword=lambda r, world: r.choice(_KEYWORDS),
)


def date_format(r: Random, world: World) -> Draft:
    """``date +...`` with one to three fields."""
    sign = r.choice((" ", "-", "/", ":", ".", "_", ", "))
    body = sign.join(f"%{field}" for field in r.sample(_DATE_FIELDS, r.randint(1, 3)))
    if r.random() < 0.3:
        body = f"{words.known(r)}{r.choice(' -:')}{body}"
    if " " in body or r.random() < 0.25:
        quote = r.choice("'\"")
        return Draft(f"date {r.choice((f'+{quote}', f'{quote}+'))}{body}{quote}")
    return Draft(f"date {r.choice(('', '', '', '-u '))}+{body}")


def environment_among_words(r: Random, world: World) -> Draft:
    """Variables of the environment among words."""
    parts = words.words(r, 1, 3, 24)
    for _ in range(r.choice((1, 1, 2))):
        parts.insert(r.randint(0, len(parts)), f"${r.choice(_ENVIRONMENT)}")
    body = r.choice((" ", " ", " ", ": ")).join(parts)
    quote = r.choice(('"', '"', '"', "", "'"))
    return Draft(f"echo {quote}{body}{quote}")


def comment(r: Random, world: World) -> Draft:
    """A line that does nothing."""
    return Draft(f"{r.choice(('# ', '# ', '# ', '#', '## '))}{words.phrase(r, 1, 6)}")


FAMILY = family(
    "basics",
    (
        (110, _CLOSED),
        (14, _READ_ENVIRONMENT),
        (9, environment_among_words),
        (6, _CALLS),
        (7, date_format),
        (12, _PROGRAMS),
        (10, comment),
    ),
)
