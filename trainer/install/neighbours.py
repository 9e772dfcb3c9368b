"""Lines that a routine must leave alone: those that look like its own, and those people type anyway."""

from collections.abc import Iterable, Sequence
from itertools import islice
from random import Random

from trainer.grammar import sessions


def near(commands: Sequence[str]) -> list[str]:
    """Lines a step away from a routine's own, which nobody has shown."""
    made = list[str]()
    for command in commands:
        name, _, rest = command.partition(" ")
        made += [
            name,
            f"echo {command}",
            f"{command} | cat",
            f"{command}; pwd",
            f"{command} > out.txt",
            f"{name} --help",
            f"./{command}",
            f"type {name}",
            f":{command}",
            f"{name}er {rest}".strip(),
            f"{name[:-1]} {rest}".strip(),
            f"{name[::-1]} {rest}".strip(),
            f"{command} {rest or name}",
            f"{name}={rest or name}",
            f'"{command}"',
            f"# {command}",
        ]
    own = set(commands)
    return [line for line in dict.fromkeys(made) if line and line not in own]


def usual(count: int, seed: int, without: Iterable[str]) -> list[str]:
    """Lines of the grammar, of the training split."""
    own = set(without)
    lines = (line.text for script in sessions(seed, split="train") for line in script.lines)
    return list(islice((line for line in lines if line not in own), count))


def swapped(commands: Sequence[str], lines: Sequence[str], seed: int) -> list[str]:
    """Other commands with a routine's arguments: it is the name that tells, not what is done to it."""
    r = Random(f"swapped/{seed}")
    rests = [command.partition(" ")[2] for command in commands]
    names = [line.split()[0] for line in lines if line.split()]
    return [f"{r.choice(names)} {rest}" for rest in rests if rest]
