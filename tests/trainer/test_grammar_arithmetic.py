"""Arithmetic of the script grammar: carries and borrows as frequent as none, both signs, two digits mostly."""

import re
from itertools import islice
from random import Random

import pytest

from trainer.grammar import sessions
from trainer.grammar.arithmetic import addends, borrows, carries, difference

DRAWS = 4_000


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(17, 25, [True, False]), (99, 1, [True, True]), (40, 7, [False, False]), (5, 5, [True])],
)
def test_carries(a: int, b: int, expected: list[bool]) -> None:
    assert carries(a, b) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"), [(42, 17, [True]), (17, 42, [True]), (48, 17, [False]), (100, 1, [True, True]), (7, 3, [])]
)
def test_borrows(a: int, b: int, expected: list[bool]) -> None:
    assert borrows(a, b) == expected


def test_sums_carry_half_the_time() -> None:
    r = Random(1)
    pairs = [pair for _ in range(DRAWS) if min(pair := addends(r)) > 9 and max(pair) < 100]
    for place in range(2):
        share = sum(carries(a, b)[place] for a, b in pairs) / len(pairs)
        assert 0.45 < share < 0.55


def test_differences_borrow_half_the_time_and_have_both_signs() -> None:
    r = Random(2)
    pairs = [pair for _ in range(DRAWS) if min(pair := difference(r)) > 9 and max(pair) < 100]
    assert 0.45 < sum(borrows(a, b)[0] for a, b in pairs) / len(pairs) < 0.55
    assert 0.45 < sum(a < b for a, b in pairs) / len(pairs) < 0.55


def test_two_digits_are_the_rule() -> None:
    scripts = islice(sessions(3, split="train", weights={"arith": 1.0}), 300)
    lines = [line.text for script in scripts for line in script.lines]
    sums = [
        found for text in lines if (found := re.fullmatch(r"echo \$\(\( ?(\d+) ?([+-]) ?(\d+) ?\)\)", text.strip()))
    ]
    assert len(sums) > 0.4 * len(lines)
    assert sum(max(len(found[1]), len(found[3])) == 2 for found in sums) > 0.6 * len(sums)
    assert 0.4 < sum(found[2] == "+" for found in sums) / len(sums) < 0.6
