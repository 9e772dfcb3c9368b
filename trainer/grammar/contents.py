"""What files hold and whether they are there: counts, ends, tests, searches, paths."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder, full_file
from trainer.grammar.rule import Draft
from trainer.grammar.template import fill, table, templated
from trainer.grammar.world import World

count = templated(
    """
    6 wc -l <full>
    4 wc -w <full>
    4 wc -c <full>
    1 wc -m <full>
    2 wc -l < <full>
    1 wc -w < <full>
    1 wc -c < <full>
    2 cat <full> | wc -l
    1 cat <full> | wc -w
    2 wc <full>
    1 wc -l <full> <file>
    1 stat -c %s <full>
    """
)
"""``wc`` of a file."""

ends = templated(
    """
    4 head -n 1 <full>
    2 head -n 2 <full>
    1 head -n 3 <full>
    2 head -1 <full>
    1 head -n1 <full>
    1 head <full>
    1 head -c 5 <full>; echo
    4 tail -n 1 <full>
    2 tail -n 2 <full>
    2 tail -1 <full>
    1 tail -n +2 <full>
    1 tail <full>
    1 head -n 2 <full> | tail -n 1
    """
)
"""``head`` and ``tail`` of a file."""

_CHECK = templated(
    """
    4 [ -<flag> <thing> ] && echo <answer>
    3 [ -<flag> <thing> ] && echo yes || echo no
    2 [ -<flag> <thing> ] && echo <answer> || echo no
    3 test -<flag> <thing> && echo <answer>
    2 test -<flag> <thing>; echo $?
    2 [ -<flag> <thing> ]; echo $?
    1 [ ! -<flag> <thing> ] && echo missing
    1 [ -<flag> <thing> ] || echo missing
    1 [[ -<flag> <thing> ]] && echo <answer>
    1 if [ -<flag> <thing> ]; then echo <answer>; fi
    1 test -<flag> <thing> && echo yes || echo no
    """,
    flag=lambda r, world: r.choice("ffffdddees"),
    thing=lambda r, world: _thing(r, world),
    answer=lambda r, world: r.choice(("yes", "yes", "exists", "found", "ok", "there", words.letters(r))),
)


def _thing(r: Random, world: World) -> str:
    """A file, a folder or something that may not be there."""
    draw = r.random()
    path = any_file(r, world) if draw < 0.45 else any_folder(r, world) if draw < 0.7 else None
    if path is not None:
        return world.spell(r, path)
    if world.gone and draw > 0.85:
        return r.choice(world.gone)
    return words.file_name(r) if r.random() < 0.6 else words.folder_name(r)


def check(r: Random, world: World) -> Draft | None:
    """Tests of existence and kind, true and false ones."""
    return _CHECK(r, world)


def _end_of(path: str | None, sign: str) -> str | None:
    """What follows the last `sign` of a path: the name or the extension, if it has one."""
    return None if path is None or sign not in f"/{basename(path)}" else path.rpartition(sign)[2]


def _only_name(r: Random, world: World) -> str | None:
    """The name of a file that no other has: what ``find`` prints of several has no sure order."""
    names = [basename(path) for path in (*world.files, *world.folders)]
    name = _end_of(any_file(r, world), "/")
    return name if name and names.count(name) == 1 else None


find = templated(
    """
    4 find . -name <base>
    2 find . -name "<base>"
    1 find ~ -name <base>
    1 find . -name '*.<suffix>' | sort
    1 find . -type f | sort
    1 find . -type d | sort
    1 find . -type f | wc -l
    1 find . | sort
    1 find . -name <newfile>
    """,
    base=lambda r, world: _only_name(r, world),
    suffix=lambda r, world: _end_of(any_file(r, world), "."),
)
"""``find`` in ways whose order is sure."""


def paths(r: Random, world: World) -> Draft:
    """``basename``, ``dirname``, ``realpath``."""
    path = any_file(r, world) if r.random() < 0.6 else any_folder(r, world)
    command = r.choice(("basename", "basename", "dirname", "dirname", "realpath", "readlink -f"))
    if path is None and command[0] == "r":
        command = "basename"
    if path is not None and (command[0] == "r" or r.random() < 0.5):
        typed = world.spell(r, path)
    else:
        typed = "/".join((r.choice(("", "", words.letters(r))), words.folder_name(r), words.file_name(r)))
    stem, dot, suffix = basename(typed).rpartition(".")
    cut = command == "basename" and stem and dot and r.random() < 0.3
    return Draft(f"{command} {typed}{f' .{suffix}' if cut else ''}")


def search(r: Random, world: World) -> Draft | None:
    """``grep`` for a word that is, or is not, in a file."""
    path = full_file(r, world)
    if path is None:
        return None
    found = [word.strip(".,:!?'\"") for line in world.files[path] for word in line.split()]
    found = [word for word in found if word.isalnum()]
    word = r.choice(found) if found and r.random() < 0.8 else words.letters(r)
    if r.random() < 0.2:
        word = word[: r.randint(1, 3)]
    flag = r.choice((*[""] * 10, "-n ", "-n ", "-c ", "-i ", "-v ", "-q ", "-o "))
    tail = r.choice((" && echo found", "; echo $?")) if flag == "-q " else ""
    return Draft(f"grep {flag}{word} {world.spell(r, path)}{tail}")


transform = templated(
    """
    4 sort <full>
    2 sort -r <full>
    1 sort -n <full>
    1 sort -u <full>
    1 sort <full> | uniq
    1 sort <full> | head -n 1
    2 tac <full>
    1 uniq <full>
    2 rev <full>
    2 cat <full> | tr a-z A-Z
    1 tr a-z A-Z < <full>
    1 cut -c1-<small> <full>
    1 cut -d' ' -f1 <full>
    1 nl <full>
    1 cat <full> | sort
    1 sed -n <small>p <full>
    1 sed 's/<letter>/<letter>/' <full>
    1 sed 's/<letter>/<letter>/g' <full>
    1 cat <full:1> <full:1>
    1 paste -sd, <full>
    1 cat -A <full>
    """
)
"""A file sorted, turned round, cut or changed on its way to the screen."""

_COMPARE = table(
    """
    1 cmp <one> <two> && echo same
    1 diff <one> <two> && echo same
    1 cmp -s <one> <two> && echo same || echo differ
    1 diff <one> <two>
    1 diff -q <one> <two>
    1 cmp -s <one> <two>; echo $?
    """
)


def compare(r: Random, world: World) -> Draft | None:
    """Whether two files are the same."""
    if len(world.files) < 2:
        return None
    one, two = (world.spell(r, path) for path in r.sample(list(world.files), 2))
    text = fill(r, world, _COMPARE.pick(r), {"one": lambda r, world: one, "two": lambda r, world: two})
    return None if text is None else Draft(text)


def gather(r: Random, world: World) -> Draft | None:
    """Files put together or filtered into a new one."""
    path, other = any_file(r, world), any_file(r, world)
    name = words.file_name(r)
    if path is None or other is None or world.exists(name):
        return None
    one, two, target = world.spell(r, path), world.spell(r, other), world.resolve(name)
    lines = world.files[path]
    text, kept = r.choice(
        (
            (f"cat {one} > {name}", lines),
            (f"cat {one} {two} > {name}", lines + world.files[other]),
            (f"cat {one} {two} > {name}", lines + world.files[other]),
            (f"sort {one} > {name}", sorted(lines)),
            (f"head -n 1 {one} > {name}", lines[:1]),
            (f"wc -l < {one} > {name}", [str(len(lines))]),
        )
    )
    return Draft(text, effect=lambda to: to.write(target, kept))


def to_variable(r: Random, world: World) -> Draft | None:
    """The text of a file kept in a variable."""
    path, name = full_file(r, world), words.variable_name(r)
    if path is None or name in world.readonly:
        return None
    value = " ".join(world.files[path])
    return Draft(f"{name}=$(cat {world.spell(r, path)})", effect=lambda to: to.assign(name, value))


def link(r: Random, world: World) -> Draft | None:
    """A symbolic link to a file beside it, listed by ``ls`` later."""
    here = [path for path in world.files if dirname(path) == world.cwd]
    name = words.file_name(r)
    if not here or world.exists(name):
        return None
    path, target = r.choice(here), world.resolve(name)
    text = f"ln -s {basename(path)} {name}" + (f"; readlink {name}" if r.random() < 0.3 else "")
    return Draft(text, effect=lambda to: to.write(target, list(to.files.get(path, []))))


program = templated("3 chmod +x <file>\n1 chmod 755 <file>\n1 chmod 644 <file>\n1 chmod -x <file>")
"""``chmod``: ``ls`` shows programs in green."""
