"""The suite `arithmetic`: its pool is bash's and held out, and a machine is asked native and with the answer."""

import json
import subprocess
from dataclasses import replace

import pytest
from oracle import Oracle, recording_of

from neuralsh.eval_command import readers
from trainer.evaluate import arithmetic
from trainer.evaluate.problems import KINDS, Problem, pool
from trainer.evaluate.rollout import session_of
from trainer.evaluate.suite import Job
from trainer.split import held_out_line

READERS = replace(readers(), tesseract=None)


def test_bash_gives_the_answers_of_the_pool() -> None:
    problems = pool()
    lines = "\n".join(problem.line for problem in problems)
    said = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True).stdout.split("\n")
    assert said[:-1] == [problem.answer for problem in problems]


def test_the_pool_is_held_out_distinct_and_the_same_again() -> None:
    problems = pool()
    assert len(problems) == len({problem.line for problem in problems}) == 1000
    assert all(held_out_line(problem.line) for problem in problems)
    assert pool() == problems and pool(1) != problems
    assert {problem.kind for problem in pool(of_thousand=20)} == set(KINDS)


def test_carries_are_as_frequent_as_none() -> None:
    sums = [problem.line for problem in pool() if problem.kind == "+ 2"]
    terms = [[int(term) for term in line.strip("echo $()").split("+")] for line in sums]
    carried = sum(a % 10 + b % 10 > 9 for a, b in terms)
    assert 0.35 < carried / len(terms) < 0.65


def test_a_machine_that_knows_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = Problem("+ 1", "echo $((2+3))", "5", True), Problem("- 1", "echo $((7-3))", "4")
    monkeypatch.setattr(arithmetic, "pool", lambda of_thousand: [right, wrong])
    asked = list[str | None]()

    class Machine(Oracle):
        """Draws 5 for everything that is typed."""

        def step(self, state, action):  # type: ignore[no-untyped-def]
            if action.keys:
                asked.append(action.caption)
            return super().step(state, replace(action, keys=action.keys and b"echo $((2+3))\r"))

    machine = Machine(session_of("0", recording_of(("arith", "echo $((2+3))", "5\n"))))
    outcome = arithmetic.run(Job(lambda: machine, READERS))
    assert json.loads(json.dumps(outcome.document, allow_nan=False)) == outcome.document
    assert asked == [None, "The answer is 5", None, "The answer is 4"]
    assert [one["native"] for one in outcome.document["answers"]] == ["5", "5"]
    summary = outcome.document["summary"]["native"]
    assert (summary["all"]["right"], summary["all"]["of"]) == (1, 2)
    assert summary["in no spelling"] == summary["+ 1"]
    assert summary["+ 1"]["right"] == 1 and summary["- 1"]["right"] == 0 and "**" not in summary
