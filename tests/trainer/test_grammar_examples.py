"""Commands that are only shown: examples first, questions behind them, all answered by a real bash that knows them."""

from itertools import islice

import pytest

from trainer.corpus import Index, build, build_spans
from trainer.grammar.examples import ASKED, EXAMPLES, QUESTIONS, example_sessions
from trainer.grammar.reserved import RUNNABLE
from trainer.record import record
from trainer.split import Split, held_out_line, held_out_session, session_hash
from trainer.targets import EXAMPLE, trace


def test_the_same_seed_writes_the_same_sessions() -> None:
    first, again, other = (list(islice(example_sessions(seed, split="train"), 5)) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_each_command_is_shown_before_it_is_asked_for(split: Split) -> None:
    for script in islice(example_sessions(3, split=split), 30):
        calls = [line for line in script.lines if line.family in (EXAMPLE, ASKED)]
        assert all(held_out_line(line.text) == (split == "held-out") for line in calls)
        assert split == "held-out" or not held_out_session(session_hash(line.keys.encode() for line in script.lines))
        for variable, _ in script.environment:
            name = variable.removeprefix("BASH_FUNC_").removesuffix("%%")
            assert name not in RUNNABLE
            families = [line.family for line in calls if line.text.split()[0] == name]
            shown = families.count(EXAMPLE)
            assert families == [EXAMPLE] * shown + [ASKED] * (len(families) - shown)
            assert EXAMPLES[0] <= shown <= EXAMPLES[1] and QUESTIONS[0] <= len(families) - shown
            assert not any(f"{name}()" in line.text for line in script.lines)


def test_bash_answers_them_and_training_draws_only_what_can_be_told() -> None:
    for script in islice(example_sessions(5, split="train", turns=(1, 2)), 8):
        session = trace(record(script))
        said = {turn.action.keys.decode().strip(): turn for turn in session.turns}
        families = [turn.family for turn in session.turns]
        asked = [line.text for line in script.lines if line.family in (EXAMPLE, ASKED)]
        # More than the prompt that comes back: a command that bash does not know would say so.
        shown = [b"".join(write.cells["glyph"].astype("u1").tobytes() for write in said[text].writes) for text in asked]
        assert not any(b"not found" in text for text in shown) and len(set(shown)) > 1
        index = Index()
        for streams in (build([session], 1 << 16, index), build_spans(session, 1 << 14, index, span=2)):
            drawn = {int(turn) for stream in streams for turn in stream.turn[stream.noisy.astype(bool)]}
            assert drawn == {at for at, family in enumerate(families) if family != EXAMPLE}
