"""Suite `clean`: held-out scripted sessions, recorded in a real bash, drawn again by the machine.

Two ways: in closed loop the machine's own frames are all it has seen, from the first prompt to the last command; in the
recorded context every turn starts from what was recorded before it. PSNR and SSIM are those of the last frame of each
turn. The OCR protocol takes a session's frames at the end of its turns as the video (see `ocr`). Source of the protocol
and of the figures beside it: "Neural Computers" (arXiv 2604.06425), CLIGen.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from model.protocol import Frame
from trainer import metrics
from trainer.evaluate.held_out import HELD_OUT, held_out_casts
from trainer.evaluate.learned import Learned, film_features, lpips
from trainer.evaluate.ocr import CachedReader, Ocr, compare
from trainer.evaluate.readers import Readers
from trainer.evaluate.report import summary_of, tables_of
from trainer.evaluate.rollout import WAYS, Absorbing, Session, Way, load_session, roll_out
from trainer.evaluate.score import TurnScore, score_turn, wrong_of
from trainer.evaluate.suite import Job, Outcome


@dataclass(slots=True)
class WayScores:
    """What a machine did in one session, one way.

    Attributes:
        commands: scores of its commands, in order.
        cells: the OCR protocol by the cell reader.
        tesseract: the same by Tesseract; None where it was not asked.
        lpips: of the frames at the end of its turns; empty where it was not asked.
        film: what a network says of those frames as a film; None where it was not asked.
    """

    commands: list[TurnScore]
    cells: Ocr
    tesseract: Ocr | None = None
    lpips: list[float] = field(default_factory=list)
    film: Tensor | None = None


@dataclass(slots=True)
class SessionScores:
    """What a machine did in one session.

    Attributes:
        name: of the recording.
        ways: scores by way.
        ceiling: Tesseract on the true frames against their text by the cell reader; None where it was not asked.
        autoencoder: PSNR and SSIM of true frames passed through the cell autoencoder, a pair each.
        film: as in `WayScores`, of the true frames.
    """

    name: str
    ways: dict[Way, WayScores] = field(default_factory=dict)
    ceiling: Ocr | None = None
    autoencoder: list[tuple[float, float]] = field(default_factory=list)
    film: Tensor | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "session": self.name,
            "ways": {
                way: {
                    "commands": [score.to_json() for score in scores.commands],
                    "ocr_cells": asdict(scores.cells),
                    "ocr_tesseract": scores.tesseract and asdict(scores.tesseract),
                    "lpips": scores.lpips,
                }
                for way, scores in self.ways.items()
            },
            "tesseract_on_true_frames": self.ceiling and asdict(self.ceiling),
            "autoencoder": [{"psnr": psnr, "ssim": ssim} for psnr, ssim in self.autoencoder],
        }


def run(job: Job) -> Outcome:
    """Evaluates the machine of a job.

    Raises:
        ValueError: if there are no recordings, or one of them may have been trained on; one line.
    """
    return drawn_again(job, "clean", HELD_OUT)


def drawn_again(job: Job, suite: str, ships: Path) -> Outcome:
    """Evaluates the machine of a job for the suite of this name, whose recordings ship in a folder; as `run`."""
    paths = held_out_casts(job.casts or ships)[: job.sessions]
    machine = job.open_machine()
    with_tesseract = job.tesseract_frames // metrics.OCR_FRAMES if job.readers.tesseract else 0
    scored: list[SessionScores] = []
    for number, path in enumerate(paths):
        session, tesseract = load_session(path), number < with_tesseract
        scored.append(score_session(machine, session, job.readers, tesseract=tesseract, learned=job.learned))
        job.tell(f"{suite}: {number + 1} of {len(paths)} sessions, {_so_far(scored)}")
    summary = summary_of(scored)
    document = {
        "suite": suite,
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "summary": summary,
        "sessions": [session.to_json() for session in scored],
    }
    commands = (score for session in scored for score in session.ways["closed loop"].commands)
    return Outcome(document, tables_of(summary, suite, f"{machine.name} on {machine.device}"), wrong_of(commands))


def _so_far(scored: list[SessionScores]) -> str:
    commands = [score for session in scored for score in session.ways["closed loop"].commands]
    return f"{sum(score.exact for score in commands)} of {len(commands)} commands exact in closed loop"


def score_session(
    machine: Absorbing, session: Session, readers: Readers, *, tesseract: bool, learned: Learned
) -> SessionScores:
    """Draws a session both ways and scores it."""
    result = SessionScores(session.name)
    truth = [reference.frame for reference in session.references]
    chosen = metrics.protocol_indices(len(truth), len(truth))
    slow = CachedReader(readers.tesseract) if tesseract and readers.tesseract else None
    for way in WAYS:
        commands, frames = _draw(machine, session, readers, way)
        if slow:
            slow.read_ahead([frame for index in chosen for frame in (truth[index], frames[index])])
        scores = WayScores(commands, _protocol(readers.lines, truth, frames, chosen))
        if slow:
            scores.tesseract = _protocol(slow, truth, frames, chosen)
        if learned.lpips is not None:
            scores.lpips = [lpips(learned.lpips, *pair) for pair in zip(truth, frames, strict=True)]
        if learned.films is not None:
            scores.film = film_features(learned.films, frames)
        result.ways[way] = scores
    if learned.films is not None:
        result.film = film_features(learned.films, truth)
    if slow:
        exact = [readers.lines(truth[index]) for index in chosen]
        result.ceiling = compare(exact, [slow(truth[index]) for index in chosen])
    for index in chosen:
        again = machine.reconstruct(truth[index])
        result.autoencoder.append((metrics.psnr(truth[index], again), metrics.ssim(truth[index], again)))
    return result


def _draw(machine: Absorbing, session: Session, readers: Readers, way: Way) -> tuple[list[TurnScore], list[Frame]]:
    """The scores of a session's commands, and the frame at the end of every turn."""
    scores, frames = list[TurnScore](), list[Frame]()
    before = session.references[0].frame
    for reference, drawn in zip(session.references, roll_out(machine, session, readers, way), strict=True):
        frames.append(drawn.frame)
        if reference.turn.action.keys:
            scores.append(score_turn(before, reference, drawn, readers, way))
        before = reference.frame
    return scores, frames


def _protocol(read: Callable[[Frame], list[str]], truth: list[Frame], drawn: list[Frame], chosen: list[int]) -> Ocr:
    """The OCR protocol's figures of one video."""
    return compare([read(truth[index]) for index in chosen], [read(drawn[index]) for index in chosen])
