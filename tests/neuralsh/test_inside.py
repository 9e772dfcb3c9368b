"""Looking inside: the grids follow the writes, and the panel shows them over the terminal, which stays as it is."""

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeMachine
from nano import nano_weights
from test_app import app_of, rows, settled, shell, type_line

from model.nccligen.address import Address, Head, Kind
from model.nccligen.inside import Drawn
from model.protocol import Geometry, NeuralComputer
from neuralsh.app.app import ShellApp
from neuralsh.inside import BUS, Inside
from neuralsh.machines import load_machine
from neuralsh.session import Session


def write(kind: Kind, row: int, column: int, doubt: list[float], scroll: int = 0) -> Drawn:
    """A write whose cells are as doubtful as that."""
    latents = np.full((len(doubt), 24), 1.0, np.float32)
    return Drawn(Address(kind, len(doubt)), Head(row, column), scroll, latents, np.array(doubt, np.float32))


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


def test_what_is_kept_is_bounded() -> None:
    inside = Inside(Geometry(3, 5))
    for _ in range(BUS + 5):
        inside.drawn(write(Kind.SAME, 0, 0, [0.1]))
    assert len(inside.look().bus) == BUS
    inside.resize(Geometry(2, 2))
    assert inside.look().doubt.shape == (2, 2)


def test_a_machine_is_seen_as_it_draws(machine: NeuralComputer) -> None:
    session = Session(machine, Geometry(4, 20))
    inside = Inside(session.geometry)
    assert inside.watch(machine)
    for line in ("", "a=1\r"):
        for _ in session.run(line.encode()):
            pass
        inside.typed(session.state, line.strip())
    look = inside.look_closely(machine, session.state)
    assert look.bus and look.reach is not None and look.digest == session.state.digest()
    assert look.reach.turns == 2 and look.reach.attended == look.reach.tokens
    assert look.reach.recalled == () and not inside.watch(FakeMachine())


async def test_the_panel_lies_over_the_terminal_and_leaves_its_size(machine: NeuralComputer) -> None:
    app = ShellApp(lambda geometry: Session(machine, geometry))
    async with app.run_test(size=(90, 24)) as pilot:
        await settled(pilot)
        before = app._geometry()
        await pilot.press("f3")
        await pilot.pause(0.2)
        assert app.panel.display and app._geometry() == before
        shown = "\n".join(row[48:] for row in rows(pilot))
        assert "holds  1 turn," in shown and "write  cells" in shown and "latents" in shown
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
