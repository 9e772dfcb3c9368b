"""Suite `general`: recordings of any kind, each turn drawn from what was recorded before it.

Recordings are public ones or a user's own (`--casts`); nothing is known of whether training has seen their like. What
is measured is what the paper's general machine is measured by ("Neural Computers", arXiv 2604.06425, CLIGen (General)),
and of the cells that a turn changed the share that reads, and looks, as recorded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from itertools import takewhile
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from trainer import metrics
from trainer.casts import Recording
from trainer.evaluate.readers import Readers
from trainer.evaluate.rollout import Absorbing, Session, roll_out, session_of
from trainer.evaluate.score import TurnScore, score_turn, wrong_of
from trainer.evaluate.suite import Job, Outcome

TURNS = 8
"""Turns of a recording that are drawn, at most: sessions are of all lengths, and each is to count about alike."""

PATIENCE = 1
"""See `roll_out`: a machine that does not know such recordings may draw on and on, on large screens."""

WRITES = 256
"""A recording ends before a turn that takes more writes."""


@dataclass(frozen=True, slots=True)
class General:
    """Figures over turns.

    Attributes:
        recordings, turns: how many were drawn, and how many recordings could not be.
        left_out: recordings that show no command, or whose terminal changes its size before one.
        exact: turns that read as recorded, the whole screen.
        char_acc, exact_line: means over turns, by the cell reader.
        changed: cells that the recordings changed.
        changed_read, changed_near: of them, the share that reads as the same character, and that looks the same.
        psnr: mean over turns, dB.
        scores: of each turn.
    """

    recordings: int
    turns: int
    left_out: int
    exact: int
    char_acc: float
    exact_line: float
    changed: int
    changed_read: float
    changed_near: float
    psnr: float
    scores: tuple[TurnScore, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types, without the single scores; figures to six places."""
        told = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "scores"}
        return {key: round(value, 6) if isinstance(value, float) else value for key, value in told.items()}


def measure(
    machine: Absorbing,
    recordings: Mapping[str, Recording],
    readers: Readers,
    tell: Callable[[str], None] = lambda message: None,
) -> General | None:
    """Draws the first turns of recordings and scores them; None where none of them shows a command.

    Args:
        machine: what draws.
        recordings: by name, their actions inferred where there were none.
        readers: read the frames.
        tell: is told of progress.
    """
    found, drawn = list[TurnScore](), 0
    for number, (name, recording) in enumerate(recordings.items()):
        session = _shortened(name, recording)
        if session is not None:
            drawn += 1
            found += _scored(machine, session, readers)
        tell(f"general: {number + 1} of {len(recordings)} recordings, {len(found)} turns")
    if not found:
        return None
    changed = sum(one.changed for one in found)
    return General(
        recordings=drawn,
        turns=len(found),
        left_out=len(recordings) - drawn,
        exact=sum(one.exact for one in found),
        char_acc=metrics.mean(one.char_acc for one in found),
        exact_line=metrics.mean(one.exact_line for one in found),
        changed=changed,
        changed_read=sum(one.changed_read for one in found) / max(changed, 1),
        changed_near=sum(one.changed_near for one in found) / max(changed, 1),
        psnr=metrics.mean(one.psnr for one in found),
        scores=tuple(found),
    )


def _shortened(name: str, recording: Recording) -> Session | None:
    """The first turns of a recording; None if it shows no command before its terminal changes size."""
    # Cut first: long recordings take long to render.
    ends = [at for at, event in enumerate(recording.events) if event.code == "i" and event.data][TURNS : TURNS + 1]
    ends += [at for at, event in enumerate(recording.events) if event.code == "r"][:1]
    events = recording.events[: min(ends, default=None)]
    whole = session_of(name, Recording(recording.geometry, recording.timestamp, events))
    taken = list(takewhile(lambda one: len(one.writes) <= WRITES, whole.references[: TURNS + 1]))
    if not any(reference.turn.action.keys for reference in taken):
        return None
    return Session(name, whole.geometry, taken)


def _scored(machine: Absorbing, session: Session, readers: Readers) -> list[TurnScore]:
    """Scores of the commands of a session, each in its recorded context."""
    scores, before = list[TurnScore](), session.references[0].frame
    rolled = roll_out(machine, session, readers, "recorded context", PATIENCE)
    for reference, drawn in zip(session.references, rolled, strict=True):
        if reference.turn.action.keys:
            scores.append(score_turn(before, reference, drawn, readers, "recorded context"))
        before = reference.frame
    return scores


def recordings_in(folder: Path, most: int | None = None) -> dict[str, Recording]:
    """The recordings of a folder by their paths in it, in order, secrets crossed out; none that cannot be read."""
    # Imported here: it imports the whole of training.
    from trainer.source import recording_of

    found = dict[str, Recording]()
    for path in sorted(folder.rglob("*.cast")):
        if most is not None and len(found) >= most:
            break
        try:
            found[str(path.relative_to(folder))] = recording_of(path)
        except (ValueError, OSError):
            continue
    return found


def run(job: Job) -> Outcome:
    """Evaluates the machine of a job on the recordings of its folder.

    Raises:
        ValueError: if no folder is given, or it holds no recording that shows a command; one line.
    """
    if job.casts is None:
        raise ValueError("general: needs recordings: give --casts FOLDER")
    recordings = recordings_in(job.casts, job.sessions)
    machine = job.open_machine()
    figures = measure(machine, recordings, job.readers, job.tell)
    if figures is None:
        raise ValueError(f"{job.casts}: holds no recording that shows a command")
    table = Table(
        title=f"general, {machine.name} on {machine.device}: {figures.turns} turns of {figures.recordings} recordings",
        caption=f"Each from its recorded context. {figures.left_out} recordings show no command, or change their size.",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in shown(figures).items():
        table.add_row(name, value)
    document = {
        "suite": "general",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "summary": figures.to_json(),
        "turns": [score.to_json() for score in figures.scores],
    }
    return Outcome(document, [table], wrong_of(figures.scores))


def shown(figures: General) -> dict[str, str]:
    """Figures by their names, for people."""
    return {
        "turns exact": f"{figures.exact} of {figures.turns}",
        "characters": f"{figures.char_acc:.3f}",
        "lines": f"{figures.exact_line:.3f}",
        "changed cells, read": f"{figures.changed_read:.3f}",
        "changed cells, look": f"{figures.changed_near:.3f}",
        "PSNR, dB": f"{figures.psnr:.2f}",
    }
