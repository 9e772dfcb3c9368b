"""Plain sessions: the same again by seed, divided by the split, and nothing but short everyday lines."""

from collections import Counter
from itertools import islice

from trainer.grammar.plain import FAMILIES, FOCUS, plain_sessions
from trainer.split import held_out_line

ALWAYS = {"ls", "pwd", "cd", "cd .."}


def test_the_same_seed_writes_the_same_scripts() -> None:
    first, again, other = (list(islice(plain_sessions(seed, split="train"), 200)) for seed in (1, 1, 2))
    assert first == again
    assert not {script.lines for script in first} & {script.lines for script in other}


def test_the_splits_share_no_line_with_a_free_argument() -> None:
    parts = {}
    for split in ("train", "held-out"):
        lines = {line.text for script in islice(plain_sessions(3, split=split), 1500) for line in script.lines}
        parts[split] = {line for line in lines if line not in ALWAYS}
        free = [line for line in parts[split] if held_out_line(line) == (split == "held-out")]
        assert len(free) > 0.99 * len(parts[split])
    shared = parts["train"] & parts["held-out"]
    assert len(shared) <= 16


def test_lines_are_short_and_families_are_there() -> None:
    scripts = list(islice(plain_sessions(4, split="train", turns=(10, 10)), 300))
    assert all(len(script.lines) == 10 for script in scripts)
    lines = [line for script in scripts for line in script.lines]
    assert max(len(line.text) for line in lines) <= 64
    counts = Counter(line.family for line in lines)
    for family, share in FAMILIES.items():
        focused = share / 4 + (0.25 if family in ("variables", "files", "arith") else 0.0)
        assert abs(counts[family] / len(lines) - (1 - FOCUS) * share - FOCUS * focused) < 0.05


def test_what_was_made_is_asked_for_again() -> None:
    read = made = 0
    for script in islice(plain_sessions(5, split="train", turns=(12, 12)), 400):
        names: set[str] = set()
        for line in script.lines:
            words = line.text.split()
            if line.family == "files" and words[0] in ("cat", "rm", "wc", "cd") and len(words) > 1 and words[1] != "..":
                read += 1
                made += words[-1] in names
            if line.family == "files":
                names.update(words[1:])
    assert read > 100
    assert made > 0.9 * read
