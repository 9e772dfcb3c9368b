"""Suite `captions`: the same turns drawn with captions of three tiers, and with none, each in the recorded context.

Source of the protocol and of the figures beside it: "Neural Computers" (arXiv 2604.06425), CLIGen, where the caption is
all the machine has. Here it always has the keys as well, so `none` is what it is measured against.
"""

from dataclasses import replace
from statistics import fmean
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from trainer import metrics
from trainer.evaluate.held_out import held_out_casts
from trainer.evaluate.readers import Readers
from trainer.evaluate.rollout import FRAMES_A_TURN, PATIENCE, Absorbing, Session, draw_turn, load_session
from trainer.evaluate.suite import Job, Outcome
from trainer.tiers import Tier, caption_of

NONE = "none"
TOLD = (NONE, *Tier)
"""What the machine is told beside the keys."""

PAPER = {Tier.SEMANTIC: (21.90, 0.813), Tier.REGULAR: (23.63, 0.843), Tier.LITERAL: (26.89, 0.867)}
"""PSNR in decibels and SSIM of the paper's machine by tier."""


def run(job: Job) -> Outcome:
    """Evaluates the machine of a job.

    Raises:
        ValueError: if there are no recordings, or one of them may have been trained on; one line.
    """
    paths = held_out_casts(job.casts)[: job.sessions]
    machine = job.open_machine()
    turns = list[dict[str, Any]]()
    for number, path in enumerate(paths, 1):
        turns += drawn(machine, load_session(path), job.readers)
        job.tell(f"captions: {number} of {len(paths)} sessions")
    summary = {told: _summary([turn[told] for turn in turns]) for told in TOLD}
    document: dict[str, Any] = {
        "suite": "captions",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "summary": summary,
        "turns": turns,
    }
    return Outcome(document, [_table(document)])


def drawn(machine: Absorbing, session: Session, readers: Readers) -> list[dict[str, Any]]:
    """What the machine drew of each command of a session, by what it was told."""
    state, start = machine.boot(None, session.geometry), 0
    scores = list[dict[str, Any]]()
    for reference in session.references:
        turn = reference.turn
        if turn.action.keys:
            score: dict[str, Any] = {"line": turn.command}
            for told in TOLD:
                caption = None if told == NONE else caption_of(Tier(told), turn.command, turn.output)
                asked = replace(turn, action=replace(turn.action, caption=caption))
                limit = FRAMES_A_TURN + PATIENCE * len(reference.writes)
                made = draw_turn(machine, state.fork(), asked, start, readers, limit)
                score[told] = {
                    "psnr": metrics.psnr(reference.frame, made.frame),
                    "ssim": metrics.ssim(reference.frame, made.frame),
                    "exact": made.text.output == turn.output,
                }
            scores.append(score)
        machine.absorb(state, turn.action, reference.writes, reference.frame)
        start = turn.start
    return scores


def _summary(scores: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over turns, and the share of outputs exact with its 95 % interval."""
    right = sum(score["exact"] for score in scores)
    low, high = metrics.wilson(right, len(scores))
    return {
        "psnr": round(fmean(score["psnr"] for score in scores), 2),
        "ssim": round(fmean(score["ssim"] for score in scores), 4),
        "exact": right,
        "of": len(scores),
        "low": round(low, 3),
        "high": round(high, 3),
    }


def _table(document: dict[str, Any]) -> Table:
    table = Table(
        title=f"captions, {document['machine']} on {document['device']}: one turn each way, in the recorded context",
        caption="an identical frame counts as 100 dB",
        box=SIMPLE_HEAD,
    )
    for name in ("caption", "PSNR dB", "SSIM", "output exact", "paper PSNR, SSIM"):
        table.add_column(name, justify="left" if name == "caption" else "right")
    for told, one in document["summary"].items():
        paper = "{:.2f}, {:.3f}".format(*PAPER[Tier(told)]) if told != NONE else ""
        exact = f"{one['exact'] / one['of']:.3f} [{one['low']:.2f}, {one['high']:.2f}]"
        table.add_row(told, f"{one['psnr']:.2f}", f"{one['ssim']:.4f}", exact, paper)
    return table
