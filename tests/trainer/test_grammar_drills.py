"""Drills: the same again by seed, divided by the split, and asking for what is there."""

import re
from itertools import islice

from trainer.grammar.drills import DRILLS, MAKING, drill_sessions
from trainer.split import held_out_line, held_out_session, session_hash

ALWAYS = ("ls", "pwd", "cd", "cd ..")


def test_the_same_seed_writes_the_same_scripts() -> None:
    first, again, other = (list(islice(drill_sessions(seed, split="train"), 100)) for seed in (1, 1, 2))
    assert first == again
    assert not {script.lines for script in first} & {script.lines for script in other}
    families = {line.family for script in first for line in script.lines}
    assert families == {skill for _, skill, _ in DRILLS} | {MAKING}


def test_no_line_and_no_session_is_of_the_other_split() -> None:
    for split in ("train", "held-out"):
        for script in islice(drill_sessions(3, split=split), 300):
            for line in script.lines:
                if line.text not in ALWAYS and not line.text.startswith("date"):
                    assert held_out_line(line.text) == (split == "held-out")
            if split == "train":
                assert not held_out_session(session_hash(line.keys.encode() for line in script.lines))


def test_variables_are_set_before_they_are_asked_for() -> None:
    asked = 0
    for script in islice(drill_sessions(4, split="train"), 400):
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


def test_files_are_made_before_they_are_read() -> None:
    read = 0
    for script in islice(drill_sessions(5, split="train"), 400):
        made = set[str]()
        for line in script.lines:
            words = line.text.split()
            if words[0] in ("cat", "head", "wc", "cp", "mv"):
                assert words[-1 if words[0] not in ("cp", "mv") else 1] in made
                read += 1
            made.update(words[1:])
    assert read > 50
