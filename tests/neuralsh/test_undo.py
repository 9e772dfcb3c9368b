"""How many states can be gone back to."""

from dataclasses import dataclass

from fakes import FakeMachine, FakeState

from model.protocol import Geometry
from neuralsh.session import UNDO
from neuralsh.undo import MAX_BYTES, Past


def test_the_latest_states_come_back_the_last_first() -> None:
    machine, past = FakeMachine(), Past()
    states = [machine.boot(None, Geometry()) for _ in range(UNDO + 3)]
    for state in states:
        past.keep(state)
    assert [past.take() for _ in range(UNDO)] == states[: -UNDO - 1 : -1]
    assert past.take() is None and not len(past)


def test_what_turns_hold_counts_too() -> None:
    @dataclass
    class Long(FakeState):
        own_bytes: int = MAX_BYTES // 4

    blank = FakeMachine().boot(None, Geometry())
    past = Past()
    for _ in range(UNDO):
        past.keep(Long(blank.cells, blank.head, blank.frame))
    assert len(past) == 4


def test_of_large_terminals_fewer_are_kept_but_always_one() -> None:
    machine, past = FakeMachine(), Past()
    large = machine.boot(None, Geometry(100, 250))
    for _ in range(UNDO):
        past.keep(large.fork())
    assert len(past) == MAX_BYTES // large.own_bytes == 6
    for _ in range(UNDO):
        past.keep(machine.boot(None, Geometry()))
    assert len(past) == UNDO
