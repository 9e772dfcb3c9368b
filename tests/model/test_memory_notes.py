"""Notes on the scratch sheet: kept when the turn ends, replaced by the next of the same name, and always recalled."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import Address, Kind
from model.nccligen.machine import NCCLIGen
from model.nccligen.memory import NOTED, attended, chosen, superseded
from model.nccligen.notes import Name, is_among, name_of
from model.nccligen.state import NCCLIGenState
from model.nccligen.tokens import steer
from model.protocol import Action, Geometry
from trainer.render import render_cells

Noting = Callable[..., None]


@pytest.fixture
def note(machine: NCCLIGen, monkeypatch: pytest.MonkeyPatch) -> Noting:
    """Lets a machine answer a line with a blank write and a note of some rows."""
    plan = list[int]()
    latents = iter([torch.zeros(0)])

    def planned(module: torch.nn.Module, inputs: Any, out_D: Tensor) -> Tensor:
        wanted = torch.zeros_like(out_D)
        wanted[..., plan.pop(0) if plan else steer(Address(Kind.YIELD))] = 1e6
        return wanted

    machine.network.steer.register_forward_hook(planned)
    draw = machine._draw

    def drawn(state: NCCLIGenState, address: Address, adapter: None = None) -> Tensor:
        return next(latents) if address.kind.is_aside else draw(state, address, adapter)

    monkeypatch.setattr(machine, "_draw", drawn)

    def make(state: NCCLIGenState, line: str, rows: list[str], kind: Kind = Kind.NOTE) -> None:
        nonlocal latents
        kinds = [Address(Kind.NEXT, 4), *(Address(Kind.SCRATCH if at else kind, 4) for at in range(len(rows)))]
        plan[:] = map(steer, kinds)
        latents = (lit(machine, row) for row in rows)
        for _ in machine.step(state, Action(f"{line}\r".encode())):
            pass

    return make


def lit(machine: NCCLIGen, row: str) -> Tensor:
    """Latents of four cells whose pixels tell the row: whether each is white."""
    pixels = torch.zeros(4, 16, 8, 3, dtype=torch.uint8)
    for at, one in enumerate(row):
        pixels[at] = 255 if one == "#" else 0
    machine.autoencoder.decode = lambda latents: (latents[:, :1, None, None] * 255).expand(-1, 16, 8, 3).to(torch.uint8)  # type: ignore[method-assign, assignment]
    latents = torch.zeros(4, machine.config.cell.latent)
    latents[:, 0] = torch.tensor([one == "#" for one in row]).float()
    return latents


def test_a_note_lasts_until_the_next_of_its_name(machine: NCCLIGen, note: Noting) -> None:
    state = machine.boot(None, Geometry(5, 20))
    note(state, "touch a", ["#...", "...."])
    note(state, "mkdir b", ["##..", "....", "####"])
    note(state, "touch c", ["#...", "...."])
    machine.hear(state, Action(b"ls\r"))
    *_, one, two, three = state.memory
    assert [len(turn.notes) for turn in (one, two, three)] == [0, 1, 1]
    assert [note.count for turn in (two, three) for note in turn.notes] == [15, 10]
    assert one.tokens == three.tokens - 10
    assert two.tokens == one.tokens + 15
    (kept,), (newer,) = two.notes, three.notes
    assert kept.first + kept.count == two.tokens
    assert not kept.name.is_like(newer.name) and kept.name.always


def test_a_state_with_notes_opens_equal_and_goes_on(machine: NCCLIGen, note: Noting, tmp_path: Path) -> None:
    state = machine.boot(None, Geometry(5, 20))
    note(state, "touch a", ["#...", "...."])
    note(state, "true", [])
    machine.save(state, tmp_path / "s")
    opened = machine.restore(tmp_path / "s")
    assert opened.digest() == state.digest()
    assert [turn.notes for turn in opened.memory] == [turn.notes for turn in state.memory]
    for one in (state, opened):
        note(one, "touch b", ["#...", "####"])
        machine.hear(one, Action(b"ls\r"))
    assert opened.digest() == state.digest()
    assert [len(turn.notes) for turn in state.memory][-3:] == [0, 0, 1]


def test_a_text_is_another_note_than_a_folder_of_the_same_name(machine: NCCLIGen, note: Noting) -> None:
    state = machine.boot(None, Geometry(5, 20))
    note(state, "mkdir a", ["#..."])
    note(state, "echo hi > a", ["#...", "#..#"], Kind.TEXT)
    machine.hear(state, Action(b"ls\r"))
    folder, text = state.memory[-2].notes[0].name, state.memory[-1].notes[0].name
    assert folder.pixels == text.pixels and not folder.is_like(text) and folder.always
    window = state.memory[-1].tokens + state.memory[0].tokens + state.memory[-2].tokens
    for _ in range(20):
        machine.hear(state, Action(b"echo something else altogether\r"))
    held = [at for at, turn in enumerate(state.memory) if turn.notes]
    assert held[0] in attended(state.memory, (), window) and held[1] not in attended(state.memory, (), window)


def test_turns_that_hold_a_note_are_recalled_whatever_they_say() -> None:
    sizes = [10] * 30
    said: list[tuple[int, ...]] = [(turn,) for turn in range(30)]
    assert 5 not in chosen(sizes, said, (20,), 100)
    assert {5, 7} <= set(chosen(sizes, said, (20,), 100, (5, 7)))
    many = chosen(sizes, said, (20,), 100, range(20))
    assert 20 in many, "there is room left for what is asked for"
    assert sum(sizes[turn] for turn in many if turn < 20) <= NOTED * 100


def test_the_notes_of_other_names_stay(machine: NCCLIGen, note: Noting) -> None:
    state = machine.boot(None, Geometry(5, 20))
    plan: Iterator[str] = cycle(["#...", "##..", "###."])
    for turn in range(3):
        note(state, f"touch {turn}", [next(plan), "...."])
    machine.hear(state, Action(b"ls\r"))
    held = [turn for turn in state.memory if turn.notes]
    gone = superseded(held, [held[1].notes[0].name])
    assert [len(turn.notes) for turn in gone] == [1, 0, 1]
    assert gone[0] is held[0] and gone[1].tokens == held[1].tokens - 10
    assert gone[1].digest != held[1].digest
    assert attended(state.memory, (), machine.config.window) == list(range(len(state.memory)))


def test_a_name_drawn_twice_is_the_same_name_and_no_character_is_like_another() -> None:
    def drawn(text: str, noise: float = 0.0) -> Name:
        cells = np.zeros(len(text), CELL)
        cells["fg"], cells["bg"], cells["glyph"] = FOREGROUND, BACKGROUND, list(map(ord, text))
        pixels = render_cells(cells) + noise * np.random.default_rng(1).standard_normal((len(text), 16, 8, 3))
        return name_of(pixels.clip(0, 255).astype(np.uint8), always=True)

    signs = [chr(code) for code in range(33, 127)]
    for one in signs:
        assert drawn(f"~/{one}").is_like(drawn(f"~/{one}", noise=10))
        assert not is_among(drawn(one, noise=5), [drawn(other) for other in signs if other != one])
    assert not drawn("~").is_like(drawn("~ "))
