"""The scratch sheet: written and read within a turn, shown to nobody, bounded, and gone when the turn is remembered."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from model.nccligen.address import MAX_ASIDE, TOP_OF_SHEET, Address, Head, Kind, place
from model.nccligen.inside import Drawn
from model.nccligen.machine import NCCLIGen
from model.nccligen.state import load_state, save_state
from model.nccligen.tokens import FIRST_WORD, steer, write_extras
from model.protocol import Action, Geometry

LINE = Action(b"echo 1\r")


@pytest.fixture
def scribbling(machine: NCCLIGen) -> NCCLIGen:
    """A machine that writes aside whenever it may."""

    def aside_first(module: torch.nn.Module, inputs: Any, out_D: torch.Tensor) -> torch.Tensor:
        wanted = out_D.clone()
        wanted[steer(Address(Kind.SCRATCH, 4))] = 1e6
        return wanted

    machine.network.steer.register_forward_hook(aside_first)
    return machine


def test_rows_of_the_sheet_follow_each_other_and_the_screen_never_moves() -> None:
    first, scroll = place(Address(Kind.SCRATCH, 4), TOP_OF_SHEET, 24)
    assert (first, scroll) == (Head(0, 0), 0)
    assert place(Address(Kind.SCRATCH, 4), Head(99, 8), 24) == (Head(100, 0), 0)
    told = [symbol for _, symbol in write_extras(Address(Kind.SCRATCH, 4, 5000), 5000)]
    assert len(told) == 2 and all(0 <= symbol < FIRST_WORD for symbol in told)


def test_what_is_written_aside_is_bounded_and_no_frame(scribbling: NCCLIGen) -> None:
    state, seen = scribbling.boot(None, Geometry()), list[Drawn]()
    scribbling.watch = seen.append
    blank = state.frame.pixels
    frames = scribbling.step(state, LINE)
    next(frames, None)
    aside = [write for write in seen if write.address.kind.is_aside]
    assert len(aside) == MAX_ASIDE and len(seen) == MAX_ASIDE + 1
    assert [write.start for write in aside] == [Head(row, 0) for row in range(MAX_ASIDE)]
    assert all(write.pixels.shape == (4, 16, 8, 3) for write in aside)
    assert (blank == scribbling.boot(None, Geometry()).frame.pixels).all()
    frames.close()
    assert len(state.aside) == MAX_ASIDE


def test_a_turn_is_remembered_without_its_sheet(scribbling: NCCLIGen) -> None:
    state = scribbling.boot(None, Geometry())
    frames = scribbling.step(state, LINE)
    next(frames, None)
    frames.close()
    written = sum(count for _, count, _ in state.aside)
    assert written == 5 * MAX_ASIDE
    whole, (wiped, notes) = state.cache.tokens, state.turn()
    assert wiped.tokens == whole - written and notes == ()
    scribbling.hear(state, LINE)
    assert state.memory[-1].tokens == whole - written
    assert state.aside == () and state.sheet == TOP_OF_SHEET


def test_the_sheet_is_part_of_a_saved_state(scribbling: NCCLIGen, tmp_path: Path) -> None:
    state = scribbling.boot(None, Geometry(5, 20))
    frames = scribbling.step(state, LINE)
    next(frames, None)
    frames.close()
    save_state(state, scribbling.weights_hash, tmp_path / "s")
    opened = load_state(tmp_path / "s", scribbling.weights_hash, "cpu")
    assert opened.digest() == state.digest()
    assert (opened.aside, opened.sheet) == (state.aside, state.sheet)
    drawn = [list(islice(scribbling.step(one, LINE), 1)) for one in (state, opened)]
    assert [frame.pixels.tobytes() for frame in drawn[0]] == [frame.pixels.tobytes() for frame in drawn[1]]
    assert opened.digest() == state.digest()
