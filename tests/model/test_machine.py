"""Boot, step, absorb: the state moves as it should, and the same history draws the same pixels."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import numpy as np
import pytest
import torch

from model.nccligen.address import Address, Kind
from model.nccligen.machine import MAX_KEYS, NCCLIGen
from model.nccligen.state import NCCLIGenState
from model.protocol import Action, ActionError, Frame, Geometry

LS = Action(b"ls\r", clock=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def draw(machine: NCCLIGen, state: NCCLIGenState, action: Action, frames: int = 12) -> list[Frame]:
    """The first frames of a step; random weights may never yield."""
    stream = machine.step(state, action)
    drawn = list(islice(stream, frames))
    stream.close()
    return drawn


def test_boot_from_nothing_is_blank(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry(5, 11))
    assert state.frame.pixels.shape == (80, 88, 3)
    assert (state.frame.cells() == state.frame.cells()[0, 0]).all()
    assert state.cache.tokens == 0


def test_the_same_history_draws_the_same_pixels(machine: NCCLIGen) -> None:
    one, other = machine.boot(None, Geometry()), machine.boot(None, Geometry())
    for action in (Action(b""), LS, Action(b"echo hi\r")):
        frames = zip(draw(machine, one, action), draw(machine, other, action), strict=True)
        assert all((a.pixels == b.pixels).all() for a, b in frames)
    assert one.digest() == other.digest()


def test_another_action_leads_to_another_state(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry())
    fork = state.fork()
    draw(machine, state, LS)
    draw(machine, fork, Action(b"pwd\r", clock=LS.clock))
    assert state.digest() != fork.digest()


def test_a_fork_is_independent(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry())
    draw(machine, state, LS)
    fork, before = state.fork(), state.digest()
    draw(machine, fork, LS)
    assert state.digest() == before != fork.digest()


def test_states_share_their_turns_and_have_a_frame_and_a_turn_of_their_own(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry())
    draw(machine, state, LS)
    draw(machine, state, LS)
    before = state.fork()
    draw(machine, state, LS)
    first, second = before.parts(), state.parts()
    assert len(before.memory) == 1 and len(state.memory) == 2
    assert first.keys() & second.keys() == {id(turn) for turn in before.memory}
    assert sum(first.values()) == before.frame.pixels.nbytes + before.cache.nbytes + before.memory[0].cache.nbytes


def test_frames_already_yielded_do_not_change(machine: NCCLIGen) -> None:
    frames, copies = [], []
    for frame in islice(machine.step(machine.boot(None, Geometry(4, 20)), LS), 10):
        frames.append(frame)
        copies.append(frame.pixels.copy())
    assert all((frame.pixels == copy).all() for frame, copy in zip(frames, copies, strict=True))


def test_a_closed_step_leaves_the_state_sound(machine: NCCLIGen) -> None:
    """Ctrl-C after the third frame: the cache holds those three writes, and a replay of them is the same state."""
    state, replay = machine.boot(None, Geometry()), machine.boot(None, Geometry())
    drawn = draw(machine, state, LS, frames=3)
    again = draw(machine, replay, LS, frames=3)
    assert (drawn[-1].pixels == state.frame.pixels).all()
    assert (again[-1].pixels == drawn[-1].pixels).all()
    assert state.digest() == replay.digest()
    assert draw(machine, state, Action(b"\x03"), frames=2)


def test_absorbing_what_was_drawn_is_the_state_that_drew_it(machine: NCCLIGen) -> None:
    """Teacher forcing on the machine's own writes changes nothing: F is one function, drawn or recorded."""
    # So wide that no write goes over the edge, where what is drawn is not what is kept.
    drawing, forced = (machine.boot(None, Geometry(columns=250)) for _ in range(2))
    stream, writes = machine.step(drawing, LS), []
    probe = forced.fork()
    address = machine._address(probe, machine._begin(probe, LS))
    for frame in islice(stream, 4):
        shadow = Frame(frame.pixels, frame.geometry)
        latents = machine._draw(probe, address)
        written = address
        address = machine._absorb_write(probe, address, latents)
        row, end, _ = probe.head
        writes.append((written, probe.frame.cells()[row, end - written.length : end].copy()))
        assert (probe.frame.pixels == shadow.pixels).all()
    stream.close()
    machine.absorb(forced, LS, writes)
    assert forced.head == drawing.head
    assert forced.blocks == drawing.blocks
    assert forced.cache.tokens == drawing.cache.tokens
    # Recorded writes are absorbed together: as one by one, but for rounding.
    for ours, theirs in ((forced.cache.keys, drawing.cache.keys), (forced.cache.values, drawing.cache.values)):
        assert torch.allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("geometry", [Geometry(1, 1), Geometry(1, 250), Geometry(100, 1), Geometry(100, 250)])
def test_any_size_draws(machine: NCCLIGen, geometry: Geometry) -> None:
    for frame in draw(machine, machine.boot(None, geometry), LS, frames=6):
        assert frame.geometry == geometry


def test_a_new_size_keeps_what_fits(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry(4, 30))
    draw(machine, state, LS, frames=3)
    row = state.head.row
    before = state.frame.cells()[row, :10].copy()
    machine._resize(state, Geometry(1, 10))
    assert state.head.row == 0
    assert (state.frame.cells()[0] == before).all()


def test_too_long_a_line_is_one_clear_line_and_changes_nothing(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry())
    before = state.digest()
    with pytest.raises(ActionError, match="at most 1024"):
        list(machine.step(state, Action(b"x" * (MAX_KEYS + 1))))
    with pytest.raises(ActionError, match="caption"):
        list(machine.step(state, Action(b"x", caption="é" * MAX_KEYS)))
    assert state.digest() == before


def test_the_cache_stays_within_its_window(machine: NCCLIGen) -> None:
    state = machine.boot(None, Geometry())
    for _ in range(12):
        draw(machine, state, Action(b"y" * 200), frames=4)
        assert state.cache.tokens <= machine.config.window + 200 + 2 + 4 * 33
    assert state.absorbed > machine.config.window
    assert len(state.memory) == 11


def test_a_turn_without_end_stays_within_twice_the_window(machine: NCCLIGen) -> None:
    machine.config = replace(machine.config, window=64)
    state = machine.boot(None, Geometry(4, 20))
    for _ in range(3):
        machine.absorb(state, Action(b"yes\r"), [(Address(Kind.NEXT, 8), np.zeros((8, 16, 8, 3), np.uint8))] * 40)
        assert state.cache.tokens <= 2 * 64 + 34
        machine._recall(state, Action(b""))
        assert state.cache.tokens <= 64
    assert state.absorbed > 4 * 64


def test_boot_from_a_frame_absorbs_its_rows(machine: NCCLIGen) -> None:
    geometry = Geometry(6, 40)
    pixels = machine.boot(None, geometry).frame.pixels.copy()
    frame = Frame(pixels, geometry)
    frame.cells()[2, 3] = 255
    state = machine.boot(frame, geometry)
    assert state.head.row == 2
    # The head of the action, two empty rows, and a row whose one cell takes the shortest span.
    assert state.cache.tokens == 1 + 1 + 1 + (1 + 4)
    assert (state.frame.pixels == pixels).all()
    with pytest.raises(ValueError, match="cannot boot"):
        machine.boot(frame, Geometry(6, 41))


def test_the_same_on_many_steps_of_the_flow(machine: NCCLIGen) -> None:
    """More evaluations of the flow draw in the same places."""
    from model.nccligen.machine import Sampling

    state, other = machine.boot(None, Geometry()), machine.boot(None, Geometry())
    one = draw(machine, state, LS, frames=1)
    machine.sampling = Sampling(steps=3)
    three = draw(machine, other, LS, frames=1)
    assert state.head == other.head
    assert np.abs(one[0].pixels.astype(int) - three[0].pixels).mean() < 64


def test_reconstruction_has_the_shape_of_the_frame(machine: NCCLIGen) -> None:
    frame = machine.boot(None, Geometry(2, 3)).frame
    drawn = machine.reconstruct(frame)
    assert drawn.pixels.shape == frame.pixels.shape
    with torch.no_grad():
        assert (drawn.cells()[0, 0] == drawn.cells()[1, 2]).all()
