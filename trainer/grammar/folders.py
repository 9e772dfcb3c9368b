"""Folders: made, listed, entered and left."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder, new_folder
from trainer.grammar.rule import Draft
from trainer.grammar.template import templated
from trainer.grammar.world import HOME, World


def make_folder(r: Random, world: World) -> Draft | None:
    """``mkdir`` with one, two or nested names."""
    draw, flag, tail = r.random(), "", ""
    name = new_folder(r, world)
    if name is None:
        return None
    names = [name]
    if draw < 0.6:
        flag, tail = r.choice((*[""] * 8, "-p ", "-v ")), r.choice((*[""] * 12, "/"))
        if r.random() < 0.15 and (parent := any_folder(r, world)):
            names = [f"{world.spell(r, parent)}/{name}"]
    elif draw < 0.84:
        names += [words.folder_name(r) for _ in range(r.randint(1, 2))]
    else:
        flag, names = ("-p ", ["/".join((name, *(words.folder_name(r) for _ in range(r.choice((1, 1, 2))))))])
    if any(world.exists(name) for name in names) or len(" ".join(names)) > 36 or len(set(names)) < len(names):
        return None
    paths = [world.resolve(name) for name in names]

    def effect(to: World) -> None:
        for path in paths:
            to.make_folder(path)

    return Draft(f"mkdir {flag}{' '.join(names)}{tail}", effect=effect)


_LIST = templated(
    """
    70 ls
    7 ls -1
    5 ls -a
    2 ls -A
    2 ls -F
    1 ls -p
    2 ls -r
    1 ls -m
    1 ls .
    1 ls -1r
    1 ls -1a
    1 ls ..
    1 ls ~
    3 ls | wc -l
    1 ls -1 | wc -l
    1 ls | cat
    1 ls | head -n 2
    1 ls | sort -r
    1 ls -1 | tail -n 1
    1 ls; pwd
    1 pwd; ls
    1 ls -R
    1 echo *
    """
)


def list_here(r: Random, world: World) -> Draft | None:
    """``ls`` of the current folder; of an empty or nearly empty one less often."""
    entries = len(world.children(world.cwd))
    return None if r.random() < (0.94, 0.75, 0.2)[min(entries, 2)] else _LIST(r, world)


where = templated(
    """
    20 pwd
    1 basename $PWD
    1 echo $PWD
    1 basename $(pwd)
    1 echo $OLDPWD
    1 dirname $PWD
    """
)
"""The current folder, by name."""


def list_there(r: Random, world: World) -> Draft | None:
    """``ls`` of a folder or file made earlier."""
    draw = r.random()
    path = any_folder(r, world, home=True) if draw < 0.82 else any_file(r, world)
    if path is None or (path in world.folders and not world.children(path) and r.random() < 0.6):
        return None
    tail = r.choice(("", "", "", "", "/")) if draw < 0.82 else ""
    return Draft(f"ls {r.choice((*[''] * 16, '-1 ', '-a ', '-d ', '-A ', '-F ', '-R '))}{world.spell(r, path)}{tail}")


def list_pattern(r: Random, world: World) -> Draft | None:
    """``ls`` or ``echo`` of a glob that matches."""
    here = world.children(world.cwd)
    if not here:
        return None
    name = basename(r.choice(here))
    patterns = [f"{name[0]}*", f"{name[:2]}*", f"*{name[-1]}", f"{name[:-1]}?"]
    if "." in name[1:]:
        patterns += [f"*.{name.rsplit('.', 1)[1]}"] * 6
    if world.subfolders():
        patterns += ["*/"] * 2
    command = r.choice(("ls -d", "echo") if world.subfolders() else ("ls", "ls", "echo"))
    return Draft(f"{command} {r.choice(patterns)}")


def enter(r: Random, world: World) -> Draft | None:
    """``cd`` into a folder made earlier."""
    path = any_folder(r, world, home=True)
    if path is None:
        return None
    name = world.spell(r, path)
    tail = r.choice((*[""] * 7, "/")) if name[-1].isalnum() else ""
    return Draft(f"cd {name}{tail}", effect=lambda to: to.go(path))


def climb(r: Random, world: World) -> Draft | None:
    """``cd ..``, ``cd``, ``cd -``: ways out."""
    ways: list[tuple[str, str]] = []
    if world.cwd != HOME:
        ways += (
            [("cd ..", dirname(world.cwd))] * 5 + [("cd", HOME)] * 2 + [("cd ~", HOME), ("cd ../", dirname(world.cwd))]
        )
    if world.previous is not None:
        ways += [("cd -", world.previous)] * 2
    if world.cwd.count("/") > 3:
        ways += [("cd ../..", dirname(dirname(world.cwd)))] * 2
    if not ways:
        return None
    text, path = r.choice(ways)
    return Draft(text, free=False, effect=lambda to: to.go(path))


_SYSTEM = ("/tmp", "/tmp", "/", "/", "/usr", "/etc", "/usr/bin", "/var", "/home", "/usr/lib", "/usr/local", ".")


def sideways(r: Random, world: World) -> Draft:
    """``cd`` to a folder of the system."""
    path = r.choice(_SYSTEM)
    tail = r.choice(("", "", "; pwd", " && pwd"))
    return Draft(f"cd {path}{tail}", free=False, effect=lambda to: to.go(to.resolve(path)))
