"""Names for what a session has and for what it could make: shared by the rules about files and folders."""

from posixpath import dirname
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
    """The path of a folder made earlier and not the current one, near ones preferred."""
    near = world.subfolders()
    if near and r.random() < 0.75:
        return r.choice(near)
    every = [path for path in sorted(world.folders) if path != world.cwd and (home or path != HOME)]
    return r.choice(every) if every else None


def new_file(r: Random, world: World) -> str | None:
    """A name for a new file, here or in a folder near by."""
    folder = world.cwd
    if r.random() < 0.2 and (other := any_folder(r, world)):
        folder = other
    if len(world.children(folder)) >= MANY and r.random() < 0.9:
        return None
    name = words.file_name(r)
    typed = name if folder == world.cwd else f"{world.spell(r, folder)}/{name}"
    return None if world.exists(typed) else typed


def some_text(r: Random) -> tuple[str, str]:
    """A line of text as typed and as kept."""
    draw = r.random()
    if draw < 0.5:
        text = words.phrase(r, 1, 3, 24).rstrip("?!")
        return text, text
    text = words.phrase(r, 1, 4, 26) if draw < 0.9 else words.quoted_text(r, 24)
    quote = r.choice('""\'')
    return f"{quote}{text}{quote}", text
