"""How many states can be gone back to."""

from fakes import FakeMachine, FakeState

from model.protocol import Geometry
from neuralsh.session import UNDO
from neuralsh.undo import MAX_BYTES, Past


class Holding(FakeState):
    """A state that holds parts of a quarter of what may be held, by their numbers."""

    def __init__(self, *held: int) -> None:
        blank = FakeMachine().boot(None, Geometry())
        super().__init__(blank.cells, blank.head, blank.frame)
        self.held = held

    def parts(self) -> dict[int, int]:
        return dict.fromkeys(self.held, MAX_BYTES // 4)


def test_the_latest_states_come_back_the_last_first() -> None:
    machine, past = FakeMachine(), Past()
    states = [machine.boot(None, Geometry()) for _ in range(UNDO + 3)]
    for state in states:
        past.keep(state)
    assert [past.take() for _ in range(UNDO)] == states[: -UNDO - 1 : -1]
    assert past.take() is None and not len(past)


def test_of_states_that_hold_much_fewer_are_kept_but_always_one() -> None:
    past = Past()
    for number in range(UNDO):
        past.keep(Holding(number))
    assert len(past) == 5
    past.keep(Holding(*range(100, 120)))
    past.keep(Holding(*range(200, 220)))
    assert len(past) == 1


def test_what_states_share_counts_once_and_what_the_latest_has_not_at_all() -> None:
    past, memory = Past(), range(100, 120)
    for number in range(4):
        past.keep(Holding(*memory, number))
    assert len(past) == 4
    # Another memory, as after a state was loaded.
    past = Past()
    for number in range(4):
        past.keep(Holding(100, 101, number))
    past.keep(Holding(200, 201))
    assert [state.parts().keys() for state in past.states] == [{100, 101, 2}, {100, 101, 3}, {200, 201}]


def test_of_large_terminals_fewer_are_kept() -> None:
    machine, past = FakeMachine(), Past()
    large = machine.boot(None, Geometry(100, 250))
    for _ in range(UNDO):
        past.keep(machine.boot(None, Geometry(100, 250)))
    assert len(past) == 1 + MAX_BYTES // large.frame.pixels.nbytes == 14
    for _ in range(UNDO):
        past.keep(machine.boot(None, Geometry()))
    assert len(past) == UNDO
