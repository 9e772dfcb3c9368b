"""The app, driven by keys: what is typed stands where the machine drew its cursor, and its frames are the screen."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes import FakeMachine, fill_disk
from textual.events import Paste
from textual.pilot import Pilot

from model.protocol import Frame, Geometry
from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.replay_screen import ReplayApp, run_replay_app
from neuralsh.app.run import run_app
from neuralsh.app.text_screen import TextScreen
from neuralsh.history import History
from neuralsh.options import shell_parser
from neuralsh.reading.cells import frame_lines
from neuralsh.recording import CastWriter
from neuralsh.session import Session
from trainer.casts import Event, Recording

SIZES = [(80, 24), (40, 12), (120, 40)]


@asynccontextmanager
async def shell(
    machine: FakeMachine, size: tuple[int, int] = (80, 24), history: History | None = None
) -> AsyncIterator[Pilot[str | None]]:
    """The app over a machine, at its first prompt."""
    app = ShellApp(lambda geometry: Session(machine, geometry), history=history)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


def app_of(pilot: Pilot[str | None]) -> ShellApp:
    assert isinstance(pilot.app, ShellApp)
    return pilot.app


async def until(pilot: Pilot[str | None], phase: Phase) -> None:
    """Let the app run until the machine does `phase`; the pause gives way to its thread."""
    while app_of(pilot).phase is not phase:
        assert app_of(pilot).is_running
        await pilot.pause(0.005)


async def taken(pilot: Pilot[str | None], machine: FakeMachine, count: int) -> None:
    """Let the app run until the machine has taken so many actions."""
    while len(machine.actions) < count:
        assert app_of(pilot).is_running
        await pilot.pause(0.005)


async def settled(pilot: Pilot[str | None]) -> None:
    await until(pilot, Phase.WAITING)
    await pilot.pause()


def rows(pilot: Pilot[str | None]) -> list[str]:
    """The text of the window, row by row, the status line included."""
    return [strip.text.rstrip() for strip in app_of(pilot).screen._compositor.render_strips()]


async def type_line(pilot: Pilot[str | None], line: str) -> None:
    await pilot.press(*[{" ": "space"}.get(c, c) for c in line], "enter")
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_typing_at_the_prompt(size: tuple[int, int]) -> None:
    machine = FakeMachine()
    async with shell(machine, size) as pilot:
        assert rows(pilot)[0] == "~$"
        await pilot.press(*"echo", "space", *"hi")
        assert rows(pilot)[0] == "~$ echo hi"
        await pilot.press("enter")
        await settled(pilot)
        assert rows(pilot)[:3] == ["~$ echo hi", "hi", "~$"]
        assert [action.keys for action in machine.actions] == [b"", b"echo hi\r"]
        assert app_of(pilot)._geometry() == Geometry(size[1] - 1, size[0])


@pytest.mark.parametrize("size", SIZES)
async def test_output_scrolls(size: tuple[int, int]) -> None:
    async with shell(FakeMachine(), size) as pilot:
        await type_line(pilot, "seq 60")
        shown = rows(pilot)[: size[1] - 1]
        assert shown[-1] == "~$"
        assert shown[:-1] == [str(i) for i in range(60 - len(shown) + 2, 61)]


async def test_a_long_line_wraps_and_lifts_the_screen() -> None:
    async with shell(FakeMachine(), (20, 6)) as pilot:
        await type_line(pilot, "seq 9")
        await pilot.press(*"abcdefghijklmnopqrstuvwxyz")
        assert rows(pilot)[:5] == ["7", "8", "9", "~$ abcdefghijklmnopq", "rstuvwxyz"]
        await pilot.press(*["backspace"] * 20)
        assert rows(pilot)[:5] == ["6", "7", "8", "9", "~$ abcdef"]


async def test_keys_edit_in_place() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        await pilot.press(*"echo", "space", *"bc", "left", "left", "a", "ctrl+e", "d", "home", "ctrl+d", "e")
        assert rows(pilot)[0] == "~$ echo abcd"
        await pilot.press("ctrl+w", *"x", "ctrl+y", "tab", "ctrl+p", "ctrl+n")
        assert rows(pilot)[0] == "~$ xecho abcd"
        await pilot.press("ctrl+c")
        assert rows(pilot)[0] == "~$"
        assert len(machine.actions) == 1


async def test_history_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "history"
    async with shell(FakeMachine(), history=History(path)) as pilot:
        await type_line(pilot, "echo one")
        await type_line(pilot, "echo two")
        await pilot.press("up", "up")
        assert rows(pilot)[4] == "~$ echo one"
        await pilot.press("down", "down")
        assert rows(pilot)[4] == "~$"
    async with shell(FakeMachine(), history=History(path)) as pilot:
        await pilot.press("up")
        assert rows(pilot)[0] == "~$ echo two"


async def test_the_history_is_searched_and_suggested() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        for line in ("echo one", "echo two", "seq 1"):
            await type_line(pilot, line)
        await pilot.press("x", "ctrl+r", *"ech")
        assert rows(pilot)[6] == "~$ echo two" and rows(pilot)[-1] == "search: ech"
        await pilot.press("ctrl+r")
        assert rows(pilot)[6] == "~$ echo one"
        await pilot.press("z")
        assert rows(pilot)[-1] == "search, nothing more: echz"
        await pilot.press("escape")
        assert rows(pilot)[6] == "~$ x"
        await pilot.press("backspace", "ctrl+r", *"two", "enter")
        await settled(pilot)
        assert machine.actions[-1].keys == b"echo two\r"
        await pilot.press(*"seq")
        assert rows(pilot)[8] == "~$ seq 1" and app_of(pilot).editor.text == "seq"
        await pilot.press("right", "ctrl+r", *"one", "left", "ctrl+underscore")
        assert rows(pilot)[8] == "~$ seq 1" and app_of(pilot).editor.text == "seq 1"


async def test_a_paste_goes_behind_the_line_that_a_search_found() -> None:
    async with shell(FakeMachine()) as pilot:
        await type_line(pilot, "echo one")
        await pilot.press("ctrl+r", *"ech")
        app_of(pilot).view.post_message(Paste(" two"))
        await pilot.pause()
        assert rows(pilot)[2] == "~$ echo one two"


async def test_ctrl_c_stops_the_drawing() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        machine.hold = threading.Event()
        await pilot.press(*"seq", "space", *"90", "enter")
        await until(pilot, Phase.DRAWING)
        await pilot.press(*"gone", "ctrl+c")
        machine.hold.set()
        await settled(pilot)
        assert machine.actions[-1].keys == b"\r"
        assert "90" not in rows(pilot)
        await type_line(pilot, "echo on")
        assert "on" in rows(pilot)


async def test_what_is_typed_while_drawing_waits() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        machine.hold = threading.Event()
        await pilot.press(*"echo", "space", "a", "enter")
        await until(pilot, Phase.DRAWING)
        await pilot.press(*"echo", "space", "b", "enter", *"part")
        assert "part" not in "".join(rows(pilot)[:-1])
        machine.hold.set()
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert rows(pilot)[:5] == ["~$ echo a", "a", "~$ echo b", "b", "~$ part"]


async def test_a_paste_runs_its_lines_one_by_one() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app_of(pilot).view.post_message(Paste("echo a\r\necho b\necho\tc"))
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert rows(pilot)[:5] == ["~$ echo a", "a", "~$ echo b", "b", "~$ echo c"]


async def test_any_number_of_commands_of_the_app_can_be_pasted() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app_of(pilot).view.post_message(Paste("echo a\n" + ":save\n" * 2000 + "echo b\n"))
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert [action.keys for action in machine.actions[1:]] == [b"echo a\r", b"echo b\r"]
        assert rows(pilot)[:4] == ["~$ echo a", "a", "~$ echo b", "b"]


@pytest.mark.parametrize("first", ["", "echo a\n"])
async def test_what_is_pasted_behind_quit_is_not_sent(first: str) -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app_of(pilot).view.post_message(Paste(f"{first}:quit\necho b\n"))
        while app_of(pilot).is_running:
            await pilot.pause(0.005)
    assert [action.keys for action in machine.actions[1:]] == ([b"echo a\r"] if first else [])


async def test_a_line_too_long_is_told_and_the_session_goes_on() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app_of(pilot).view.post_message(Paste("x" * 10_000 + "\n"))
        while not app_of(pilot).status.status.notice:
            assert app_of(pilot).is_running
            await pilot.pause(0.005)
        await pilot.pause()
        assert "10001 bytes long" in rows(pilot)[-1]
        await type_line(pilot, "echo on")
        assert rows(pilot)[:3] == ["~$ echo on", "on", "~$"]


async def test_a_line_longer_than_the_window_can_be_typed() -> None:
    async with shell(FakeMachine(), (20, 6)) as pilot:
        app_of(pilot).view.post_message(Paste("a" * 150 + "z"))
        await pilot.pause()
        assert rows(pilot)[4] == "a" * 13 + "z"
        await pilot.press("home")
        assert rows(pilot)[0] == "~$ " + "a" * 17


@pytest.mark.parametrize(
    "line",
    [":(){ :|:& };:", ": help", ":nope", "rm -rf /", ":undo it", ":saved x", "echo :load x"],
)
async def test_other_colons_reach_the_machine(line: str) -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app_of(pilot).view.post_message(Paste(line + "\n"))
        await taken(pilot, machine, 2)
        assert machine.actions[1].keys == line.encode() + b"\r"


async def test_colon_commands() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        app = app_of(pilot)
        await type_line(pilot, ":pixels")
        assert app.view.way.value == "kitty"
        await pilot.press("f2", "f2")
        assert app.view.way.value == "text"
        await pilot.press(*":help", "enter")
        await pilot.pause()
        assert isinstance(app.screen, TextScreen)
        assert any("Ctrl-K" in row for row in rows(pilot))
        await pilot.press("escape")
        await pilot.pause()
        assert rows(pilot)[0] == "~$"
        await pilot.press(*":quit", "enter")
        await pilot.pause()
        assert not app.is_running
        assert len(machine.actions) == 1


async def test_undo_is_the_state_and_the_screen_before_the_line() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        seen = []
        for line in ("echo hi", "seq 30", "echo no"):
            seen.append(rows(pilot))
            await type_line(pilot, line)
        for before in reversed(seen):
            await type_line(pilot, ":undo")
            assert "undone" in rows(pilot)[-1]
            assert rows(pilot)[:-1] == before[:-1]
        await type_line(pilot, ":undo")
        assert "nothing to undo" in rows(pilot)[-1]
        await type_line(pilot, "echo again")
        assert rows(pilot)[:3] == ["~$ echo again", "again", "~$"]


async def test_a_stopped_line_is_undone_with_the_prompt_that_follows_it() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        await type_line(pilot, "echo hi")
        before = rows(pilot)
        machine.hold = threading.Event()
        await pilot.press(*"seq", "space", "9", "enter")
        await until(pilot, Phase.DRAWING)
        await pilot.press("ctrl+c")
        machine.hold.set()
        await taken(pilot, machine, 4)
        machine.hold = None
        await settled(pilot)
        assert rows(pilot)[:-1] != before[:-1]
        await type_line(pilot, ":undo")
        assert rows(pilot)[:-1] == before[:-1]


async def test_a_state_is_saved_and_gone_on_from(tmp_path: Path) -> None:
    machine, path = FakeMachine(), tmp_path / "s"
    async with shell(machine) as pilot:
        await type_line(pilot, "echo kept")
        before = rows(pilot)
        app_of(pilot).view.post_message(Paste(f":save {path}\nseq 5\n"))
        await taken(pilot, machine, 3)
        await settled(pilot)
        app_of(pilot).view.post_message(Paste(f":load {path}\n"))
        # The frame comes first, and then what is said of it.
        while "loaded" not in rows(pilot)[-1]:
            await pilot.pause(0.005)
        assert rows(pilot)[:-1] == before[:-1]
        await type_line(pilot, ":undo")
        assert "5" in rows(pilot)
        for line, said in ((":save", "usage: :save FILE"), (f":load {tmp_path}/none", "not a saved state")):
            await pilot.press("x", "ctrl+u")
            app_of(pilot).view.post_message(Paste(line + "\n"))
            while not app_of(pilot).status.status.notice:
                await pilot.pause(0.005)
            assert said in app_of(pilot).status.status.notice
            await settled(pilot)
        assert len(machine.actions) == 3


async def test_ctrl_d_and_ctrl_l() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        await type_line(pilot, "seq 5")
        await pilot.press(*"typed", "ctrl+l")
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert rows(pilot)[:2] == ["~$ typed", ""]
        await pilot.press("ctrl+d")
        assert app_of(pilot).is_running
        await pilot.press("ctrl+u", "ctrl+d")
        await pilot.pause()
        assert not app_of(pilot).is_running


async def test_a_new_size_goes_with_the_next_action() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        await type_line(pilot, "seq 40")
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert rows(pilot)[8] == "~$"
        await type_line(pilot, "echo x")
        assert machine.actions[-1].geometry == Geometry(9, 60)
        assert rows(pilot)[6:9] == ["~$ echo x", "x", "~$"]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 3), (250, 100), (300, 120)])
async def test_any_size(size: tuple[int, int]) -> None:
    machine = FakeMachine()
    async with shell(machine, size) as pilot:
        await pilot.press(*"echo", "space", *"abc", "f1", "escape", "f2", "f2", "f2", "enter")
        await taken(pilot, machine, 2)
        await settled(pilot)
        await pilot.resize_terminal(1, 1)
        await pilot.press("a", "enter")
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert machine.actions[-1].geometry == (Geometry(1, 1) if size != (1, 1) else None)


async def test_a_machine_that_cannot_load_ends_the_app() -> None:
    def broken(geometry: Geometry) -> Session:
        raise ValueError("weights: hash differs: install neuralsh again")

    app = ShellApp(broken)
    async with app.run_test() as pilot:
        while app.is_running:
            await pilot.pause(0.005)
    assert app.return_value == "weights: hash differs: install neuralsh again"


async def test_a_defect_in_the_machines_thread_is_told_and_ends_the_app() -> None:
    answers: dict[str, str] = {}
    app = ShellApp(lambda geometry: Session(FakeMachine(answers.__getitem__), geometry))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("x", "enter")
        while app.is_running:
            await pilot.pause(0.005)
    assert app.return_value is not None
    assert app.return_value.startswith("a defect, please report it: KeyError in fakes.py, line ")


def test_a_defect_in_an_app_is_no_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def defect(self: object, message: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    monkeypatch.setattr(ShellApp, "on_frame_drawn", defect)
    monkeypatch.setattr(ReplayApp, "on_drawn", defect)
    recording = Recording(Geometry(4, 20), 0, [Event(0.0, "o", "~$ "), Event(1.0, "i", "\r")])
    options = shell_parser().parse_args(["--replay", "a.cast"])
    assert run_app(options, lambda name, device: FakeMachine()) == 1
    assert "a defect" in capsys.readouterr().err
    assert run_replay_app(recording, options, lambda name, device: FakeMachine()) == 1
    assert "a defect" in capsys.readouterr().err


async def test_the_status_line_says_what_answers() -> None:
    async with shell(FakeMachine(), (120, 24)) as pilot:
        await type_line(pilot, "seq 3")
        said = rows(pilot)[-1]
        for part in ("fake", "cpu", "base", "first", "ms", "frames/s", "cells", "text"):
            assert part in said
    async with shell(FakeMachine(), (20, 24)) as pilot:
        assert len(rows(pilot)[-1]) <= 20


async def test_another_reader_has_the_last_word() -> None:
    def shout(frame: Frame) -> list[str]:
        return [line.upper() for line in frame_lines(frame)]

    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry), ocr="shout", reread=shout)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await type_line(pilot, "echo hi")
        assert rows(pilot)[:3] == ["~$ ECHO HI", "HI", "~$"]
        assert "read by shout" in rows(pilot)[-1]


async def test_states_are_kept_by_name_gone_on_from_and_compared() -> None:
    async with shell(FakeMachine()) as pilot:
        await type_line(pilot, "echo one")
        await type_line(pilot, ":compare a")
        assert "no state is kept as a; :fork NAME keeps one" in rows(pilot)[-1]
        await type_line(pilot, ":fork a")
        await type_line(pilot, ":compare a")
        assert "a: the same to the last bit" in rows(pilot)[-1]
        await type_line(pilot, "echo two")
        await type_line(pilot, ":compare a")
        assert "cells of the screen differ" in rows(pilot)[-1]
        await type_line(pilot, ":switch b")
        assert "no state is kept as b; there are a" in rows(pilot)[-1]
        await type_line(pilot, ":switch a")
        assert rows(pilot)[:3] == ["~$ echo one", "one", "~$"] and rows(pilot)[3] == ""
        await type_line(pilot, ":undo")
        assert rows(pilot)[3] == "two"


async def test_what_is_typed_while_it_draws_is_seen_at_the_bottom() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        machine.hold = threading.Event()
        await pilot.press(*"seq", "space", "3", "enter")
        await until(pilot, Phase.DRAWING)
        await pilot.press(*"ab")
        assert rows(pilot)[-1].startswith("next: ab")
        await pilot.press("enter", *"cd")
        assert rows(pilot)[-1].startswith("next: ab ⏎ cd")
        machine.hold.set()
        await taken(pilot, machine, 3)
        await settled(pilot)
        assert not rows(pilot)[-1].startswith("next:")
        assert "~$ cd" in rows(pilot)


async def test_a_recording_that_cannot_go_on_ends_alone(tmp_path: Path) -> None:
    machine, writers = FakeMachine(), list[CastWriter]()

    def recorded(geometry: Geometry) -> Session:
        session = Session(machine, geometry)
        writers.append(CastWriter(tmp_path / "s.cast", machine, session.frame))
        session.watchers.append(writers[0])
        return session

    app = ShellApp(recorded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        fill_disk(writers[0])
        await type_line(pilot, "echo one")
        assert app.status.status.notice == f"no longer recorded: no space left on device: {tmp_path}/s.cast"
        await type_line(pilot, "echo two")
        assert rows(pilot)[:5] == ["~$ echo one", "one", "~$ echo two", "two", "~$"]
        assert app.status.status.notice == ""


async def test_of_many_lines_that_wait_a_few_are_told() -> None:
    machine = FakeMachine()
    async with shell(machine) as pilot:
        machine.hold = threading.Event()
        await pilot.press("enter")
        await until(pilot, Phase.DRAWING)
        app_of(pilot).view.post_message(Paste("ls\n\n" + f"{'x' * 20_000}\n" * 900 + "cd"))
        await pilot.pause()
        ahead = app_of(pilot).status.status.ahead
        assert ahead.startswith("ls ⏎  ⏎ xxx") and ahead.endswith("x ⏎ 899 more") and len(ahead) < 1000
        await pilot.press("ctrl+c")
        assert app_of(pilot).status.status.ahead == ""
        machine.hold.set()
        await settled(pilot)
