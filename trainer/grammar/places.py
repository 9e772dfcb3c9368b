"""Names for what a session has, for what it could make and for what is not there."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.world import HOME, World

MANY = 9
"""A folder with this many entries gets few new ones, so that listings stay short."""


def any_file(r: Random, world: World) -> str | None:
    """The path of a file made earlier, near ones preferred."""
    if not world.files:
        return None
    here = [path for path in world.files if dirname(path) == world.cwd]
    return r.choice(here if here and r.random() < 0.75 else list(world.files))


def any_folder(r: Random, world: World, home: bool = False) -> str | None:
    """The path of a folder made earlier and not the current one, near ones preferred; home only where asked for."""
    near = world.subfolders()
    if near and r.random() < 0.75:
        return r.choice(near)
    every = [path for path in sorted(world.folders) if path != world.cwd and (home or path != HOME)]
    return r.choice(every) if every else None


def full_file(r: Random, world: World) -> str | None:
    """The path of a file with text in it, the longer ones preferred."""
    full = [path for path, lines in world.files.items() if lines]
    return max(r.choices(full, k=2), key=lambda path: len(world.files[path])) if full else None


def new_file(r: Random, world: World) -> str | None:
    """A name for a new file, here or in a folder near by."""
    folder = world.cwd
    if r.random() < 0.2 and (other := any_folder(r, world)):
        folder = other
    if len(world.children(folder)) >= MANY and r.random() < 0.9:
        return None
    name = _remembered(r, world) or words.file_name(r)
    typed = name if folder == world.cwd else f"{world.spell(r, folder)}/{name}"
    return None if world.exists(typed) else typed


def new_folder(r: Random, world: World) -> str | None:
    """A name for a new folder in the current one."""
    name = words.folder_name(r)
    return None if world.exists(name) or (len(world.children(world.cwd)) >= MANY and r.random() < 0.9) else name


def _remembered(r: Random, world: World) -> str | None:
    """Now and then a name that was asked for in vain, or that is gone."""
    names = world.wanted + world.gone
    return r.choice(names) if names and r.random() < 0.12 else None


def missing(r: Random, world: World) -> str:
    """A name of nothing that is there: new, gone, or lying in another folder."""
    while True:
        draw = r.random()
        elsewhere = world.gone + [basename(path) for path in world.files if dirname(path) != world.cwd]
        if elsewhere and draw < 0.3:
            name = r.choice(elsewhere)
        elif draw < 0.7:
            name = words.file_name(r)
        else:
            name = words.folder_name(r)
        place = r.random()
        if place < 0.05:
            name = f"{words.folder_name(r)}/{name}"
        elif place < 0.1 and (folder := any_folder(r, world)):
            name = f"{world.spell(r, folder)}/{name}"
        elif place < 0.12:
            name = f"/{name}"
        if not world.exists(name):
            return name


def some_text(r: Random) -> tuple[str, str]:
    """A line of text as typed and as kept."""
    draw = r.random()
    if draw < 0.5:
        text = words.phrase(r, 1, 3, 24).rstrip("?!")
        return text, text
    text = words.phrase(r, 1, 4, 26) if draw < 0.9 else words.quoted_text(r, 24)
    quote = r.choice('""\'')
    return f"{quote}{text}{quote}", text
