"""Long sessions with facts: the same again by seed, divided by the split, and asking for what was made."""

import re
from itertools import islice

from trainer.grammar.drills import MAKING
from trainer.grammar.facts import ASKED, fact_sessions
from trainer.split import Split, held_out_line, held_out_session, session_hash

SPLITS: tuple[Split, ...] = ("train", "held-out")


def test_the_same_seed_writes_the_same_sessions() -> None:
    first, again, other = (list(islice(fact_sessions(seed, split="train"), 5)) for seed in (1, 1, 2))
    assert first == again != other
    assert all(60 <= len(script.lines) <= 120 for script in first)


def test_facts_are_of_the_split() -> None:
    for split in SPLITS:
        for script in islice(fact_sessions(3, split=split), 10):
            facts = [line.text for line in script.lines if line.family in (ASKED, MAKING)]
            assert facts and all(held_out_line(text) == (split == "held-out") for text in facts)
            if split == "train":
                assert not held_out_session(session_hash(line.keys.encode() for line in script.lines))


def test_what_is_asked_for_was_made_and_some_of_it_long_before() -> None:
    distances = list[int]()
    for script in islice(fact_sessions(4, split="train"), 20):
        lines = [line.text for line in script.lines]
        for at, line in enumerate(script.lines):
            if line.family != ASKED:
                continue
            words = set(re.findall(r"[\w.+-]+", line.text))
            makers = [
                before
                for before in range(at)
                if script.lines[before].family == MAKING
                and words & set(re.findall(r"[\w.+-]+", lines[before])) - {"echo"}
            ]
            assert makers, line.text
            distances.append(at - makers[-1])
    assert min(distances) == 1 and max(distances) > 50
    assert sum(distance <= 10 for distance in distances) > len(distances) / 3
