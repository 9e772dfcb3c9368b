"""Suite `arithmetic`: a pool of problems whose lines were never trained on (see `problems`), native and reprompted.

Native, the machine has the line alone. Reprompted, the action carries a caption with the answer ("The answer is 282"),
as the paper's captions did: that measures rendering, not computing, and is reported apart. Each problem is typed at the
first prompt of a fresh machine. Source: "Neural Computers" (arXiv 2604.06425), the arithmetic probe: NCCLIGen 4 %,
reprompted 83 %; Sora 2 71 %.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from model.protocol import Action, Frame, Geometry, NeuralComputer
from trainer import metrics
from trainer.evaluate.problems import KINDS, Problem, pool
from trainer.evaluate.readers import Readers
from trainer.evaluate.suite import Job, Outcome, Wrong

FRAMES_A_TURN = 24
"""A turn is stopped after so many frames: an answer takes three or four."""

CLOCK = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
"""The time of day that the machine is told: any will do."""

WAYS = ("native", "reprompted")


def run(job: Job) -> Outcome:
    """Asks the machine of a job; a thousand problems, or ten for each of the job's `sessions` if those are fewer."""
    problems = pool(of_thousand=1000 if job.sessions is None else min(1000, 10 * job.sessions))
    machine = job.open_machine()
    start = machine.boot(None, Geometry())
    for _ in islice(machine.step(start, Action(b"", clock=CLOCK)), FRAMES_A_TURN):
        pass
    answers: list[dict[str, Any]] = []
    for number, problem in enumerate(problems, 1):
        said = {way: ask(machine, start, problem, job.readers, reprompted=way == "reprompted") for way in WAYS}
        answers.append({**asdict(problem), **said})
        if number % 50 == 0 or number == len(problems):
            right = sum(one["native"] == one["answer"] for one in answers)
            job.tell(f"arithmetic: {number} of {len(problems)} problems, {right} right")
    document: dict[str, Any] = {
        "suite": "arithmetic",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "summary": {way: summary_of(answers, way) for way in WAYS},
        "answers": answers,
    }
    wrong = [Wrong(one["line"], one["answer"], one["native"]) for one in answers if one["native"] != one["answer"]]
    return Outcome(document, [table_of(document)], wrong)


def ask(machine: NeuralComputer, start: Any, problem: Problem, readers: Readers, *, reprompted: bool) -> str:
    """What the machine prints for a problem, its lines joined by a line break.

    Args:
        machine: what draws.
        start: its state at a prompt at the left edge; not changed.
        problem: what is typed.
        readers: read the frames.
        reprompted: whether the action carries the answer.
    """
    state = start.fork()
    caption = f"The answer is {problem.answer}" if reprompted else None
    action = Action(f"{problem.line}\r".encode(), caption, CLOCK)

    def frames() -> Iterator[Frame]:
        yield from islice(machine.step(state, action), FRAMES_A_TURN)

    return "\n".join(readers.turn(state.frame, 0, problem.line, frames()).output)


def summary_of(answers: list[dict[str, Any]], way: str) -> dict[str, Any]:
    """Shares right with 95 % intervals, over all and by kind."""
    kinds = {kind: [one for one in answers if one["kind"] == kind] for kind in KINDS}
    unseen = [one for one in answers if one["unseen"]]
    groups = {
        "all": answers,
        "in no spelling": unseen,
        "+ -": [one for one in answers if one["kind"][0] in "+-"],
        **kinds,
    }
    return {name: _share([one[way] == one["answer"] for one in group]) for name, group in groups.items() if group}


def _share(right: list[bool]) -> dict[str, Any]:
    low, high = metrics.wilson(sum(right), len(right))
    return {"right": sum(right), "of": len(right), "low": round(low, 3), "high": round(high, 3)}


def table_of(document: dict[str, Any]) -> Table:
    """The shares beside the paper's."""
    table = Table(
        title=f"arithmetic, {document['machine']} on {document['device']}: problems whose line was never trained on",
        caption="paper: NCCLIGen native 0.04, reprompted 0.83; Sora 2 native 0.71. Digits are those of both operands; "
        "in no spelling: not with other blanks, nor within other lines",
        box=SIMPLE_HEAD,
    )
    for name in ("operation", "problems", *WAYS):
        table.add_column(name, justify="left" if name == "operation" else "right")
    native, reprompted = (document["summary"][way] for way in WAYS)
    for name, share in native.items():
        table.add_row(name, str(share["of"]), _shown(share), _shown(reprompted[name]))
    return table


def _shown(share: dict[str, Any]) -> str:
    return f"{share['right'] / share['of']:.3f} [{share['low']:.2f}, {share['high']:.2f}]"
