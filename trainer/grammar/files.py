"""Files: made, written, read, copied, moved and removed, from wherever the session stands."""

from collections.abc import Callable
from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder, new_file, some_text
from trainer.grammar.rule import Draft
from trainer.grammar.template import known_variable, templated
from trainer.grammar.world import HOME, World


def touch(r: Random, world: World) -> Draft | None:
    """``touch`` with one to four names, or a brace that makes them."""
    names = [name for _ in range(r.choice((1, 1, 2, 2, 3, 3, 4, 5))) if (name := new_file(r, world))]
    if not names or len(" ".join(names)) > 40:
        return None
    typed = " ".join(names)
    if len(names) == 1 and r.random() < 0.08:
        stem, ends = words.letters(r), r.sample("123abcxy", r.randint(2, 3))
        typed, names = (f"{stem}{{{','.join(ends)}}}.txt", [f"{stem}{end}.txt" for end in ends])
    paths = [world.resolve(name) for name in names]

    def effect(to: World) -> None:
        for path in paths:
            to.write(path, [], append=True)

    return Draft(f"touch {typed}", effect=effect)


def write(r: Random, world: World) -> Draft | None:
    """``echo`` into a new file, sometimes over an old one."""
    old = any_file(r, world)
    name = world.spell(r, old) if old and r.random() < 0.1 else new_file(r, world)
    if name is None:
        return None
    path, (typed, text) = world.resolve(name), some_text(r)
    gap = r.choice((" ", " ", " ", ""))
    return Draft(f"echo {typed} >{gap}{name}", effect=lambda to: to.write(path, [text]))


def write_lines(r: Random, world: World) -> Draft | None:
    """Several lines at once into a new file."""
    name = new_file(r, world)
    if name is None:
        return None
    path = world.resolve(name)
    lines = [word.replace("%", "") or "x" for word in words.words(r, 2, 4, 24)]
    body = r"\n".join(lines)
    text = r.choice(
        (
            rf"printf '{body}\n' > {name}",
            rf'printf "{body}\n" > {name}',
            rf"printf '%s\n' {' '.join(lines)} > {name}",
            rf"echo -e '{body}' > {name}",
            rf'echo -e "{body}" > {name}',
        )
    )
    return Draft(text, effect=lambda to: to.write(path, lines))


def write_otherwise(r: Random, world: World) -> Draft | None:
    """What other commands print, kept in a new file."""
    name = new_file(r, world)
    if name is None:
        return None
    path, word, count = world.resolve(name), words.letters(r), r.randint(2, 5)
    variable = known_variable(r, world)
    ways = [
        (f"echo {word} | tee {name}", [word]),
        (f"cat <<< {word} > {name}", [word]),
        (f"> {name}", []),
        (f"seq {count} > {name}", [str(one + 1) for one in range(count)]),
        (f"ls > {name}", [basename(one) for one in world.children(world.cwd)]),
        (f"pwd > {name}", [world.cwd]),
        (f"whoami > {name}", ["user"]),
        (f"printf {word} > {name}", [word]),
        (f"echo -n {word} > {name}", [word]),
        (f"echo $((20+{count})) > {name}", [str(20 + count)]),
    ]
    if variable is not None:
        ways += [(f"echo ${variable} > {name}", [world.variables[variable]])] * 4
    text, lines = r.choice(ways)
    return Draft(text, effect=lambda to: to.write(path, lines))


def append(r: Random, world: World) -> Draft | None:
    """A line more for a file."""
    path = any_file(r, world)
    if path is None or len(world.files[path]) > 6:
        return None
    typed, text = some_text(r)
    command = "printf '%s\\n'" if r.random() < 0.05 else "echo"
    gap = r.choice((" ", " ", " ", ""))
    return Draft(
        f"{command} {typed} >>{gap}{world.spell(r, path)}", effect=lambda to: to.write(path, [text], append=True)
    )


_CAT = templated(
    """
    15 cat <full>
    4 cat <file>
    1 cat -n <file>
    1 cat < <file>
    1 cat <file> | cat
    1 echo "$(cat <file>)"
    1 echo $(cat <file>)
    """
)


def read(r: Random, world: World) -> Draft | None:
    """``cat`` of one file; of an empty one less often."""
    if not any(world.files.values()) and r.random() < 0.6:
        return None
    return _CAT(r, world)


_CAT_TWO = templated(
    """
    9 cat <file> <file>
    1 cat <file> <file> <file>
    1 cat <file>; cat <file>
    """
)


def read_two(r: Random, world: World) -> Draft | None:
    """``cat`` of several files."""
    return _CAT_TWO(r, world) if len(world.files) > 1 else None


def copy(r: Random, world: World) -> Draft | None:
    """``cp`` of a file to a new name or into a folder; ``cp -r`` of a folder."""
    if r.random() < 0.85:
        source = any_file(r, world)
        return (
            None if source is None else _placed(r, world, f"cp {r.choice((*[''] * 12, '-v '))}", source, World.copy_to)
        )
    source, name = any_folder(r, world), words.folder_name(r)
    if source is None or _holds(source, world.cwd) or world.exists(name):
        return None
    target = world.resolve(name)
    return Draft(f"cp -r {world.spell(r, source)} {name}", effect=lambda to: to.copy_to(source, target))


def move(r: Random, world: World) -> Draft | None:
    """``mv`` of a file or folder to a new name or into a folder."""
    source = any_file(r, world) if r.random() < 0.75 else any_folder(r, world)
    if source is None or _holds(source, world.cwd):
        return None
    return _placed(r, world, f"mv {r.choice((*[''] * 12, '-v '))}", source, World.move_to)


def _holds(folder: str, path: str) -> bool:
    """Whether `path` is the folder or lies in it."""
    return f"{path}/".startswith(f"{folder}/")


def _placed(
    r: Random, world: World, command: str, source: str, effect: Callable[[World, str, str], None]
) -> Draft | None:
    """`command` of `source` to a target drawn here: a folder, the current one, or a new name."""
    draw, is_file = r.random(), source in world.files
    if draw < 0.45 and (folder := any_folder(r, world, home=True)):
        if _holds(source, folder) or folder == dirname(source):
            return None
        typed, target = world.spell(r, folder), folder
        typed += r.choice(("", "/")) if typed[-1].isalnum() else ""
    elif draw < 0.55 and is_file and dirname(source) != world.cwd:
        typed, target = ".", world.cwd
    else:
        name = new_file(r, world) if is_file else words.folder_name(r)
        if is_file and r.random() < 0.25:
            name = f"{basename(source)}.{r.choice(('bak', 'old', 'orig', '1', 'copy'))}"
        if name is None or world.exists(name):
            return None
        typed, target = name, world.resolve(name)
    return Draft(f"{command}{world.spell(r, source)} {typed}", effect=lambda to: effect(to, source, target))


def remove(r: Random, world: World) -> Draft | None:
    """``rm`` of files, ``rmdir`` and ``rm -r`` of folders."""
    if r.random() < 0.7:
        picked = {path for _ in range(r.choice((1, 1, 1, 1, 2))) if (path := any_file(r, world))}
        command = r.choice((*["rm"] * 8, "rm -f", "rm -v"))
    else:
        folder = any_folder(r, world)
        if folder is None or folder == HOME or _holds(folder, world.cwd):
            return None
        picked = {folder}
        command = r.choice(("rm -r", "rm -r", "rm -rf") if world.children(folder) else ("rmdir", "rmdir", "rm -r"))
    if not picked:
        return None
    paths = sorted(picked)

    def effect(to: World) -> None:
        for path in paths:
            to.remove(path)

    return Draft(f"{command} {' '.join(world.spell(r, path) for path in paths)}", effect=effect)
