"""States by name: copies, few, and told apart in one line."""

from pathlib import Path

import pytest
from fakes import FakeMachine
from nano import nano_weights

from model.nccligen.machine import load
from model.protocol import Action, Geometry
from neuralsh.forks import FORKS, ForkError, Forks, compared


def test_names_are_few_and_can_be_used_again() -> None:
    forks, state = Forks(), FakeMachine().boot(None, Geometry(2, 10))
    for name in range(FORKS):
        forks.keep(str(name), state)
    forks.keep("3", state)
    with pytest.raises(ForkError, match="16 states are kept already"):
        forks.keep("one more", state)
    with pytest.raises(ForkError, match="no state is kept as x; there are 0, 1"):
        forks.take("x")


def test_what_tells_states_apart(tmp_path: Path) -> None:
    machine = load(nano_weights(tmp_path), "cpu")
    state = machine.boot(None, Geometry(2, 10))
    for line in (b"a=1", b"b=2", b"c=3"):
        machine.absorb(state, Action(line), [])
    other = state.fork()
    assert compared(state, other) == "the same to the last bit"
    for line in (b"d", b"e"):
        machine.absorb(state, Action(line), [])
    machine.absorb(other, Action(b"f"), [])
    assert compared(state, other) == ("3 turns in common, then 2 here and 1 there; 0 of 20 cells of the screen differ")
    small = machine.boot(None, Geometry(1, 10))
    assert "other sizes" in compared(state, small)
