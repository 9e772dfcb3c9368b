"""How every screen of the app looks, at three sizes: pictures that a change of looks must replace on purpose.

``pytest tests/neuralsh/test_screens.py --snapshot-update`` draws them anew.
"""

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import FakeMachine
from test_app import app_of, settled, type_line
from test_replay import READERS, recording_of
from textual.app import App
from textual.pilot import Pilot

from model.nccligen.inside import Reach
from model.protocol import Geometry
from neuralsh.app.app import ShellApp
from neuralsh.app.evidence_screen import EvidenceScreen, Turn
from neuralsh.app.install_screen import InstallScreen
from neuralsh.app.replay_screen import ReplayApp
from neuralsh.history import History
from neuralsh.inside import Look
from neuralsh.install.teacher import Teacher
from neuralsh.replay import replay
from neuralsh.session import Session

SIZES = [(40, 12), (80, 24), (132, 43)]

Compare = Callable[..., bool]
Act = Callable[[Pilot[Any]], Awaitable[None]]

LINES = ("echo hello", "seq 5", "nope")


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    chosen: tuple[int, int] = request.param
    return chosen


class Idle(Teacher):
    """Loads nothing while a picture is taken."""

    def warm(self) -> None:
        """See `Teacher.warm`: nothing is made."""


def shell_of(tmp_path: Path) -> ShellApp:
    history = History(tmp_path / "history")
    history.add("echo hello world")
    teacher = Idle(Namespace(home=str(tmp_path), model=None, device="cpu", seed=0), seconds=0.5)
    return ShellApp(lambda geometry: Session(FakeMachine(), geometry), history=history, teacher=teacher)


async def used(pilot: Pilot[Any]) -> None:
    """Some lines were answered; how long that took is not shown."""
    await settled(pilot)
    for line in LINES:
        await type_line(pilot, line)
    await settled(pilot)
    app_of(pilot).status.change(timing=None)
    await pilot.pause()


def after(*keys: str) -> Act:
    """Press keys in a shell that was used."""

    async def act(pilot: Pilot[Any]) -> None:
        await used(pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return act


async def inside(pilot: Pilot[Any]) -> None:
    await used(pilot)
    await pilot.press("f3")
    grid = np.linspace(0, 255, 24 * 80 * 3).astype(np.uint8).reshape(24, 80, 3)
    doubt = np.zeros((24, 80), np.float32)
    doubt[1, 2] = 0.4
    bus = ("SAME       16    0,0    0.02", "SCRATCH     4    0,0    0.01", "NEXT        4    1,0    0.40")
    sheet = ("7642 4628 3620 0602",)
    reach = Reach(turns=3, tokens=210, megabytes=1.5, attended=180, recalled=(4,))
    notes = {"~": ("docs/", "notes.txt"), "~/docs": ()}
    app_of(pilot).panel.show(Look(grid, doubt, sheet, bus, reach, "c0ffee" * 10, ("a=hello",), "greet", notes=notes))
    await pilot.pause()


async def update_mode(pilot: Pilot[Any]) -> None:
    await used(pilot)
    app = app_of(pilot)
    for line in (":install greet", "greet bob", "hello bob", ""):
        await pilot.press(*[{" ": "space", ":": "colon"}.get(c, c) for c in line], "enter")
        await pilot.pause()
    assert isinstance(app.screen, InstallScreen)


async def evidence(pilot: Pilot[Any]) -> None:
    await used(pilot)
    machine = FakeMachine()
    frames = []
    for line in ("nope", "echo hello"):
        session = Session(machine, Geometry(6, 40))
        for keys in (b"", f"{line}\r".encode()):
            for _ in session.run(keys):
                pass
        frames.append(session.frame)
    before, drawn = frames
    pilot.app.push_screen(EvidenceScreen("greet", [Turn("demonstration, exact: greet bob", lambda: before, drawn)]))
    await pilot.pause()
    await pilot.pause()


SHELL: dict[str, Act] = {
    "prompt": after(),
    "suggestion": after(*"echo", "space", "h"),
    "search": after("ctrl+r", *"hel"),
    "help": after("f1"),
    "scrollback": after("pageup", "up"),
    "inside": inside,
    "update": update_mode,
    "evidence": evidence,
}


@pytest.mark.parametrize("name", SHELL)
def test_the_shell(name: str, size: tuple[int, int], tmp_path: Path, snap_compare: Compare) -> None:
    assert snap_compare(shell_of(tmp_path), terminal_size=size, run_before=SHELL[name])


async def test_what_is_wider_than_half_the_terminal_stands_one_above_the_other(tmp_path: Path) -> None:
    frames = []
    for line in ("echo short", f"echo {'wide ' * 14}"):
        session = Session(FakeMachine(), Geometry(6, 80))
        for keys in (b"", f"{line}\r".encode()):
            for _ in session.run(keys):
                pass
        frames.append(session.frame)
    short, wide = frames
    app = shell_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        evidence = EvidenceScreen("greet", [Turn("a", lambda: short, short), Turn("b", lambda: short, wide)])
        app.push_screen(evidence)
        await pilot.pause()
        assert evidence.before.region.right <= evidence.after.region.x
        await pilot.press("n")
        await pilot.pause()
        assert evidence.before.region.bottom <= evidence.after.region.y and evidence.after.size.width >= 74


def test_the_replay(size: tuple[int, int], snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralsh.replay.perf_counter", lambda: 0.0)
    app: App[Any] = ReplayApp(
        lambda: replay(FakeMachine(), recording_of("echo hi", "nope"), READERS), "a.cast", pace=0.0
    )

    async def ended(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, ReplayApp)
        while pilot.app.ended is None:
            await asyncio.sleep(0)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ended)
