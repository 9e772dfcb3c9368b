"""Drills: the same again by seed, divided by the split, and asking for what is there."""

import re
from itertools import islice

import pytest

from trainer.grammar.drills import (
    COMPARISONS,
    DRILLS,
    FIRST,
    FUNCTIONS,
    LETTERS,
    LISTS,
    MAKING,
    OPERATIONS,
    RECKONINGS,
    SUMS,
    TIMES,
    Drills,
    drill_sessions,
)
from trainer.split import held_out_line, held_out_session, session_hash

ALWAYS = ("ls", "pwd", "cd", "cd ..")


def test_the_same_seed_writes_the_same_scripts() -> None:
    first, again, other = (list(islice(drill_sessions(seed, split="train"), 100)) for seed in (1, 1, 2))
    assert first == again
    assert not {script.lines for script in first} & {script.lines for script in other}
    families = {line.family for script in first for line in script.lines}
    assert families == {skill for _, skill, _ in DRILLS} | {MAKING}


@pytest.mark.parametrize(
    "drills", [FIRST, LETTERS, SUMS, RECKONINGS, LISTS, OPERATIONS, COMPARISONS, FUNCTIONS, TIMES, DRILLS]
)
def test_no_line_and_no_session_is_of_the_other_split(drills: Drills) -> None:
    for split in ("train", "held-out"):
        for script in islice(drill_sessions(3, split=split, drills=drills), 300):
            for line in script.lines:
                if line.text not in ALWAYS and not line.text.startswith("date"):
                    assert held_out_line(line.text) == (split == "held-out")
            if split == "train":
                assert not held_out_session(session_hash(line.keys.encode() for line in script.lines))


@pytest.mark.parametrize("drills", [LETTERS, DRILLS])
def test_variables_are_set_before_they_are_asked_for(drills: Drills) -> None:
    asked = 0
    for script in islice(drill_sessions(4, split="train", drills=drills), 400):
        if not any(line.family == "lookups" for line in script.lines):
            continue
        known = set[str]()
        for line in script.lines:
            if made := re.match(r"(?:export )?(\w+)=", line.text):
                known.add(made[1])
            else:
                names = re.findall(r"\$\{?(\w+)", line.text)
                assert names and known.issuperset(names)
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("drills", [LETTERS, DRILLS])
def test_files_are_made_before_they_are_read(drills: Drills) -> None:
    read = 0
    for script in islice(drill_sessions(5, split="train", drills=drills), 400):
        made = set[str]()
        for line in script.lines:
            words = line.text.split()
            if words[0] in ("cat", "head", "wc", "cp", "mv"):
                assert words[-1 if words[0] not in ("cp", "mv") else 1] in made
                read += 1
            made.update(words[1:])
    assert read > 50


def test_letters_tell_several_apart() -> None:
    """A session that looks up holds two variables or more, mostly, each with a name of one letter."""
    held = list[int]()
    for script in islice(drill_sessions(6, split="train", drills=LETTERS, turns=(6, 9)), 300):
        if any(line.family == "lookups" for line in script.lines):
            names = {made[1] for line in script.lines if (made := re.match(r"(?:export )?(\w+)=", line.text))}
            assert all(len(name) == 1 for name in names)
            held.append(len(names))
    assert sum(count >= 2 for count in held) > 0.8 * len(held) > 30


def test_a_drill_does_not_break_off_for_want_of_a_line_of_its_split() -> None:
    sizes = [len(script.lines) for script in islice(drill_sessions(7, split="train", turns=(8, 8)), 200)]
    assert sum(size >= 5 for size in sizes) > 150


def test_functions_are_defined_before_they_are_called_with_as_much_as_they_take() -> None:
    called = 0
    for script in islice(drill_sessions(6, split="train", drills=FUNCTIONS), 300):
        takes = dict[str, int]()
        for line in script.lines:
            if made := re.match(r"(\w+)\(\) \{ (.*) \}", line.text):
                takes[made[1]] = 2 if "$2" in made[2] else 1
            elif made := re.match(r"alias (\w+)=", line.text):
                takes[made[1]] = 1
            else:
                name, *given = line.text.split()
                assert len(given) == takes[name]
                called += 1
    assert called > 300


def test_reckonings_are_of_three_numbers_or_small() -> None:
    lines = [
        line.text for script in islice(drill_sessions(7, split="train", drills=RECKONINGS), 50) for line in script.lines
    ]
    assert all(re.fullmatch(r"echo( \$\(\([-+*/%()<>=! \d]+\)\)){1,2}", line) for line in lines)
    assert any("*" in line for line in lines) and any(re.search(r"\d[-+]\d+[-+]\d", line) for line in lines)
