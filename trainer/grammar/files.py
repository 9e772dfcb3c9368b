"""Files: made, written, read, copied, moved and removed, from wherever the session stands."""

from collections.abc import Callable
from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder, new_file, some_text
from trainer.grammar.rule import Draft
from trainer.grammar.world import HOME, World


def touch(r: Random, world: World) -> Draft | None:
    """``touch`` with one to four names."""
    names = [name for _ in range(r.choice((1, 1, 1, 2, 2, 3, 4))) if (name := new_file(r, world))]
    if not names or len(" ".join(names)) > 40:
        return None
    if len(names) == 1 and r.random() < 0.06 and world.cwd.startswith(HOME):
        names = [f"{words.letters(r)}{{{','.join(part)}}}.txt" for part in [r.sample("123abcxy", r.randint(2, 3))]]
        return Draft(f"touch {names[0]}")
    paths = [world.resolve(name) for name in names]

    def effect(to: World) -> None:
        for path in paths:
            to.write(path, [], append=True)

    return Draft(f"touch {' '.join(names)}", effect=effect)


def write(r: Random, world: World) -> Draft | None:
    """Text into a new file, sometimes over an old one."""
    old = any_file(r, world)
    name = world.spell(r, old) if old and r.random() < 0.1 else new_file(r, world)
    if name is None:
        return None
    path, (typed, text) = world.resolve(name), some_text(r)
    gap = r.choice((" ", " ", " ", ""))
    draw = r.random()
    if draw < 0.78:
        return Draft(f"echo {typed} >{gap}{name}", effect=lambda to: to.write(path, [text]))
    if draw < 0.92:
        lines = [word.replace("%", "").replace("\\", "") or "x" for word in words.words(r, 2, 4, 24)]
        body = "\\n".join(lines)
        line = r.choice((f"printf '{body}\\n' >{gap}{name}", f'printf "{body}\\n" >{gap}{name}', f"echo -e '{body}' > {name}", f"printf '%s\\n' {' '.join(lines)} > {name}"))  # fmt: skip # noqa: E501
        return Draft(line, effect=lambda to: to.write(path, lines))
    line = r.choice((f"echo {typed} | tee {name}", f"cat <<< {words.letters(r)} > {name}", f"> {name}", f"seq 3 > {name}", f"ls > {name}", f"pwd > {name}"))  # fmt: skip # noqa: E501
    return Draft(line, effect=lambda to: to.write(path, [text]))


def append(r: Random, world: World) -> Draft | None:
    """A line more for a file."""
    path = any_file(r, world)
    if path is None or len(world.files[path]) > 6:
        return None
    typed, text = some_text(r)
    name = world.spell(r, path)
    return Draft(
        f"echo {typed} >>{r.choice((' ', ' ', ' ', ''))}{name}", effect=lambda to: to.write(path, [text], append=True)
    )


def read(r: Random, world: World) -> Draft | None:
    """``cat`` of one file."""
    path = any_file(r, world)
    if path is None or (not world.files[path] and r.random() < 0.6):
        return None
    return Draft(f"cat {r.choice((*[''] * 16, '-n ', '-n ', '< ', '-A ', '-- '))}{world.spell(r, path)}")


def read_two(r: Random, world: World) -> Draft | None:
    """``cat`` of two files."""
    if len(world.files) < 2:
        return None
    one, two = r.sample(list(world.files), 2)
    return Draft(f"cat {world.spell(r, one)} {world.spell(r, two)}")


def copy(r: Random, world: World) -> Draft | None:
    """``cp`` of a file to a new name or into a folder; ``cp -r`` of a folder."""
    if r.random() < 0.15:
        source = any_folder(r, world)
        if source is None or world.cwd == source or world.cwd.startswith(source + "/"):
            return None
        name = words.folder_name(r)
        if world.exists(name):
            return None
        target = world.resolve(name)
        return Draft(f"cp -r {world.spell(r, source)} {name}", effect=lambda to: to.copy_to(source, target))
    source = any_file(r, world)
    return None if source is None else _placed(r, world, f"cp {r.choice((*[''] * 12, '-v '))}", source, World.copy_to)


def move(r: Random, world: World) -> Draft | None:
    """``mv`` of a file or folder to a new name or into a folder."""
    source = any_file(r, world) if r.random() < 0.75 else any_folder(r, world)
    if source is None or world.cwd == source or world.cwd.startswith(source + "/"):
        return None
    return _placed(r, world, f"mv {r.choice((*[''] * 12, '-v '))}", source, World.move_to)


def _placed(r: Random, world: World, command: str, source: str, do: Callable[[World, str, str], None]) -> Draft | None:
    """`command` of `source` to a target drawn here."""
    draw = r.random()
    if draw < 0.45 and (folder := any_folder(r, world, home=True)):
        if folder == source or folder.startswith(source + "/") or folder == dirname(source):
            return None
        typed, target = world.spell(r, folder), folder
        typed += "/" if typed[-1].isalnum() and r.random() < 0.5 else ""
    elif draw < 0.52 and source in world.files and dirname(source) != world.cwd:
        typed, target = ".", world.cwd
    else:
        name = new_file(r, world) if source in world.files else words.folder_name(r)
        if name is None or world.exists(name):
            return None
        if source in world.files and "." in source and r.random() < 0.25:
            name = f"{basename(source)}.{r.choice(('bak', 'old', 'orig', '1', 'copy'))}"
        typed, target = name, world.resolve(name)
    return Draft(f"{command}{world.spell(r, source)} {typed}", effect=lambda to: do(to, source, target))


def remove(r: Random, world: World) -> Draft | None:
    """``rm`` of files, ``rmdir`` and ``rm -r`` of folders."""
    draw = r.random()
    if draw < 0.7:
        picked = {path for _ in range(r.choice((1, 1, 1, 1, 2))) if (path := any_file(r, world))}
        command = r.choice(("rm", "rm", "rm", "rm", "rm", "rm -f", "rm -v"))
    else:
        folder = any_folder(r, world)
        if folder is None or (world.cwd + "/").startswith(folder + "/"):
            return None
        empty = not world.children(folder)
        picked = {folder}
        command = r.choice(("rmdir", "rmdir", "rm -r")) if empty else r.choice(("rm -r", "rm -r", "rm -rf"))
    if not picked:
        return None
    paths = sorted(picked)

    def effect(to: World) -> None:
        for path in paths:
            to.remove(path)

    return Draft(f"{command} {' '.join(world.spell(r, path) for path in paths)}", effect=effect)
