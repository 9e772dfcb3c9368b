"""Looking inside: the grids follow the writes, and the panel shows them over the terminal, which stays as it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import FakeMachine
from nano import nano_weights
from test_app import app_of, rows, settled, shell, type_line

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import Address, Head, Kind
from model.nccligen.inside import Drawn, Reach, Source
from model.protocol import Action, Frame, Geometry, NeuralComputer
from neuralsh.app.app import ShellApp
from neuralsh.inside import BUS, NOTES, Inside
from neuralsh.machines import load_machine
from neuralsh.session import Session, Timing
from trainer.render import render_cells


def write(kind: Kind, row: int, column: int, doubt: list[float], scroll: int = 0) -> Drawn:
    """A write whose cells are as doubtful as that."""
    latents = np.full((len(doubt), 24), 1.0, np.float32)
    pixels = np.zeros((len(doubt), 16, 8, 3), np.uint8)
    return Drawn(Address(kind, len(doubt)), Head(row, column), scroll, pixels, latents, np.array(doubt, np.float32))


def answered(inside: Inside, opened: int, line: str) -> None:
    """A turn of a line ends."""
    inside.action(Action(f"{line}\r".encode(), clock=datetime(2026, 1, 1, tzinfo=UTC)))
    frame = Frame(np.zeros((48, 40, 3), np.uint8), Geometry(3, 5))
    inside.turn(SimpleNamespace(opened=opened, frame=frame), Timing(1, 1.0, 1.0))  # type: ignore[arg-type]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NeuralComputer:
    """A small machine of random weights, whose turns are short: it may never yield."""
    monkeypatch.setattr("neuralsh.session.FRAMES_A_TURN", 6)
    return load_machine(str(nano_weights(tmp_path)), "cpu")


def test_the_grids_follow_the_writes() -> None:
    inside = Inside(Geometry(3, 5))
    inside.drawn(write(Kind.SAME, 0, 0, [0.1] * 4))
    inside.drawn(write(Kind.NEXT, 1, 3, [0.2, 0.3, 0.4, 0.5]))
    look = inside.look()
    assert np.allclose(look.doubt, [[0.1, 0.1, 0.1, 0.1, 0], [0, 0, 0, 0.2, 0.3], [0.0] * 5])
    assert look.latents[0, 0].tolist() == [184] * 3 and look.latents[2].sum() == 0
    inside.drawn(write(Kind.NEXT, 2, 0, [0.7], scroll=1))
    assert np.allclose(inside.look().doubt, [[0, 0, 0, 0.2, 0.3], [0.0] * 5, [0.7, 0, 0, 0, 0]])
    inside.drawn(write(Kind.CLEAR, 0, 0, []))
    assert not inside.look().doubt.any()
    assert [line.split()[0] for line in inside.look().bus] == ["SAME", "NEXT", "NEXT", "CLEAR"]


def test_the_scratch_sheet_is_read_off_its_pixels_until_the_next_turn() -> None:
    inside = Inside(Geometry(3, 5))
    screen = np.zeros(4, CELL)
    screen["fg"], screen["bg"] = FOREGROUND, BACKGROUND
    for row, step in enumerate(("7642", "4628", "2002")):
        screen["glyph"] = list(map(ord, step))
        drawn = write(Kind.SCRATCH, row, 0, [0.1] * 4)
        inside.drawn(replace(drawn, pixels=render_cells(screen)))
    assert inside.look().sheet == ("7642", "4628", "2002")
    assert not inside.look().doubt.any() and inside.look().bus[0].split()[0] == "SCRATCH"
    answered(inside, 1, "echo $((347*6))")
    assert inside.look().sheet
    inside.drawn(write(Kind.SAME, 0, 0, [0.1]))
    assert inside.look().sheet == ()


def test_notes_are_kept_by_their_names() -> None:
    inside = Inside(Geometry(3, 5))

    def written(kind: Kind, text: str) -> None:
        cells = np.zeros(4, CELL)
        cells["fg"], cells["bg"], cells["glyph"] = FOREGROUND, BACKGROUND, list(map(ord, text.ljust(4)))
        inside.drawn(replace(write(kind, 0, 0, [0.1] * 4), pixels=render_cells(cells)))

    written(Kind.SCRATCH, "3+4=")
    for name, *names in (("~", "a"), ("/tmp",), ("~", "a", "b")):
        written(Kind.NOTE, name)
        for one in names:
            written(Kind.SCRATCH, one)
        inside.look()
    look = inside.look()
    assert look.notes == {"~": ("a", "b"), "/tmp": ()} and look.sheet == ("3+4=",)
    assert not look.doubt.any()
    answered(inside, 1, "touch b")
    written(Kind.SCRATCH, "7")
    assert inside.look().sheet == ("7",) and inside.look().notes == look.notes
    inside.forget(Geometry(3, 5))
    assert inside.look().notes == {}


def test_what_is_kept_is_bounded() -> None:
    inside = Inside(Geometry(3, 5))
    for _ in range(2 * NOTES):
        inside.drawn(write(Kind.NOTE, 0, 0, []))
    assert len(inside._notes) == NOTES
    for _ in range(BUS + 5):
        inside.drawn(write(Kind.SAME, 0, 0, [0.1]))
    assert len(inside.look().bus) == BUS
    inside.resize(Geometry(2, 2))
    assert inside.look().doubt.shape == (2, 2)


def test_a_machine_is_seen_as_it_draws(machine: NeuralComputer) -> None:
    session = Session(machine, Geometry(4, 20))
    inside = Inside(session.geometry)
    assert inside.watch(session)
    for line in ("", "a=1\r"):
        for _ in session.run(line.encode()):
            pass
    look = inside.look_closely(machine, session.state)
    assert look.bus and look.reach is not None and look.digest == session.state.digest()
    assert look.reach.turns == 2 and look.reach.attended == look.reach.tokens
    assert look.reach.recalled == () and not inside.watch(Session(FakeMachine(), Geometry(4, 20)))


def test_a_cell_is_told_what_it_was_drawn_from() -> None:
    inside = Inside(Geometry(3, 5))
    answered(inside, 4, "a=hey")
    drawn = write(Kind.SAME, 1, 0, [0.1])
    # The clock takes 14 tokens and the head of the keys one.
    sources = [Source(4, 14 + 1 + 2, 0.61), Source(4, 3, 0.2), Source(99, 1, 0.1)]
    inside.drawn(replace(drawn, sources=[sources]))
    reach = Reach(turns=2, tokens=9, megabytes=1.0, attended=9, recalled=())
    machine = SimpleNamespace(reach=lambda state: reach)

    def origins() -> Mapping[tuple[int, int], tuple[str, ...]]:
        return inside.look_closely(machine, SimpleNamespace(digest=lambda: "0")).origins  # type: ignore[arg-type]

    assert origins() == {(1, 0): (" 61%  a=[h]ey", " 20%  the clock of a=hey", " 10%  a turn long ago")}
    inside.drawn(write(Kind.NEXT, 2, 0, [0.1], scroll=1))
    assert list(origins()) == [(0, 0)]
    inside.drawn(write(Kind.SAME, 0, 0, [0.1] * 2))
    assert origins() == {}


def test_keys_of_a_program_are_told_without_escape_sequences() -> None:
    inside = Inside(Geometry(3, 5))
    frame = Frame(np.zeros((48, 40, 3), np.uint8), Geometry(3, 5))
    for opened, keys in ((4, b"\x1b"), (5, b"\x1b[A")):
        inside.action(Action(keys))
        inside.turn(SimpleNamespace(opened=opened, frame=frame), Timing(1, 1.0, 1.0))  # type: ignore[arg-type]
    # One token, the head of the keys, stands before them.
    inside.drawn(replace(write(Kind.SAME, 1, 0, [0.1]), sources=[[Source(4, 1, 0.6), Source(5, 3, 0.4)]]))
    reach = Reach(turns=2, tokens=9, megabytes=1.0, attended=9, recalled=(4, 5))
    machine = SimpleNamespace(reach=lambda state: reach)
    look = inside.look_closely(machine, SimpleNamespace(digest=lambda: "0"))  # type: ignore[arg-type]
    assert look.origins == {(1, 0): (" 60%  [\ufffd]", " 40%  \ufffd[[A]")}
    assert look.recalled == ("\ufffd", "\ufffd[A")


def test_a_machine_tells_where_cells_come_from_when_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neuralsh.session.FRAMES_A_TURN", 6)
    # Of this seed the first writes are on the screen and stay there.
    machine = load_machine(str(nano_weights(tmp_path, seed=6)), "cpu")
    session = Session(machine, Geometry(4, 20))
    inside = Inside(session.geometry)
    inside.watch(session)
    for traces in (False, True):
        machine.traces = traces  # type: ignore[attr-defined]
        list(session.run(b"a=1\r"))
        origins = inside.look_closely(machine, session.state).origins
        assert bool(origins) == traces
    assert all(len(told) == 3 and " %" not in told[0] for told in origins.values())


async def test_the_panel_lies_over_the_terminal_and_leaves_its_size(machine: NeuralComputer) -> None:
    app = ShellApp(lambda geometry: Session(machine, geometry))
    async with app.run_test(size=(90, 24)) as pilot:
        await settled(pilot)
        before = app._geometry()
        await pilot.press("f3")
        await pilot.pause(0.2)
        assert app.panel.display and app._geometry() == before
        shown = "\n".join(row[48:] for row in rows(pilot))
        assert "holds  1 turn," in shown and "write    cells" in shown and "latents" in shown
        assert app.view._tint is not None
        await pilot.press("f2")
        await pilot.pause()
        assert not app.panel.display and app.view._tint is None
        await type_line(pilot, "x")
        await pilot.press("f3")
        await type_line(pilot, ":undo")
        await pilot.pause(0.2)
        # The screen is another one, of which nothing is known.
        assert app.panel.seen is not None and not app.panel.seen.doubt.any()


async def test_a_machine_that_tells_nothing_is_said_so() -> None:
    async with shell(FakeMachine()) as pilot:
        await type_line(pilot, ":inside")
        await pilot.pause(0.2)
        assert any("cannot be looked into" in row for row in rows(pilot))
        assert app_of(pilot).panel.seen is None


def test_each_letter_of_a_value_comes_from_its_own() -> None:
    machine = load_machine(None, "cpu")
    session = Session(machine, Geometry(10, 40), clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC))
    inside = Inside(session.geometry)
    inside.watch(session)
    machine.traces = True  # type: ignore[attr-defined]
    for line in ("", "a=hello", "echo fine day", "echo $a"):
        list(session.run(f"{line}\r".encode() if line else b""))
    origins = inside.look_closely(machine, session.state).origins
    told = [origins[4, column][0].partition("%  ")[2] for column in range(5)]
    assert told == ["a=[h]ello", "a=h[e]llo", "a=he[l]lo", "a=hel[l]o", "a=hell[o]"]
