"""What left the screen is gone back to: every line once, searched, marked and copied."""

import numpy as np
import pytest
from fakes import FakeMachine
from numpy.typing import NDArray
from textual.events import MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, Static

from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.scrollback_screen import ScrollbackScreen
from neuralsh.scrollback import Scrollback, find, text_of, used_rows
from neuralsh.session import Session
from trainer.screen import blank_cells


def cells(*lines: str, columns: int = 12) -> NDArray[np.void]:
    made: NDArray[np.void] = blank_cells(len(lines), columns)
    for row, line in enumerate(lines):
        made["glyph"][row, : len(line)] = [ord(c) for c in line]
    return made


def test_rows_stand_above_the_screen_and_the_oldest_go_first() -> None:
    kept = Scrollback(3)
    kept.add(cells("one", "two"))
    kept.add(cells("three", "four", columns=20))
    assert len(kept) == 3
    screen = cells("five", "", "six", "", "")
    assert used_rows(screen) == 3 and used_rows(cells("", "")) == 0
    assert [text_of(row) for row in kept.above(screen)] == ["two", "three", "four", "five", "", "six"]


def test_rows_are_found_as_less_finds_them() -> None:
    rows = list(cells("an apple", "Apple pie", "pear"))
    assert find(rows, "apple", 2, -1) == 1 and find(rows, "apple", 0, -1) == 0
    assert find(rows, "Apple", 2, -1) == 1 and find(rows, "Apple", 0, -1) is None
    assert find(rows, "pear", 0, 1) == 2 and find(rows, "plum", 0, 1) is None
    assert find(rows, "pear", 3, 1) is None and find(rows, "pear", -1, -1) is None


def test_control_characters_are_not_copied() -> None:
    row = cells("a\x1b[1mb")[0]
    assert text_of(row) == "a\ufffd[1mb"


async def waits(pilot: Pilot[str | None]) -> ShellApp:
    app = pilot.app
    assert isinstance(app, ShellApp)
    while app.phase is not Phase.WAITING:
        await pilot.pause(0.005)
    await pilot.pause()
    return app


async def drawn(pilot: Pilot[str | None], *lines: str) -> ShellApp:
    app = await waits(pilot)
    for line in lines:
        await pilot.press(*[{" ": "space"}.get(c, c) for c in line], "enter")
        await waits(pilot)
    return app


async def opened(pilot: Pilot[str | None]) -> ScrollbackScreen:
    await pilot.press("pageup")
    await pilot.pause()
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, ScrollbackScreen)
    return screen


def texts(screen: ScrollbackScreen) -> list[str]:
    return [text_of(row) for row in screen.lines.rows]


@pytest.mark.parametrize("size", [(80, 24), (30, 6), (120, 40)])
async def test_every_line_that_was_drawn_is_there_once(size: tuple[int, int]) -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=size) as pilot:
        await drawn(pilot, "seq 50", "echo end")
        screen = await opened(pilot)
        assert texts(screen) == ["~$ seq 50", *map(str, range(1, 51)), "~$ echo end", "end", "~$"]
        await pilot.press("home")
        assert screen.lines.top == 0 and screen.lines.at == 0
        await pilot.press("G")
        assert screen.lines.at == 53
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, ScrollbackScreen)
        await drawn(pilot, "echo on")
        assert texts(await opened(pilot))[-3:] == ["~$ echo on", "on", "~$"]


async def test_what_was_cleared_is_kept() -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=(40, 12)) as pilot:
        await drawn(pilot, "echo one", "clear", "echo two")
        assert texts(await opened(pilot)) == ["~$ echo one", "one", "~$ clear", "~$ echo two", "two", "~$"]


async def test_what_a_smaller_window_pushes_out_is_kept() -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=(40, 13)) as pilot:
        await drawn(pilot, "seq 5", "echo end")
        await pilot.resize_terminal(40, 5)
        await drawn(pilot, "echo on")
        shown = texts(await opened(pilot))
        assert shown == ["~$ seq 5", *map(str, range(1, 6)), "~$ echo end", "end", "~$ echo on", "on", "~$"]


async def test_the_wheel_opens_one_screen_and_moves_in_it() -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=(40, 12)) as pilot:
        await drawn(pilot, "seq 40")
        for _ in range(3):
            turn = MouseScrollUp(app.screen, 5, 5, 0, -1, 0, False, False, False, 5, 5)
            app.screen._forward_event(turn)
            await pilot.pause()
            await pilot.pause()
        assert len(app.screen_stack) == 2
        screen = app.screen
        assert isinstance(screen, ScrollbackScreen)
        assert screen.lines.at == len(screen.lines.rows) - 1 - (screen.lines.size.height - 1) - 2 * 3


async def test_lines_are_searched_marked_and_copied() -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=(60, 12)) as pilot:
        await drawn(pilot, "echo Needle", "seq 30")
        screen = await opened(pilot)
        await pilot.press("end", "slash", *"needle", "enter")
        assert texts(screen)[screen.lines.at] == "Needle"
        assert screen.lines.top <= screen.lines.at < screen.lines.top + screen.lines.size.height
        await pilot.press("n")
        assert texts(screen)[screen.lines.at] == "~$ echo Needle"
        await pilot.press("n")
        assert "'needle' is not above" in str(screen.query_one("#keys", Static).render())
        await pilot.press("slash", "x", "escape")
        assert not screen.query_one(Input).display and app.screen is screen
        await pilot.press("v", "down", "y")
        await pilot.pause()
        assert app.clipboard == "~$ echo Needle\nNeedle"
        assert not isinstance(app.screen, ScrollbackScreen)
