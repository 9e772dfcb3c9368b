"""The held-out sessions that ship, how they are made again, and the proof that none was trained on.

    python -m trainer.evaluate.held_out --out recordings/held-out --sessions 48 --seed 1
    python -m trainer.evaluate.held_out --world --out recordings/held-out-world --sessions 24 --seed 1

records scripts of ten commands in the sandbox: of the families that a shell is made of, and with `--world` of filters,
loops, programs that are typed to and work on projects. A session is taken only if `trainer.split` holds it out by its
hash, so that no corpus, made anywhere from any seed, contains it; and its lines with a free argument are held out.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.casts import write_cast
from trainer.command import guarded
from trainer.session_digest import typed_digest
from trainer.split import held_out_line, held_out_session, session_hash

if TYPE_CHECKING:
    from trainer.record.script import Script

HELD_OUT = Path(__file__).parents[2] / "recordings" / "held-out"
"""Where the recordings ship."""

WORLD = HELD_OUT.with_name("held-out-world")
"""Where those of the suite `world` ship."""

COMMANDS = 10
"""Command lines a session has."""

WEIGHTS: Mapping[str, float] = {
    "basics": 1.0,
    "echo": 1.0,
    "variables": 1.0,
    "files": 1.0,
    "arith": 1.0,
    "errors": 1.0,
}
"""The families of the suite `clean`, alike in number."""

WORLD_WEIGHTS: Mapping[str, float] = {"pipelines": 1.0, "control": 1.0}
"""Those of half the sessions of the suite `world`; the others are `programs` and `projects` of the grammar."""


class HeldOutError(ValueError):
    """Recordings that cannot be used for evaluation; the message is one line for the user."""


def held_out_casts(folder: Path | None) -> list[Path]:
    """The recordings of a folder of ``*.cast`` files (those that ship by default), in order of name, all held out.

    Raises:
        HeldOutError: if there are none, or one of them may have been trained on.
    """
    folder = folder or HELD_OUT
    paths = sorted(folder.glob("*.cast"))
    if not paths:
        raise HeldOutError(f"{folder}: no .cast files; record some: python -m trainer.evaluate.held_out --out {folder}")
    for path in paths:
        check_held_out(path)
    return paths


def check_held_out(path: Path) -> None:
    """Raises `HeldOutError` unless `held_out_session` keeps the session of a cast from every training."""
    if not held_out_session(typed_digest(path)):
        raise HeldOutError(
            f"{path}: not a held-out session (trainer/split.py): training may hold it; evaluate on others"
        )


def held_out_scripts(seed: int, commands: int = COMMANDS) -> "Iterator[Script]":
    """Scripts of the suite without end; the same seed gives the same ones.

    Each session's hash is held out, and at least one of its lines is.
    """
    from trainer.grammar import sessions

    return filter(_is_held_out, sessions(seed, split="held-out", turns=(commands, commands), weights=WEIGHTS))


def world_scripts(seed: int, commands: int = COMMANDS) -> "Iterator[Script]":
    """Scripts of the suite `world` without end, as `held_out_scripts`; what is begun is ended."""
    from trainer.grammar import sessions
    from trainer.grammar.programs import program_sessions
    from trainer.grammar.projects import project_sessions

    turns = commands, commands
    plain = filter(_is_held_out, sessions(seed, split="held-out", turns=turns, weights=WORLD_WEIGHTS))
    programs = filter(_is_held_out, program_sessions(seed, split="held-out", turns=turns))
    projects = filter(_is_held_out, project_sessions(seed, split="held-out", turns=turns))
    while True:
        yield from (next(plain), next(programs), next(plain), next(projects))


def _is_held_out(script: "Script") -> bool:
    """Whether no training can hold the session, and one of its lines is held out too."""
    keys = [line.keys for line in script.lines]
    held_out = held_out_session(session_hash(one.encode() for one in keys))
    return held_out and any(held_out_line(line.text) for line in script.lines)


def record_held_out(scripts: "Sequence[Script]", folder: Path, name: str) -> None:
    """Records scripts, one file each, and proves each held out. Files of these names are replaced.

    Args:
        scripts: the sessions.
        folder: made where it is missing.
        name: of the files, with a place for the number.

    Raises:
        HeldOutError: if training may hold one of them.
    """
    from trainer.record import record_many

    folder.mkdir(parents=True, exist_ok=True)
    for number, recording in enumerate(record_many(scripts)):
        path = folder / name.format(number)
        write_cast(recording, path)
        check_held_out(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Records held-out sessions, one file each: ``held-out-000.cast`` and up (``world-000.cast`` with ``--world``).

    Files of these names are replaced.
    """
    parser = argparse.ArgumentParser(prog="python -m trainer.evaluate.held_out", description="record held-out sessions")
    parser.add_argument("--world", action="store_true", help="of filters, loops, programs and projects")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: where they ship")
    parser.add_argument("--sessions", type=int, default=48, metavar="N")
    parser.add_argument("--commands", type=int, default=COMMANDS, metavar="N", help="command lines a session")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args(argv)
    written, name, ships = (
        (world_scripts, "world-{:03}.cast", WORLD)
        if options.world
        else (held_out_scripts, "held-out-{:03}.cast", HELD_OUT)
    )
    scripts = list(islice(written(options.seed, options.commands), options.sessions))
    folder = options.out or ships
    record_held_out(scripts, folder, name)
    print(f"{folder}: {len(scripts)} sessions of {options.commands} commands")
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
