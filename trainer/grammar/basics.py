"""Who, where, when: commands that read the machine itself, comments and empty lines."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, Rule, family, fixed
from trainer.grammar.vocabulary import BUILTINS, TOOLS
from trainer.grammar.world import World

_ENVIRONMENT = ("USER", "HOME", "SHELL", "PWD", "HOSTNAME", "TERM", "LANG")
_DATE_FIELDS = ("Y", "m", "d", "H", "M", "S", "F", "T", "A", "B", "a", "b", "j", "y", "e", "D", "R", "u", "I", "p", "Z")
_KEYWORDS = ("if", "for", "while", "case", "then", "do", "done", "fi", "function", "time")


def date_format(r: Random, world: World) -> Draft:
    """``date +...`` with one to three fields."""
    sign = r.choice((" ", "-", "/", ":", ".", "_", ", "))
    picked = [f"%{field}" for field in r.sample(_DATE_FIELDS, r.randint(1, 3))]
    body = sign.join(picked)
    if r.random() < 0.3:
        body = f"{words.known(r)}{r.choice(' -:')}{body}"
    quote = r.choice("'\"") if " " in body or r.random() < 0.25 else ""
    return Draft(
        f"date {r.choice(('', '', '', '-u '))}+{quote}{body}{quote}" if not quote else f"date {quote}+{body}{quote}"
    )


def environment(r: Random, world: World) -> Draft:
    """One variable of the environment, alone."""
    name = r.choice(_ENVIRONMENT)
    form = r.choice(("echo ${}", "echo ${}", "echo ${}", 'echo "${}"', "echo ${{{}}}", "printenv {}", "echo '${}'"))
    return Draft(form.format(name), free=False)


def environment_with_words(r: Random, world: World) -> Draft:
    """Variables of the environment among words."""
    parts = words.words(r, 1, 3, 24)
    for _ in range(r.choice((1, 1, 2))):
        parts.insert(r.randint(0, len(parts)), f"${r.choice(_ENVIRONMENT)}")
    body = r.choice((" ", " ", " ", ": ")).join(parts)
    quote = r.choice(('"', '"', '"', "", "'"))
    return Draft(f"echo {quote}{body}{quote}")


def substitution(r: Random, world: World) -> Draft:
    """``$(whoami)`` and its like, alone or among words."""
    command = r.choice(("whoami", "hostname", "pwd", "date +%F", "date +%Y", "uname", "id -un", "date +%A", "uname -s"))
    call = f"`{command}`" if r.random() < 0.15 else f"$({command})"
    draw = r.random()
    if draw < 0.3:
        return Draft(f"echo {call}", free=False)
    if draw < 0.45:
        return Draft(f'echo "{call}"', free=False)
    text = " ".join(words.words(r, 1, 3, 20))
    return Draft(f'echo "{text}{r.choice((" ", ": "))}{call}"' if r.random() < 0.7 else f"echo {text} {call}")


def which(r: Random, world: World) -> Draft:
    """Where a program lies."""
    name = r.choice(TOOLS if r.random() < 0.9 else BUILTINS)
    return Draft(f"{r.choice(('which', 'which', 'command -v'))} {name}", free=False)


def kind(r: Random, world: World) -> Draft:
    """What a word is to bash: builtin, keyword, alias or file."""
    draw = r.random()
    name = r.choice(BUILTINS if draw < 0.6 else TOOLS if draw < 0.85 else _KEYWORDS)
    return Draft(f"type {r.choice(('', '', '', '-t '))}{name}", free=False)


def comment(r: Random, world: World) -> Draft:
    """A line that does nothing."""
    return Draft(f"{r.choice(('# ', '# ', '# ', '#', '## '))}{words.phrase(r, 1, 6)}")


_CLOSED: Rule = fixed(
    *["pwd"] * 10, *["whoami"] * 9, *["hostname"] * 9, *["date"] * 2, *["date +%F"] * 4, *["date +%Y"] * 2, "date +%T",
    "date +%H:%M", "date +%Y-%m-%d", "date +%A", "date +%B", "date +%d", "date +%m", "date +%j", "date -u", "date -I",
    *["uname"] * 5, *["uname -s"] * 3, *["uname -o"] * 2, *["uname -m"] * 2, *["uname -n"] * 2, "arch", *["true"] * 4, *["false"] * 4,
    *["true; echo $?"] * 2, *["false; echo $?"] * 2, *["echo $?"] * 3, ":", *["clear"] * 7, *["id -un"] * 4, *["id -u"] * 2,
    "id -g", "id -gn", *["id"] * 2, "groups", *[""] * 7, "echo ~", "umask", "echo $0", "echo $HOME/..",
    "pwd; whoami", "whoami; hostname", "whoami && pwd", "hostname; pwd", "date +%F; pwd", "echo $USER@$HOSTNAME",
    'echo "$USER@$HOSTNAME"', "echo $USER $HOME", "uname; hostname", "pwd -P", "dirs", "echo $UID", "nproc --version | head -1",
    "bash --version | head -1", "python3 --version", "echo $BASH_VERSION", "hostname -s", "logname 2>/dev/null; whoami",
)  # fmt: skip

FAMILY = family(
    "basics",
    (
        (100, _CLOSED),
        (16, environment),
        (10, environment_with_words),
        (6, substitution),
        (6, date_format),
        (6, which),
        (8, kind),
        (10, comment),
    ),
)
