"""Scores one drawn turn against the recorded one.

A command is exact when what was drawn for it reads as the recording does: the rows of its line, all of its output (what
scrolled away too) and the row of the next prompt; in the recorded context the whole screen as well. On its own frames a
machine may stand on other rows than the recording, because of an earlier mistake, and is not charged for that again.
Colours and the cursor are judged apart, on the pixels of the same rows.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from model.protocol import Frame
from trainer import metrics
from trainer.evaluate.readers import Readers
from trainer.evaluate.rollout import Drawn, Reference, Way
from trainer.evaluate.suite import Wrong
from trainer.split import held_out_line

NEAR = 16
"""Levels of 255 by which a pixel may be off and still look the same."""


@dataclass(frozen=True, slots=True)
class TurnScore:
    """The figures of one command.

    Attributes:
        command, family: of the recording.
        held_out_line: whether the line is held out by its hash: training typed it only if it has no free argument.
        exact: whether what was drawn reads as the recording, see above.
        pixel_exact, pixel_near: whether all pixels of the turn's rows, cursor and all, are equal, or to within `NEAR`.
        psnr, ssim: of the last frame.
        char_acc, exact_line: of the last frame, all its rows, by the cell reader under the rules of the OCR protocol.
        changed: cells the recording changed; of them, right to the pixel, to within `NEAR`, and as a character read:
            `changed_exact`, `changed_near`, `changed_read`.
        frames: drawn.
        error: why the machine did not take the line, or was stopped.
        recorded, drawn: the text of the turn: `echo`, `output`, `prompt`.
    """

    command: str
    family: str
    held_out_line: bool
    exact: bool
    pixel_exact: bool
    pixel_near: bool
    psnr: float
    ssim: float
    char_acc: float
    exact_line: float
    changed: int
    changed_exact: int
    changed_near: int
    changed_read: int
    frames: int
    error: str | None
    recorded: dict[str, Any]
    drawn: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types; figures to six places."""
        return {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(self).items()}


def wrong_of(scores: Iterable[TurnScore]) -> list[Wrong]:
    """The turns that were not exact, with all their rows: a wrong one may be that of the prompt."""

    def rows(told: dict[str, Any]) -> str:
        return "\n".join([*told["output"], told["prompt"]])

    return [Wrong(one.command, rows(one.recorded), rows(one.drawn)) for one in scores if not one.exact]


def score_turn(before: Frame, reference: Reference, drawn: Drawn, readers: Readers, way: Way) -> TurnScore:
    """The figures of a drawn turn.

    Args:
        before: the recorded frame before the turn.
        reference: the recorded turn.
        drawn: what the machine drew.
        readers: read the frames.
        way: the context it had.
    """
    turn, truth = reference.turn, reference.frame
    recorded = {"echo": turn.echo, "output": turn.output, "prompt": turn.lines()[turn.row]}
    prompt_row = last_used(drawn.text.screen)
    shown = {"echo": drawn.text.echo, "output": drawn.text.output, "prompt": drawn.text.screen[prompt_row]}
    whole = way == "recorded context"
    rows = None if whole or turn.echo is None else len(turn.echo) + len(turn.output) + 1 - bool(turn.start)
    lines = metrics.normalise(readers.lines(truth)), metrics.normalise(readers.lines(drawn.frame))
    changed_exact, changed = metrics.changed_cells_exact(before, truth, drawn.frame)
    glyphs = [readers.cells(frame)["glyph"] for frame in (truth, drawn.frame)]
    return TurnScore(
        command=turn.command,
        family=turn.family or "other",
        held_out_line=held_out_line(turn.command),
        exact=_same_text(recorded, shown) and (not whole or drawn.text.screen == turn.lines()),
        pixel_exact=_same_rows(truth, turn.row, drawn.frame, prompt_row, rows, 0),
        pixel_near=_same_rows(truth, turn.row, drawn.frame, prompt_row, rows, NEAR),
        psnr=metrics.psnr(truth, drawn.frame),
        ssim=metrics.ssim(truth, drawn.frame),
        char_acc=metrics.char_acc(*lines),
        exact_line=metrics.exact_line(*lines),
        changed=changed,
        changed_exact=changed_exact,
        changed_near=metrics.changed_cells_exact(before, truth, drawn.frame, NEAR)[0],
        changed_read=metrics.changed_cells_read(before, truth, glyphs[0], glyphs[1])[0],
        frames=drawn.frames,
        error=drawn.error,
        recorded=recorded,
        drawn=shown,
    )


def _same_text(recorded: dict[str, Any], drawn: dict[str, Any]) -> bool:
    """Whether a turn reads as recorded; the rows of a command line that blanked the screen are not compared."""
    keys = ("output", "prompt") if recorded["echo"] is None else ("echo", "output", "prompt")
    return all(recorded[key] == drawn[key] for key in keys)


def last_used(lines: list[str]) -> int:
    """The last row with text, 0 if there is none: where the prompt stands."""
    return max((row for row, line in enumerate(lines) if line), default=0)


def _same_rows(truth: Frame, row: int, drawn: Frame, drawn_row: int, rows: int | None, tolerance: int) -> bool:
    """Whether the rows of a turn look the same, counted up from the row of its prompt; all rows if `rows` is None."""
    if truth.geometry != drawn.geometry:
        return False
    if rows is None:
        return not metrics.changed(truth, drawn, tolerance).any()
    height = min(rows, row + 1)
    if height > drawn_row + 1:
        return False
    one = truth.cells()[row + 1 - height : row + 1]
    other = drawn.cells()[drawn_row + 1 - height : drawn_row + 1]
    return not metrics.cells_differ(one, other, tolerance).any()
