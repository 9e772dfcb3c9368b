"""Suite `horizon`: does the machine stay itself? Long held-out sessions in closed loop, and facts asked for long after.

Exact lines and commands are told by how far into the session they stand, and facts by how many commands ago they were
set (`long_sessions`); a fact is right if its value is printed. The first wrong command of a session is the first that
does not read as recorded. Commands of one session hang together, so no intervals are given.
"""

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from trainer import metrics
from trainer.evaluate.held_out import held_out_casts
from trainer.evaluate.long_sessions import DISTANCES, LONG, recall
from trainer.evaluate.rollout import load_session, roll_out
from trainer.evaluate.score import TurnScore, score_turn, wrong_of
from trainer.evaluate.suite import Job, Outcome

STRETCHES = ((1, 10), (11, 30), (31, 100), (101, 200), (201, 500))
"""First and last command of each part of a session that is told apart."""


def run(job: Job) -> Outcome:
    """Evaluates the machine of a job.

    Raises:
        ValueError: if there are no recordings, or one of them may have been trained on; one line.
    """
    paths = held_out_casts(job.casts or LONG)[: job.sessions]
    machine = job.open_machine()
    sessions: list[list[TurnScore]] = []
    for number, path in enumerate(paths, 1):
        session = load_session(path)
        before = session.references[0].frame
        scores = list[TurnScore]()
        drawn = roll_out(machine, session, job.readers, "closed loop")
        for reference, turn in zip(session.references, drawn, strict=True):
            if reference.turn.action.keys:
                scores.append(score_turn(before, reference, turn, job.readers, "closed loop"))
            before = reference.frame
        sessions.append(scores)
        job.tell(f"horizon: {number} of {len(paths)} sessions, first wrong command {first_wrong(scores)}")
    document: dict[str, Any] = {
        "suite": "horizon",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "summary": summary_of(sessions),
        "sessions": [[score.to_json() for score in scores] for scores in sessions],
    }
    return Outcome(document, [table_of(document)], wrong_of(score for scores in sessions for score in scores))


def first_wrong(scores: list[TurnScore]) -> int:
    """Which command was the first not to be exact; one more than there are if all were."""
    return next((at for at, score in enumerate(scores, 1) if not score.exact), len(scores) + 1)


def summary_of(sessions: list[list[TurnScore]]) -> dict[str, Any]:
    """Shares by stretch of the session and by age of the fact, and the median of the first wrong commands."""
    stretches = dict[str, Any]()
    for low, high in STRETCHES:
        part = [score for scores in sessions for score in scores[low - 1 : high]]
        if part:
            lines = metrics.mean(score.exact_line for score in part)
            exact = _share([score.exact for score in part])
            stretches[f"{low}-{high}"] = {"exact_line": round(lines, 6), **exact}
    asked = [score for scores in sessions for score in scores]
    facts = {str(far): [score for score in asked if score.family == recall(far)] for far in DISTANCES}
    return {
        "first_wrong_median": metrics.quantile([first_wrong(scores) for scores in sessions], 0.5) if sessions else None,
        "commands": stretches,
        "facts": {far: _share([_recalled(score) for score in part]) for far, part in facts.items() if part},
    }


def _recalled(score: TurnScore) -> bool:
    """Whether the value was printed; the prompt around it may be wrong since a `cd` long ago."""
    return bool(score.drawn["output"] == score.recorded["output"])


def _share(right: list[bool]) -> dict[str, Any]:
    return {"exact": sum(right), "of": len(right)}


def table_of(document: dict[str, Any]) -> Table:
    """The shares for people."""
    summary = document["summary"]
    table = Table(
        title=f"horizon, {document['machine']} on {document['device']}: long sessions in closed loop",
        caption=f"first wrong command, median over sessions: {summary['first_wrong_median']}. Lines are those of"
        " the whole screen, by the cell reader",
        box=SIMPLE_HEAD,
    )
    for name in ("", "asked", "exact", "exact lines"):
        table.add_column(name, justify="right" if name else "left")
    for name, share in summary["commands"].items():
        table.add_row(f"commands {name}", str(share["of"]), _shown(share), f"{share['exact_line']:.3f}")
    for far, share in summary["facts"].items():
        table.add_row(f"facts {far} commands old", str(share["of"]), _shown(share), "")
    return table


def _shown(share: dict[str, Any]) -> str:
    return f"{share['exact'] / share['of']:.3f}"
