"""Commands that fail, and what the shell says about it; put together with `status` and `malformed`."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import malformed, status, words
from trainer.grammar.places import any_file, any_folder, missing
from trainer.grammar.rule import Draft, Effect, fails, family
from trainer.grammar.template import table, templated
from trainer.grammar.world import HOME, World

_COMMANDS = templated(
    """
    60 <unknown>
    14 <unknown> <word>
    8 <unknown> <word> <word>
    8 <unknown> <newfile>
    2 <unknown> -<letter>
    2 <unknown> --help
    1 <unknown> --version
    1 <unknown> install <letters>
    2 <unknown> "<text>"
    2 ./<unknown>
    1 ./<unknown>.sh
    1 ./<unknown>.py
    1 /bin/<unknown>
    1 /usr/bin/<unknown>
    1 <unknown>; <unknown>
    1 <unknown>; pwd
    1 <unknown> | cat
    1 echo <word> | <unknown>
    1 $(<unknown>)
    """,
    fails,
)

_READERS = table(
    """
    7 cat
    5 ls
    5 cd
    3 rm
    1 rmdir
    1 head
    1 tail
    1 wc
    1 sort
    1 bash
    1 source
    1 .
    1 tac
    1 rev
    1 stat
    1 nl
    1 uniq
    2 wc -l
    1 cat -n
    1 ls -l
    1 ls -a
    1 ls -1
    1 rm -r
    1 head -n 1
    1 tail -n 2
    1 chmod +x
    1 cut -c1
    """
)
"""Commands that need what they are given to be there."""


def _wants(name: str) -> Effect:
    """The effect of asking for `name` in vain: it may be made later."""

    def effect(world: World) -> None:
        world.failed = True
        world.wanted.append(basename(name))

    return effect


def missing_file(r: Random, world: World) -> Draft:
    """Reading, listing, entering or removing what is not there."""
    name = missing(r, world)
    return Draft(f"{_READERS.pick(r)} {name}", effect=_wants(name))


_MISSING_AMONG = templated(
    """
    4 cp <missing> <newfile>
    3 mv <missing> <newfile>
    1 cp -r <missing> <newfolder>
    2 cp <missing> <folder>
    2 mv <missing> <folder>
    2 cat <file> <missing>
    2 cat <missing> <file>
    1 ls <file> <missing>
    1 wc -l <file> <missing>
    1 rm <missing> <missing>
    2 cat <missing> <missing>
    1 grep <invented> <file>
    1 grep <invented> <file>; echo $?
    1 grep <invented> <file> || echo none
    2 grep <letters> <missing>
    2 touch <missing>/<newfile>
    2 echo <letters> > <missing>/<newfile>
    1 mkdir <missing>/<newfolder>
    1 cd <missing>/<newfolder>
    1 cat <missing>/<newfile>
    1 cat < <missing>
    1 cd ../<missing>
    1 cp <file:1> <file:1>
    1 mv <file:1> <file:1>
    1 cp <file> <missing>/
    """,
    fails,
)

_FILE_AS_FOLDER = templated(
    """
    4 cd <file>
    3 mkdir <file>
    1 rmdir <file>
    1 ls <file>/
    1 cat <file>/<newfile>
    1 ./<file>
    1 mkdir <file>/<newfolder>
    """,
    fails,
)

_FOLDER_AS_FILE = templated(
    """
    3 cat <folder>
    5 mkdir <folder>
    3 rm <folder>
    1 echo <letters> > <folder>
    1 ./<folder>
    1 cp <folder> <newfile>
    1 head <folder>
    1 grep <letters> <folder>
    1 mkdir <folder>; echo $?
    1 mkdir <folder> 2>/dev/null || echo exists
    1 cat <folder>; echo $?
    """,
    fails,
)


def wrong_kind(r: Random, world: World) -> Draft | None:
    """A file used as a folder, a folder as a file, a folder removed that is not empty."""
    draw = r.random()
    if draw < 0.4:
        return _FILE_AS_FOLDER(r, world)
    if draw < 0.8:
        return _FOLDER_AS_FILE(r, world)
    folder = any_folder(r, world)
    if folder is None or folder == HOME or not world.children(folder) or f"{world.cwd}/".startswith(f"{folder}/"):
        return None
    return Draft(f"rmdir {world.spell(r, folder)}{r.choice(('', '', '', '; echo $?'))}", effect=fails)


def nearly(r: Random, world: World) -> Draft | None:
    """A name that is there, misspelt or without its extension."""
    path = any_file(r, world) or any_folder(r, world)
    if path is None or dirname(path) != world.cwd:
        return None
    name = basename(path)
    other = r.choice((name.swapcase(), name.split(".")[0], words.misspelt(r, name), name + r.choice("sx1")))
    if not other or world.exists(other):
        return None
    return Draft(f"{r.choice(('cat', 'cat', 'ls', 'cd', 'rm'))} {other}", effect=_wants(other))


FAMILY = family(
    "errors",
    (
        (27, _COMMANDS),
        (26, missing_file),
        (10, _MISSING_AMONG),
        (12, wrong_kind),
        (3, nearly),
        (9, malformed.operands),
        (10, status.shown),
        (11, status.either),
        (6, malformed.syntax),
        (3, malformed.numbers),
        (1.5, malformed.forbidden),
        (14, status.last),
    ),
)
