"""What an action is answered from: the latest turns and those that share its words, packed closely and kept whole."""

from dataclasses import replace
from pathlib import Path
from random import Random

import torch

from model.nccligen.machine import NCCLIGen
from model.nccligen.memory import Turn, chosen, kept, trimmed
from model.nccligen.network import MATCH
from model.nccligen.state import NCCLIGenState
from model.nccligen.transformer import Cache, Rotary, rotate
from model.nccligen.words import word_ids
from model.protocol import Action, Geometry


def choose(lines: list[str], action: str, window: int, size: int = 10) -> list[int]:
    """Which of turns of one size an action is answered from."""
    said = [word_ids(line.encode()) for line in lines]
    return chosen([size] * len(lines), said, word_ids(action.encode()), window)


def test_everything_is_chosen_while_it_fits() -> None:
    assert choose(["", "ls", "pwd"], "echo hi", 30) == [0, 1, 2]
    assert chosen([], [], (), 100) == []


def test_what_shares_a_word_is_chosen_from_long_ago() -> None:
    lines = ["", "fox=red", *["pwd"] * 20, "ls", "date"]
    assert choose(lines, "echo $fox", 30) == [0, 1, 23]
    # What is left of the window is for the latest.
    assert choose(lines, "echo $fox", 70) == [0, 1, 19, 20, 21, 22, 23]
    assert choose(lines, "echo $dog", 70) == [0, 18, 19, 20, 21, 22, 23]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    lines = ["", *["echo fox"] * 2, *["echo it"] * 10, "pwd", "ls"]
    assert choose(lines, "echo fox", 50) == [0, 1, 2, 13, 14]


def test_of_turns_that_say_the_same_the_latest_two_are_enough() -> None:
    lines = ["", *["ls"] * 5, "mkdir a", "mkdir b", "mkdir c", "pwd", "date"]
    assert choose(lines, "ls", 70) == [0, 4, 5, 7, 8, 9, 10]


def test_a_turn_lends_its_words_to_what_is_looked_for() -> None:
    lines = ["", "echo hi > a.txt", *["echo x"] * 9, "cp a.txt b.txt", *["date"] * 9]
    assert choose(lines, "cat b.txt", 50) == [0, 1, 11, 19, 20]


def test_the_window_holds_whatever_is_said() -> None:
    r = Random(1)
    for _ in range(200):
        sizes = [r.randint(1, 40) for _ in range(r.randint(1, 30))]
        said = [tuple(r.choices(range(6), k=r.randint(0, 3))) for _ in sizes]
        found = chosen(sizes, said, (1, 2), 100)
        assert found == sorted(set(found)) and len(sizes) - 1 in found
        assert sum(sizes[at] for at in found) <= 100


def test_the_latest_turn_is_chosen_even_if_it_is_too_long() -> None:
    assert chosen([5, 5, 500], [(), (), ()], (), 100) == [2]


def test_keys_moved_are_those_of_later_blocks() -> None:
    rotary, x = Rotary(8), torch.randn(1, 2, 5, 8)
    column = torch.arange(5)[None]
    there, later = (rotate(x, *rotary(column, torch.full((1, 5), block))) for block in (7, 19))
    moved = rotary.moved(Cache(there, x, torch.zeros(5, MATCH)), 12)
    assert torch.allclose(moved.keys, later, atol=1e-5)
    assert moved.values is x


def run(machine: NCCLIGen, state: NCCLIGenState, lines: list[str]) -> None:
    """Absorb turns that draw nothing."""
    for line in lines:
        machine.absorb(state, Action(line.encode()), [])


def long_ago(machine: NCCLIGen) -> NCCLIGenState:
    """A state whose memory is longer than its window."""
    machine.config = replace(machine.config, window=64)
    state = machine.boot(None, Geometry(4, 20))
    run(machine, state, ["fox=red", *["echo something else"] * 8])
    return state


def test_while_all_fits_what_is_attended_is_the_whole_memory(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry(4, 20))
    run(machine, state, ["a=1", "pwd"])
    assert state.cache.tokens == state.ongoing, "at rest, what a turn was answered from is let go"
    machine.hear(state, Action(b"ls"))
    whole = Cache.of([turn.cache for turn in state.memory])
    held = state.cache.tokens - state.ongoing
    assert len(state.memory) == 2 and whole.tokens == held
    assert torch.equal(state.cache.keys[:, :, :held], whole.keys.float())


def test_old_turns_are_moved_next_to_the_latest(machine: NCCLIGen) -> None:
    state = long_ago(machine)
    machine.hear(state, Action(b"echo $fox"))
    first = state.memory[0]
    assert first.block == 0
    attended = state.cache.keys[:, :, : first.tokens]
    assert not torch.equal(attended, first.cache.keys.float())
    assert torch.equal(state.cache.values[:, :, : first.tokens], first.cache.values.float())
    assert state.cache.tokens - state.ongoing <= 64


def test_a_long_session_saved_and_opened_goes_on_equally(machine: NCCLIGen, tmp_path: Path) -> None:
    state = long_ago(machine)
    machine.save(state, tmp_path / "s")
    opened = machine.restore(tmp_path / "s")
    assert opened.digest() == state.digest()
    for one in (state, opened):
        machine.hear(one, Action(b"echo $fox"))
    assert opened.digest() == state.digest()


def turn_of(tokens: int, word: int = 0) -> Turn:
    """A turn of so many tokens."""
    keys = torch.zeros(1, 1, tokens, 4)
    return kept(Cache(keys, keys, torch.zeros(tokens, MATCH)), (word,), 0, 1)


def test_the_memory_forgets_its_oldest_turns_but_not_the_first() -> None:
    turns = [turn_of(10, word) for word in range(6)]
    assert trimmed(turns, 60) == tuple(turns)
    assert trimmed(turns, 35) == (turns[0], turns[4], turns[5])
    assert trimmed(turns, 1) == (turns[0],)


def test_turns_of_other_words_or_tensors_have_other_digests() -> None:
    assert turn_of(3, 1).digest == turn_of(3, 1).digest
    assert len({turn_of(3, 1).digest, turn_of(3, 2).digest, turn_of(4, 1).digest}) == 3
