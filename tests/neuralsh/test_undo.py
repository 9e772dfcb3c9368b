"""How many states can be gone back to."""

from fakes import FakeMachine

from model.protocol import Geometry
from neuralsh.session import UNDO
from neuralsh.undo import PIXELS, Past


def test_the_latest_states_come_back_the_last_first() -> None:
    machine, past = FakeMachine(), Past()
    states = [machine.boot(None, Geometry()) for _ in range(UNDO + 3)]
    for state in states:
        past.keep(state)
    assert [past.take() for _ in range(UNDO)] == states[: -UNDO - 1 : -1]
    assert past.take() is None and not len(past)


def test_of_large_terminals_fewer_are_kept_but_always_one() -> None:
    machine, past = FakeMachine(), Past()
    large = machine.boot(None, Geometry(100, 250))
    for _ in range(UNDO):
        past.keep(large.fork())
    assert len(past) == PIXELS // large.frame.pixels.nbytes == 6
    for _ in range(UNDO):
        past.keep(machine.boot(None, Geometry()))
    assert len(past) == UNDO
