"""Where no gate is open the machine is the base machine to the last bit; where one is, only pixels come of it."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from routines import routine

from model.nccligen.address import Address, Kind
from model.nccligen.machine import NCCLIGen
from model.nccligen.state import NCCLIGenState
from model.protocol import Action, Frame, Geometry
from model.routines import effective_hash

LS, GREET = Action(b"ls\r"), Action(b"greet bob\r")


def draw(machine: NCCLIGen, state: NCCLIGenState, action: Action, frames: int = 6) -> list[Frame]:
    stream = machine.step(state, action)
    drawn = list(islice(stream, frames))
    stream.close()
    return drawn


def test_out_of_its_gate_nothing_changes(machine: NCCLIGen) -> None:
    base = machine.boot(None, Geometry(6, 30))
    frames = draw(machine, base, LS)
    machine.routines = (routine(machine, "greet"), routine(machine, "shout"))
    state = machine.boot(None, Geometry(6, 30))
    again = draw(machine, state, LS)
    assert all((a.pixels == b.pixels).all() for a, b in zip(frames, again, strict=True))
    assert state.digest() == base.digest() and state.routine == ""


def test_a_routine_draws_and_says_so(machine: NCCLIGen) -> None:
    base = machine.boot(None, Geometry(6, 30))
    frames = draw(machine, base, GREET)
    machine.routines = (routine(machine, "greet"),)
    state = machine.boot(None, Geometry(6, 30))
    again = draw(machine, state, GREET)
    assert state.routine == "greet" and state.digest() != base.digest()
    assert any((a.pixels != b.pixels).any() for a, b in zip(frames, again, strict=False))
    draw(machine, state, LS)
    assert state.routine == ""


def test_what_a_routine_drew_is_absorbed_as_any_screen_is(machine: NCCLIGen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache after it is the base machine's, of the same action and the same pixels."""
    machine.routines = (routine(machine, "greet"),)
    next_address = machine._address

    def shown(*told: Any) -> Address:
        # What is drawn aside is not absorbed: the machine makes its own notes of a screen.
        address = next_address(*told)
        return Address(Kind.SAME, 8) if address.kind == Kind.YIELD or address.kind.is_aside else address

    monkeypatch.setattr(machine, "_address", shown)
    # So wide that no write reaches beyond its edge.
    state, forced = machine.boot(None, Geometry(6, 250)), machine.boot(None, Geometry(6, 250))
    writes, paste = list[tuple[Address, NDArray[np.uint8]]](), machine._paste

    def pasted(to: NCCLIGenState, address: Address, cells: NDArray[np.uint8]) -> None:
        writes.append((address, cells))
        paste(to, address, cells)

    with monkeypatch.context() as patch:
        patch.setattr(machine, "_paste", pasted)
        draw(machine, state, GREET, frames=4)
    machine.absorb(forced, GREET, writes)
    assert len(writes) == 4 and forced.head == state.head
    assert torch.allclose(forced.cache.keys, state.cache.keys, atol=1e-4)
    assert torch.allclose(forced.cache.values, state.cache.values, atol=1e-4)
    assert (forced.frame.pixels == state.frame.pixels).all()


def test_the_last_installed_answers_where_two_would(machine: NCCLIGen) -> None:
    first, second = routine(machine, "greet", 0), replace(routine(machine, "greet", 1), name="later")
    machine.routines = (first, second)
    state = machine.boot(None, Geometry(6, 30))
    draw(machine, state, GREET, frames=1)
    assert state.routine == "later"


def test_a_closed_step_of_a_routine_leaves_the_state_sound(machine: NCCLIGen) -> None:
    machine.routines = (routine(machine, "greet"),)
    one, other = machine.boot(None, Geometry(6, 30)), machine.boot(None, Geometry(6, 30))
    for state in (one, other):
        draw(machine, state, GREET, frames=2)
        draw(machine, state, LS, frames=2)
    assert one.digest() == other.digest()


def test_hashes_name_what_may_answer(machine: NCCLIGen) -> None:
    assert machine.weights_hash == machine.base_hash
    one = routine(machine, "greet")
    machine.routines = (one,)
    assert machine.weights_hash == effective_hash(machine.base_hash, [(one.adapter_hash, one.gate_hash)])
    assert machine.weights_hash != machine.base_hash
    machine.routines = ()
    assert machine.weights_hash == machine.base_hash


def test_a_state_saved_with_a_routine_opens_without_it(machine: NCCLIGen, tmp_path: Path) -> None:
    machine.routines = (routine(machine, "greet"),)
    state = machine.boot(None, Geometry(6, 30))
    draw(machine, state, GREET)
    machine.save(state, tmp_path / "s")
    machine.routines = ()
    opened = machine.restore(tmp_path / "s")
    assert opened.digest() == state.digest() and opened.routine == "greet"


@pytest.mark.parametrize("name", ["greet", "ls"])
def test_the_same_history_draws_the_same_pixels(machine: NCCLIGen, name: str) -> None:
    machine.routines = (routine(machine, name),)
    one, other = machine.boot(None, Geometry(6, 30)), machine.boot(None, Geometry(6, 30))
    for action in (LS, GREET):
        frames = zip(draw(machine, one, action), draw(machine, other, action), strict=True)
        assert all((a.pixels == b.pixels).all() for a, b in frames)
    assert one.digest() == other.digest()
