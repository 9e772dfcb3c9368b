"""What files hold and whether they are there: counts, ends, tests, searches, paths."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder
from trainer.grammar.rule import Draft
from trainer.grammar.world import World


def _full_file(r: Random, world: World) -> str | None:
    """A file with text in it, the longer ones preferred."""
    full = [path for path, lines in world.files.items() if lines]
    if not full:
        return None
    return max(r.choices(full, k=2), key=lambda path: len(world.files[path]))


def count(r: Random, world: World) -> Draft | None:
    """``wc`` of a file."""
    path = _full_file(r, world)
    if path is None:
        return None
    name, flag = world.spell(r, path), r.choice(("-l", "-l", "-l", "-w", "-w", "-c", "-c", "-m"))
    draw = r.random()
    if draw < 0.65:
        return Draft(f"wc {flag} {name}")
    if draw < 0.8:
        return Draft(f"wc {flag} < {name}")
    return Draft(f"cat {name} | wc {flag}" if draw < 0.93 else f"wc {name}")


def ends(r: Random, world: World) -> Draft | None:
    """``head`` and ``tail`` of a file."""
    path = _full_file(r, world)
    if path is None:
        return None
    command = r.choice(("head", "tail"))
    flag = r.choice(("-n 1", "-n 1", "-n 2", "-n 3", "-1", "-2", "-n1", "-n2", "", "-c 5"))
    return Draft(f"{command} {flag} {world.spell(r, path)}".replace("  ", " "))


def check(r: Random, world: World) -> Draft | None:
    """Tests of existence and kind, true and false ones."""
    draw = r.random()
    path = any_file(r, world) if draw < 0.4 else any_folder(r, world) if draw < 0.65 else None
    name = world.spell(r, path) if path else r.choice((words.file_name, words.folder_name))(r)
    flag, word = r.choice("ffffdddeees"), r.choice(("yes", "yes", "exists", "found", "ok", "there", words.letters(r)))
    form = r.choice(("[ -{0} {1} ] && echo {2}", "[ -{0} {1} ] && echo {2}", "[ -{0} {1} ] && echo {2} || echo no", "[ -{0} {1} ] && echo yes || echo no", "test -{0} {1} && echo {2}",
                     "test -{0} {1}; echo $?", "[ -{0} {1} ]; echo $?", "[ ! -{0} {1} ] && echo missing", "[ -{0} {1} ] || echo missing", "[[ -{0} {1} ]] && echo {2}",
                     "if [ -{0} {1} ]; then echo {2}; fi", "test -{0} {1} && echo yes || echo no"))  # fmt: skip
    return Draft(form.format(flag, name, word))


def find(r: Random, world: World) -> Draft | None:
    """``find`` in ways whose order is sure."""
    path = any_file(r, world)
    if path is None:
        return None
    name = basename(path)
    suffix = name.rsplit(".", 1)[-1]
    form = r.choice(("find . -name {0}", "find . -name {0}", 'find . -name "{0}"', "find . -type f | sort", "find . -type d | sort", "find . -name '*.{1}' | sort", "find ~ -name {0}",
                     "find . | sort", "find . -type f | wc -l"))  # fmt: skip
    return Draft(form.format(name, suffix), free="{" in form)


def paths(r: Random, world: World) -> Draft | None:
    """``basename``, ``dirname``, ``realpath``."""
    path = any_file(r, world) if r.random() < 0.6 else any_folder(r, world)
    typed = world.spell(r, path) if path else None
    if typed is None or r.random() < 0.5:
        typed = "/".join((r.choice(("", "", words.letters(r))), words.folder_name(r), words.file_name(r)))
    command = r.choice(("basename", "basename", "dirname", "dirname", "realpath", "readlink -f"))
    if path and command in ("realpath", "readlink -f"):
        typed = world.spell(r, path)
    tail = (
        f" .{typed.rsplit('.', 1)[1]}"
        if command == "basename" and "." in typed[2:].rsplit("/", 1)[-1] and r.random() < 0.3
        else ""
    )
    return Draft(f"{command} {typed}{tail}")


def search(r: Random, world: World) -> Draft | None:
    """``grep`` for a word that is, or is not, in a file."""
    path = _full_file(r, world)
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


def transform(r: Random, world: World) -> Draft | None:
    """A file sorted, turned round, cut or changed on its way to the screen."""
    path = _full_file(r, world)
    if path is None:
        return None
    form = r.choice(("sort {0}", "sort {0}", "sort -r {0}", "tac {0}", "uniq {0}", "rev {0}", "cat {0} | tr a-z A-Z", "tr a-z A-Z < {0}", "cut -c1-{1} {0}", "cut -d' ' -f1 {0}", "nl {0}",
                     "sort {0} | uniq", "cat {0} | head -n 1", "cat {0} | sort", "sort -u {0}", "sed -n {1}p {0}", "sed 's/a/{2}/' {0}", "cat {0} {0}", "paste -sd, {0}", "sort -n {0}"))  # fmt: skip # noqa: E501
    return Draft(form.format(world.spell(r, path), r.randint(1, 5), r.choice("oeuix")))


def compare(r: Random, world: World) -> Draft | None:
    """Whether two files are the same."""
    if len(world.files) < 2:
        return None
    one, two = (world.spell(r, path) for path in r.sample(list(world.files), 2))
    form = r.choice(
        (
            "cmp {0} {1} && echo same",
            "diff {0} {1} && echo same",
            "cmp -s {0} {1} && echo same || echo differ",
            "diff {0} {1}",
            "diff -q {0} {1}",
            "cmp -s {0} {1}; echo $?",
        )
    )
    return Draft(form.format(one, two))


def gather(r: Random, world: World) -> Draft | None:
    """Files put together or filtered into a new one."""
    path = any_file(r, world)
    name = words.file_name(r)
    if path is None or world.exists(name):
        return None
    one, target = world.spell(r, path), world.resolve(name)
    other = any_file(r, world) or path
    two = world.spell(r, other)
    lines = world.files[path]
    text, kept = r.choice(((f"cat {one} > {name}", lines), (f"cat {one} {two} > {name}", lines + world.files[other]), (f"sort {one} > {name}", sorted(lines)), (f"head -n 1 {one} > {name}", lines[:1]), (f"wc -l < {one} > {name}", ["1"])))  # fmt: skip # noqa: E501
    return Draft(text, effect=lambda to: to.write(target, kept))


def link(r: Random, world: World) -> Draft | None:
    """A symbolic link to a file beside it, listed by ``ls`` later."""
    here = [path for path in world.files if dirname(path) == world.cwd]
    name = words.file_name(r)
    if not here or world.exists(name):
        return None
    path, target = r.choice(here), world.resolve(name)
    text = f"ln -s {basename(path)} {name}" + (f"; readlink {name}" if r.random() < 0.3 else "")
    return Draft(text, effect=lambda to: to.write(target, list(to.files[path])))


def program(r: Random, world: World) -> Draft | None:
    """``chmod +x``."""
    path = any_file(r, world)
    return None if path is None else Draft(f"chmod {r.choice(('+x', '+x', '755', '644', '-x'))} {world.spell(r, path)}")
