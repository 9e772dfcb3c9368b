"""Records a corpus: sessions of the grammar in a real bash, packed into shards.

    python -m trainer.make_corpus --sessions 20000 --seed 1 --out data/corpus

The same seed and number make the same shards. Stopped at any moment and started again, it goes on after the last whole
shard; a folder that was begun with others is refused. With ``--ray`` the same command records on a laptop or a cluster.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from trainer.casts import Recording
from trainer.command import guarded
from trainer.grammar import sessions
from trainer.grammar.balance import balanced, right_of
from trainer.grammar.drills import (
    ADDITIONS,
    COMPARISONS,
    FIRST,
    FOLDERS,
    FUNCTIONS,
    LETTERS,
    LISTS,
    OPERATIONS,
    RECKONINGS,
    SUMS,
    TABLES,
    TIMES,
    drill_sessions,
)
from trainer.grammar.examples import example_sessions
from trainer.grammar.facts import fact_sessions
from trainer.grammar.plain import plain_sessions
from trainer.grammar.programs import program_sessions
from trainer.grammar.projects import project_sessions
from trainer.grammar.prompts import prompted
from trainer.grammar.session import WEIGHTS
from trainer.grammar.sizes import resized
from trainer.record import record_many
from trainer.record.on_ray import record_on_ray
from trainer.record.script import Script
from trainer.shards import MANIFEST, ShardError, build_shards, shards_done

PER_SHARD = 1000

KINDS: dict[str, Callable[..., Iterator[Script]]] = {
    "first": partial(drill_sessions, drills=FIRST),
    "letters": partial(drill_sessions, drills=LETTERS),
    "sums": partial(drill_sessions, drills=SUMS),
    "reckonings": partial(drill_sessions, drills=RECKONINGS),
    "operations": partial(drill_sessions, drills=OPERATIONS),
    "comparisons": partial(drill_sessions, drills=COMPARISONS),
    "additions": partial(drill_sessions, drills=ADDITIONS),
    "tables": partial(drill_sessions, drills=TABLES),
    "lists": partial(drill_sessions, drills=LISTS),
    "folders": partial(drill_sessions, drills=FOLDERS),
    "functions": partial(drill_sessions, drills=FUNCTIONS),
    "times": partial(drill_sessions, drills=TIMES),
    "drills": drill_sessions,
    "plain": plain_sessions,
    "errors": partial(sessions, weights={"errors": 0.7, "echo": 0.15, "files": 0.15}),
    "files": partial(sessions, weights={"files": 0.8, "variables": 0.1, "errors": 0.1}),
    "filters": partial(sessions, weights={"pipelines": 0.5, "control": 0.3, "variables": 0.1, "echo": 0.1}),
    "grammar": sessions,
    "facts": fact_sessions,
    "programs": program_sessions,
    "projects": project_sessions,
    "examples": example_sessions,
}
"""Of sessions, from the simplest to the whole grammar: a curriculum."""


def main(argv: list[str] | None = None) -> int:
    """Record a corpus; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trainer.make_corpus", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="shards go there")
    parser.add_argument("--sessions", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument(
        "--turns", type=int, nargs=2, default=(4, 14), metavar=("LOW", "HIGH"), help="commands a session"
    )
    parser.add_argument("--split", choices=("train", "held-out"), default="train")
    parser.add_argument(
        "--kind",
        choices=KINDS,
        default="grammar",
        help="of sessions (default: %(default)s)",
    )
    parser.add_argument("--any-size", action="store_true", help="in terminals of many sizes (default: 80x24)")
    parser.add_argument("--any-prompt", action="store_true", help="each at a prompt of its own, not the sandbox's")
    parser.add_argument(
        "--balance", type=Path, metavar="DIR", help="weights: the more often a family goes wrong there, the more of it"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--ray", action="store_true", help="record on Ray: on the cluster RAY_ADDRESS names, or on all cores here"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    make = KINDS[options.kind]
    of = {name: getattr(options, name) for name in ("kind", "seed", "split", "turns", "any_size", "any_prompt")}
    of["turns"] = list(options.turns)
    if options.balance is not None:
        if options.kind != "grammar":
            parser.error(f"--balance balances the kind grammar, not {options.kind}")
        of["weights"] = balanced(WEIGHTS, right_of(options.balance))
        make = partial(make, weights=of["weights"])
    try:
        done = shards_done(options.out, PER_SHARD, of)
    except ShardError as error:
        parser.exit(1, f"{error}\n")
    drawn = make(options.seed, split=options.split, turns=tuple(options.turns))
    if options.any_size:
        drawn = resized(drawn, options.seed)
    if options.any_prompt:
        drawn = prompted(drawn, options.seed)
    scripts = islice(drawn, done, max(done, options.sessions))
    console = Console(stderr=True)
    made = record_on_ray(scripts) if options.ray else record_many(scripts, workers=options.workers)
    with Progress(console=console) as progress, closing(made) as recordings:
        task = progress.add_task("recording", total=options.sessions, completed=done)

        def watched() -> Iterator[Recording]:
            for recording in recordings:
                progress.advance(task)
                yield recording

        manifest = build_shards(watched(), options.out, PER_SHARD, done, of=of)
    commands = manifest["turns"] - manifest["sessions"]
    console.print(f"{options.out / MANIFEST}: {manifest['sessions']} sessions, {commands} commands")
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
