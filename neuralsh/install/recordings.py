"""``neuralsh train CASTS``: what a user's recordings show becomes a routine, measured on some that were kept apart."""

import re
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from neuralsh.errors import DONE, FAILED, ShellError, UsageError, one_line
from neuralsh.install.command import check_asked, confirmed, fitting
from neuralsh.install.teacher import Teacher
from neuralsh.ledger.demonstrations import MAX_BYTES, MAX_DEMOS, Demonstration, Demonstrations, write_demonstrations
from neuralsh.ledger.errors import LedgerError
from trainer.casts import Recording

if TYPE_CHECKING:
    from trainer.install.recordings import Learned


def run_recordings(options: Namespace) -> int:
    """Teach the machine what recordings show and install it; 1 if it was not installed.

    Raises:
        ValueError: one line: what cannot be read, learned or recorded.
        UsageError: if a number makes no sense.
    """
    from model.nccligen.machine import NCCLIGen
    from neuralsh.eval_command import readers
    from trainer.install.recordings import CONFIG, learn, parted

    if not 0 <= options.keep_apart < 1:
        raise UsageError(f"--keep-apart {options.keep_apart:g}: give a share from 0 to below 1")
    console = Console(stderr=True, highlight=False, markup=False)
    recordings = _read(options)
    name = options.name or _name_of(options.paths[0])
    teacher = Teacher(options, seed=options.seed)
    if not isinstance(teacher.machine, NCCLIGen):
        raise UsageError(f"{teacher.machine.name} is trained with --init {options.model} --out DIR")
    teacher.check(name, options.why)
    fitted, apart = parted(recordings, options.keep_apart)
    demonstrations = _demonstrations(name, fitted)
    check_asked(options)
    console.print(f"learning from {len(fitted)} recordings; {len(apart)} are kept apart to measure on")
    config = replace(CONFIG, seed=options.seed)
    if options.max_minutes is not None:
        config = replace(config, seconds=60 * options.max_minutes)
    with fitting(console) as report:
        learned = learn(teacher.machine, fitted, apart, readers(), config, report, report.tell)
    _tell(learned, console)
    if not options.yes and not confirmed(console):
        console.print("not installed: nothing was changed")
        return FAILED
    entry = teacher.commit(write_demonstrations(demonstrations).encode(), learned, options.why)
    print(f"{entry.number} installed {entry.name} {entry.hash[:12]}")
    return DONE


def _read(options: Namespace) -> dict[str, Recording]:
    """The recordings of the paths by name, secrets crossed out; those that cannot be read are told and left out."""
    from trainer.fit_command import files_named
    from trainer.shards import SUFFIXES
    from trainer.source import recording_of

    files, found = files_named(options), dict[str, Recording]()
    for path in files:
        if path.suffix in SUFFIXES:
            raise UsageError(f"{path}: a routine is learned from casts and tapes; give --out DIR to train on shards")
        try:
            found[str(path)] = recording_of(path, options.hide)
        except (ValueError, OSError) as error:
            print(f"left out: {one_line(error)}", file=sys.stderr)
    if not found:
        raise ShellError(f"{options.paths[0]}: no recording there could be read")
    return found


def _name_of(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", path.absolute().stem)[:40] or "recordings"


def _demonstrations(name: str, recordings: dict[str, Recording]) -> Demonstrations:
    """The first commands that recordings show, for the ledger: what the routine was taught from.

    Raises:
        ShellError: if they show none.
    """
    from trainer.evaluate.recorded import recorded_turns

    demos, size = dict[str, Demonstration](), 0
    for recording in recordings.values():
        for turn in recorded_turns(recording):
            if turn.command.strip() and turn.command not in demos:
                try:
                    demo = Demonstration(turn.command, "\n".join(turn.output))
                except LedgerError:
                    continue
                size += len(write_demonstrations(Demonstrations(name, "", (demo,))).encode())
                if len(demos) == MAX_DEMOS or size > MAX_BYTES // 2:
                    break
                demos[turn.command] = demo
    if not demos:
        raise ShellError("no recording shows a command: give some with a prompt, or with the keys that were pressed")
    return Demonstrations(name, f"from {len(recordings)} recordings", tuple(demos.values()))


def _tell(learned: "Learned", console: Console) -> None:
    """What was measured, before and after."""
    from trainer.evaluate.general import shown

    same, of = learned.figures["neighbours"]
    console.print(f"other commands: {same} of {of} answered as before, to the last pixel")
    if learned.before is None or learned.after is None:
        console.print("no recording that was kept apart shows a command: nothing is measured")
        return
    table = Table("on recordings kept apart", "before", "after")
    after = shown(learned.after)
    for name, value in shown(learned.before).items():
        table.add_row(name, value, after[name])
    console.print(table)
