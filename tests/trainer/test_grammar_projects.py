"""Sessions on projects: the same again by seed, divided by the split, and git, make and bash answer them."""

from collections import Counter
from itertools import islice

import pytest

from trainer.evaluate.results import session_results
from trainer.grammar.projects import BLOCKS, project_sessions
from trainer.record import record_many
from trainer.split import Split, held_out_line

PROJECTS = {"git", "make", "build", "logs", "packages", "history", "colours"}


def test_the_same_seed_writes_the_same_scripts() -> None:
    first, again, other = (list(islice(project_sessions(seed, split="train"), 100)) for seed in (1, 1, 2))
    assert first == again
    assert not {script.lines for script in first} & {script.lines for script in other}


def test_every_piece_of_work_is_there() -> None:
    lines = [line for script in islice(project_sessions(3, split="held-out"), 200) for line in script.lines]
    assert set(Counter(line.family for line in lines)) >= PROJECTS and len(BLOCKS) == len(PROJECTS)


@pytest.mark.parametrize(("split", "expected", "off"), [("train", 0.0, 0.0), ("held-out", 1.0, 0.06)])
def test_what_is_typed_freely_obeys_the_split(split: Split, expected: float, off: float) -> None:
    lines = [line for script in islice(project_sessions(4, split=split), 300) for line in script.lines]
    # Arguments that a person chose; what is named again was chosen before.
    free = ("git commit", "git switch -c", "git checkout -b", "git init ", "printf", "echo ", "gcc", "for ")
    typed = {line.text for line in lines if line.family in PROJECTS and line.text.startswith(free)}
    typed -= {"git init -q", "echo !$"}
    # Three lines about one name are seldom all held out.
    assert len(typed) > 500
    assert sum(map(held_out_line, typed)) / len(typed) == pytest.approx(expected, abs=off)


def test_the_real_programs_answer() -> None:
    scripts = list(islice(project_sessions(3, split="train"), 12))
    said = [(one["command"], one["output"]) for recording in record_many(scripts) for one in session_results(recording)]
    assert len(said) == sum(len(script.lines) for script in scripts)
    outputs = [line for _, output in said for line in output]
    assert not [line for line in outputs if line.endswith(("git: command not found", "make: command not found"))]
    assert "bash: sudo: command not found" in outputs and "On branch main" in outputs
    assert any(line.startswith("make: *** No rule to make target") for line in outputs)
    messages = {command.split(maxsplit=3)[-1].strip("\"'") for command, _ in said if command.startswith("git commit -")}
    told = {line for command, output in said if command == "git log --format=%s" for line in output}
    assert told and {line for line in told if not line.startswith("fatal")} <= messages
