"""Folders: made, listed, entered and left."""

from posixpath import basename, dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import MANY, any_file, any_folder
from trainer.grammar.rule import Draft
from trainer.grammar.world import HOME, World


def make_folder(r: Random, world: World) -> Draft | None:
    """``mkdir`` with one, two or nested names."""
    if len(world.children(world.cwd)) >= MANY:
        return None
    draw = r.random()
    if draw < 0.62:
        names = [words.folder_name(r)]
        if r.random() < 0.15 and (parent := any_folder(r, world)):
            names = [f"{world.spell(r, parent)}/{names[0]}"]
        flag = r.choice(("", "", "", "", "", "", "-p ", "-v "))
    elif draw < 0.8:
        names = [words.folder_name(r) for _ in range(r.randint(2, 3))]
        flag = ""
    else:
        names = ["/".join(words.folder_name(r) for _ in range(r.choice((2, 2, 3))))]
        flag = "-p "
    if any(world.exists(name) for name in names) or len(" ".join(names)) > 36:
        return None
    paths = [world.resolve(name) for name in names]

    def effect(to: World) -> None:
        for path in paths:
            to.make_folder(path)

    return Draft(
        f"mkdir {flag}{' '.join(names)}{r.choice(('', '', '', '', '/')) if draw < 0.62 else ''}", effect=effect
    )


def list_here(r: Random, world: World) -> Draft:
    """``ls`` of the current folder."""
    return Draft(f"ls{r.choice((*[''] * 34, *[' -1'] * 4, *[' -a'] * 3, ' -A', ' -F', ' -p', ' -r', ' -m', ' .', ' -1r', ' -1a', ' -d .', ' -m', ' | wc -l', ' -1 | wc -l', ' | cat', ' | head -n 2', ' -1 | tail -n 1', ' ..'))}", free=False)  # fmt: skip # noqa: E501


def list_there(r: Random, world: World) -> Draft | None:
    """``ls`` of a folder or file made earlier."""
    draw = r.random()
    path = any_folder(r, world) if draw < 0.75 else any_file(r, world)
    if path is None:
        return None
    tail = r.choice(("", "", "", "", "/")) if draw < 0.75 else ""
    return Draft(f"ls {r.choice((*[''] * 14, '-1 ', '-a ', '-d ', '-A ', '-F '))}{world.spell(r, path)}{tail}")


def list_pattern(r: Random, world: World) -> Draft | None:
    """``ls`` or ``echo`` of a glob that matches."""
    here = [basename(path) for path in world.children(world.cwd)]
    if not here:
        return None
    name = r.choice(here)
    patterns = ["*", f"{name[0]}*", f"{name[:2]}*", f"*{name[-1]}"]
    if "." in name[1:]:
        patterns += [f"*.{name.rsplit('.', 1)[1]}"] * 4
    pattern = r.choice(patterns)
    command = r.choice(
        ("ls", "ls -d", "echo", "echo", "ls -d") if pattern[-1] == "*" and len(pattern) < 4 else ("ls", "echo")
    )
    if command == "ls" and pattern == "*" and world.subfolders():
        command = "ls -d"
    return Draft(f"{command} {pattern}", free=pattern != "*")


def list_long(r: Random, world: World) -> Draft | None:
    """``ls -l`` and ``stat``, now and then."""
    path = any_file(r, world)
    if path is None:
        return None
    name = world.spell(r, path)
    text = r.choice(("ls -l {0}", "ls -l", "stat -c %s {0}", "stat -c '%n %s' {0}", "ls -la", "ls -s {0} > /dev/null; echo ok", "stat -c %F {0}", "stat -c %a {0}", "stat -c %U {0}"))  # fmt: skip # noqa: E501
    return Draft(text.format(name), free="{" in text)


def enter(r: Random, world: World) -> Draft | None:
    """``cd`` into a folder made earlier."""
    path = any_folder(r, world, home=True)
    if path is None:
        return None
    name = world.spell(r, path)
    if path != HOME and r.random() < 0.06:
        name += "/.."
        path = dirname(path)
    return Draft(f"cd {name}{'/' if name[-1].isalnum() and r.random() < 0.12 else ''}", effect=lambda to: to.go(path))


def climb(r: Random, world: World) -> Draft | None:
    """``cd ..``, ``cd``, ``cd -``: ways out."""
    if world.cwd == HOME and (world.previous is None or r.random() < 0.6):
        return None
    choices: list[tuple[str, str]] = [("cd ..", dirname(world.cwd))] * 4 + [("cd", HOME)] * 2 + [("cd ~", HOME)]
    if world.cwd == HOME:
        choices = []
    if world.previous is not None:
        choices += [("cd -", world.previous)] * 2
    if world.cwd.count("/") > 3:
        choices += [("cd ../..", dirname(dirname(world.cwd)))] * 2
    text, path = r.choice(choices)
    return Draft(text, free=False, effect=lambda to: to.go(path))


def sideways(r: Random, world: World) -> Draft | None:
    """``cd`` to a folder of the system."""
    path = r.choice(("/tmp", "/", "/usr", "/etc", "/usr/bin", "/var", "/home", "/usr/lib", "/usr/local", "."))
    return Draft(f"cd {path}", free=False, effect=lambda to: to.go(to.resolve(path)))
