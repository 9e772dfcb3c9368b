"""The script grammar: sessions that are repeatable, distinct, apart by split, and made as the table of weights says."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Literal

import pytest

from trainer.grammar import FAMILIES, WEIGHTS, sessions, write_scripts
from trainer.grammar.session import LONGEST
from trainer.record.script import Script, parse_script
from trainer.split import held_out_line, held_out_session, session_hash

MANY = 10_000
SIX = ("basics", "echo", "variables", "files", "arith", "errors")


def draw(split: Literal["train", "held-out"], count: int, seed: int = 7) -> list[Script]:
    return list(islice(sessions(seed, split=split), count))


def texts(script: Script) -> tuple[str, ...]:
    return tuple(line.text for line in script.lines)


@pytest.fixture(scope="module")
def train() -> list[Script]:
    return draw("train", MANY)


@pytest.fixture(scope="module")
def held_out() -> list[Script]:
    return draw("held-out", MANY)


def test_same_seed_same_sessions() -> None:
    assert draw("train", 50) == draw("train", 50)
    assert draw("train", 50) != draw("train", 50, seed=8)


def test_sessions_are_distinct(train: list[Script]) -> None:
    different = {texts(script) for script in train}
    assert len(different) > 0.995 * MANY


def test_lines_are_diverse(train: list[Script]) -> None:
    lines = [line.text for script in train for line in script.lines]
    assert len(set(lines)) > 0.6 * len(lines)


def test_families_come_by_weight(train: list[Script]) -> None:
    seen = Counter(line.family for script in train for line in script.lines)
    total = sum(seen.values())
    for name, weight in WEIGHTS.items():
        assert seen[name] / total == pytest.approx(weight, rel=0.25)
    assert sum(seen[name] for name in SIX) > 0.9 * total
    assert set(WEIGHTS) == set(FAMILIES)


def test_lines_can_be_typed(train: list[Script]) -> None:
    lines = [line.text for script in train for line in script.lines]
    assert all(line.isascii() and (line.isprintable() or not line) for line in lines)
    assert max(map(len, lines)) <= LONGEST + 2
    assert sum(len(line) <= 50 for line in lines) > 0.97 * len(lines)


def test_turns_are_as_asked() -> None:
    assert {len(script.lines) for script in islice(sessions(1, split="train", turns=(10, 10)), 20)} == {10}


def test_splits_share_no_session_and_no_free_line(train: list[Script], held_out: list[Script]) -> None:
    trained = {texts(script) for script in train}
    assert not trained & {texts(script) for script in held_out}
    # A line that both splits type is closed: there are few of them, and they hold no argument of a person's own.
    lines = {line.text for script in train for line in script.lines}
    shared = {line.text for script in held_out for line in script.lines} & lines
    assert len(shared) < 600 < len(lines) / 50


def test_training_never_types_what_is_held_out(train: list[Script]) -> None:
    assert not any(held_out_session(session_hash(line.keys.encode() for line in script.lines)) for script in train)
    held = Counter(line.text for script in train for line in script.lines if held_out_line(line.text))
    # What remains is closed lines, each of which comes again and again.
    assert len(held) < 150


def test_held_out_sessions_hold_a_held_out_line(held_out: list[Script]) -> None:
    assert all(any(held_out_line(line.text) for line in script.lines) for script in held_out)


@pytest.mark.parametrize("name", SIX)
def test_a_family_alone(name: str) -> None:
    for script in islice(sessions(3, split="held-out", weights={name: 1.0}), 100):
        assert {line.family for line in script.lines} == {name}


def test_weights_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="no family 'cooking'"):
        next(sessions(1, split="train", weights={"cooking": 1.0}))
    with pytest.raises(ValueError, match="zero"):
        next(sessions(1, split="train", weights={"echo": 0.0}))
    with pytest.raises(ValueError, match="turns"):
        next(sessions(1, split="train", turns=(5, 4)))


def test_scripts_on_disk_read_back(tmp_path: Path) -> None:
    paths = write_scripts(tmp_path / "scripts", 20, 5, "train")
    expected = draw("train", 20, seed=5)
    read = [parse_script(path.read_text(encoding="utf-8"), 0) for path in paths]
    assert [script.lines for script in read] == [script.lines for script in expected]
