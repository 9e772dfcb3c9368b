"""Sessions with programs: the same again by seed, divided by the split, and every key reaches its program."""

from collections import Counter
from itertools import islice

from trainer.grammar.plain import CLOSED, WITHOUT_ARGUMENT
from trainer.grammar.programs import BLOCKS, program_sessions
from trainer.record import record
from trainer.split import held_out_line
from trainer.targets import apply, trace

PROGRAMS = {"repl", "heredoc", "fullscreen", "ended", "inplace"}


def test_the_same_seed_writes_the_same_scripts() -> None:
    first, again, other = (list(islice(program_sessions(seed, split="train"), 100)) for seed in (1, 1, 2))
    assert first == again and all(script.answers for script in first)
    assert not {script.lines for script in first} & {script.lines for script in other}


def test_every_program_is_there_and_what_is_typed_to_it_obeys_the_split() -> None:
    scripts = list(islice(program_sessions(3, split="held-out"), 300))
    lines = [line for script in scripts for line in script.lines]
    assert set(Counter(line.family for line in lines)) >= PROGRAMS
    words = {
        line.text for line in lines if line.family == "repl" and "print('" in line.text and "    " not in line.text
    }
    held = [text for text in words if held_out_line(text)]
    assert len(words) > 20 and len(held) > 0.9 * len(words)


def test_training_types_no_held_out_line_to_a_program() -> None:
    lines = [line for script in islice(program_sessions(4, split="train"), 300) for line in script.lines]
    typed = {line.text for line in lines if " " in line.text.strip() and not line.raw}
    assert sum(text.startswith(("less ", "vi ", "def ", "cat >", "sleep ")) for text in typed) > 100
    closed = {
        *WITHOUT_ARGUMENT,
        *(line for lines in CLOSED.values() for line in lines),
        "bc -q",
        "python3 -q",
        "tr a-z A-Z",
    }
    free = [text for text in typed - closed if "<<" not in text or ">" in text]
    assert not [text for text in free if held_out_line(text)]


def test_a_program_ends_at_a_prompt_and_reads_every_key() -> None:
    chosen = dict[object, bool]()
    for script in islice(program_sessions(5, split="train", turns=(3, 5)), 14):
        families = {line.family for line in script.lines} & PROGRAMS
        if families <= chosen.keys():
            continue
        chosen |= dict.fromkeys(families, True)
        recording = record(script)
        assert [event.data for event in recording.events if event.code == "i"] == [line.keys for line in script.lines]
        *_, screen = apply(trace(recording))
        shown = ["".join(map(chr, row)).rstrip() for row in screen["glyph"]]
        assert [line for line in shown if line][-1].startswith("~") and "$" in shown[shown.index("") - 1], script.lines
    assert set(chosen) == PROGRAMS and len(BLOCKS) == 7
