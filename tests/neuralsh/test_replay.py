"""Replays: a recording beside what a machine draws, and sessions of a machine proved again."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import FakeMachine, FakeState, shell
from msgspec import structs
from textual.app import App, ComposeResult

from model.protocol import Action, Frame, Geometry
from neuralsh.app.plot import Plot
from neuralsh.app.replay_screen import DIFFERENT, PACES, ReplayApp, Replayer, keys_in
from neuralsh.cli import main as shell_command
from neuralsh.errors import ShellError
from neuralsh.options import shell_parser
from neuralsh.printable import CONTROL
from neuralsh.recording import CastWriter
from neuralsh.replay import Step, main, open_recording, replay, shell_readers
from neuralsh.session import Session
from trainer.casts import CastError, Event, Recording, read_cast, write_cast
from trainer.emulator import Emulator
from trainer.render import render_screen

PROMPT = "\x1b[38;2;0;205;0m~\x1b[0m$ "
READERS = shell_readers("cells")


def recording_of(*lines: str, geometry: Geometry | None = None) -> Recording:
    """What `fakes.shell` prints for lines, as a terminal would have recorded it."""
    events = [Event(0.0, "o", PROMPT)]
    for number, line in enumerate(lines, 1):
        printed = shell(line).replace("\n", "\r\n").replace("\f", "\x1b[H\x1b[2J")
        events += [Event(number, "i", line + "\r"), Event(number + 0.1, "o", f"{line}\r\n{printed}{PROMPT}")]
    return Recording(geometry or Geometry(10, 40), 1_700_000_000, events)


def own_session(
    path: Path,
    *lines: str | bytes,
    stop_after: int | None = None,
    machine: FakeMachine | None = None,
    geometry: Geometry | None = None,
) -> Path:
    """A session of the fake machine, as `neuralsh --record` writes it; its last turn stopped after so many frames."""
    machine = machine or FakeMachine()
    session = Session(machine, geometry or Geometry(10, 40), clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC))
    with closing(CastWriter(path, machine, session.frame)) as writer:
        session.watchers.append(writer)
        list(session.start())
        for line in lines:
            keys = line if isinstance(line, bytes) else line.encode()
            frames = session.run(keys + b"\r", caption="a hint")
            for count, _ in enumerate(frames, 1):
                if line == lines[-1] and count == stop_after:
                    break
            frames.close()
    return path


def options(path: Path, *more: str) -> Namespace:
    return shell_parser().parse_args(["--replay", str(path), *more])


def finished(steps: Iterator[Step]) -> list[Step]:
    return [step for step in steps if step.timing is not None and step.turn.action.keys]


def test_a_machine_that_draws_the_recording_is_exact() -> None:
    recording = recording_of("echo hi", "seq 20", "echo -n x", "echo y", "clear", "nope")
    steps = finished(replay(FakeMachine(), recording, READERS))
    assert [step.score.exact for step in steps if step.score] == [True] * 6
    assert [step.score.char_acc for step in steps if step.score] == [1.0] * 6
    assert all(step.timing is not None and step.timing.frames for step in steps)


def test_a_machine_that_draws_something_else_is_not() -> None:
    machine = FakeMachine(lambda line: "bye\n" if line == "echo hi" else shell(line))
    first, second = finished(replay(machine, recording_of("echo hi", "echo b"), READERS))
    assert first.score is not None and second.score is not None
    assert (first.score.exact, second.score.exact) == (False, True)
    assert first.score.psnr < 100
    assert first.score.recorded["output"] == ["hi"]
    assert first.score.drawn["output"] == ["bye"]


class Shown(FakeMachine):
    """A fake that can be shown a turn as it was recorded: its own shell draws it."""

    def absorb(self, state: FakeState, action: Action, writes: list[object], frame: Frame) -> None:
        assert writes or not action.keys
        for _ in FakeMachine().step(state, action):
            pass


def test_in_open_loop_a_slip_is_not_paid_for_twice() -> None:
    def answer(line: str) -> str:
        return "bye\n" if line == "echo hi" else shell(line)

    recording = recording_of("echo hi", "echo b", "seq 3")
    closed = finished(replay(Shown(answer), recording, READERS))
    opened = finished(replay(Shown(answer), recording, READERS, open_loop=True))
    assert [step.score.psnr == 100 for step in closed if step.score] == [False, False, False]
    assert [step.score.psnr == 100 for step in opened if step.score] == [False, True, True]


def test_open_loop_is_refused_where_it_cannot_be() -> None:
    with pytest.raises(ShellError, match="cannot be shown recorded screens"):
        list(replay(FakeMachine(), recording_of("echo hi"), READERS, open_loop=True))
    recording = recording_of("echo a")
    recording.events.append(Event(5, "r", "30x6"))
    with pytest.raises(ShellError, match="changes its size"):
        list(replay(Shown(), recording, READERS, open_loop=True))


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--open-loop"], "--open-loop: goes with --replay"),
        (["--replay", "a.cast", "--record", "b.cast"], "--record: goes with a session"),
        (["--replay", "a.cast", "--frames", "b"], "--frames: goes with a session"),
        (["--replay", "a.cast", "--open-loop", "--verify"], "on its own frames"),
    ],
)
def test_options_that_do_not_go_together(argv: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell_command(argv) == 2
    assert reason in capsys.readouterr().err


def test_frames_come_as_they_are_drawn() -> None:
    steps = list(replay(FakeMachine(), recording_of("seq 3"), READERS))
    assert [step.timing is None for step in steps] == [False, *[True] * (len(steps) - 2), False]
    assert len(steps) > 5


def test_headless_json_is_an_object_a_command_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cast(recording_of("echo hi", "seq 12"), tmp_path / "a.cast")
    assert main(options(tmp_path / "a.cast", "--headless", "--json"), lambda name, device: FakeMachine()) == 0
    first, second, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["command"], first["output"], first["exact"]) == ("echo hi", ["hi"], True)
    assert second["recorded"]["output"] == second["output"] == [str(number) for number in range(1, 13)]
    assert last["summary"] == {
        "commands": 2,
        "exact": 2,
        "psnr": last["summary"]["psnr"],
        "ssim": last["summary"]["ssim"],
        "char_acc": 1.0,
        "exact_line": 1.0,
    }


def test_headless_text_is_a_line_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cast(recording_of("echo hi"), tmp_path / "a.cast")
    assert main(options(tmp_path / "a.cast", "--headless"), lambda name, device: FakeMachine()) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split()[:3] == ["1", "echo", "hi"]
    assert shown[0].endswith("exact")
    assert shown[1].startswith("1 of 1 commands exact; mean PSNR ")


ORDERS = "\x1b]0;title\x07\u009b2J\u202e"


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_is_recorded_gives_the_terminal_no_orders(
    more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cast(recording_of(f"echo {ORDERS}"), tmp_path / "a.cast")
    assert main(options(tmp_path / "a.cast", "--headless", *more), lambda name, device: FakeMachine()) == 0
    shown = capsys.readouterr().out
    assert CONTROL.search(shown.replace("\n", "")) is None
    if more:
        assert json.loads(shown.splitlines()[0])["command"] == f"echo {ORDERS}"


def test_a_line_the_machine_cannot_take_is_told_and_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cast(recording_of("echo " + "x" * 2000, "echo b"), tmp_path / "a.cast")
    assert main(options(tmp_path / "a.cast", "--headless", "--json"), lambda name, device: FakeMachine()) == 1
    caught = capsys.readouterr()
    first, second, last = map(json.loads, caught.out.splitlines())
    assert "reads at most" in first["error"]
    assert not first["exact"]
    assert second["exact"]
    assert last["summary"]["commands"] == 2
    assert caught.err.startswith("neuralsh: command 1: ")


def test_sizes_that_change_are_replayed() -> None:
    recording = recording_of("echo a")
    recording.events += [
        Event(5, "r", "30x6"),
        Event(6, "i", "echo b\r"),
        Event(6.1, "o", f"echo b\r\nb\r\n{PROMPT}"),
    ]
    steps = finished(replay(FakeMachine(), recording, READERS))
    assert [step.drawn.geometry for step in steps] == [Geometry(10, 40), Geometry(6, 30)]
    assert steps[1].score is not None


def test_what_cannot_be_replayed_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.cast"
    recording = recording_of("echo hi")
    recording.events = [event for event in recording.events if event.code != "i"]
    write_cast(recording, path)
    assert main(options(path), lambda name, device: FakeMachine()) == 0
    told = capsys.readouterr()
    assert "1 of 1 commands exact" in told.out and "holds no input; lines seen typed at its prompts: 1" in told.err
    recording.events = recording.events[:1]
    write_cast(recording, path)
    with pytest.raises(ShellError, match="no input"):
        main(options(path, "--headless"), lambda name, device: FakeMachine())
    with pytest.raises(CastError):
        open_recording(tmp_path / "absent.cast")
    path.write_text("not a cast\n")
    with pytest.raises(CastError):
        open_recording(path)


def test_a_cast_cut_in_half_is_replayed_as_far_as_it_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.cast"
    write_cast(recording_of("echo a", "echo b", "echo c"), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    assert main(options(path, "--headless", "--json"), lambda name, device: FakeMachine()) == 0
    caught = capsys.readouterr()
    assert "cut off" in caught.err
    *commands, last = map(json.loads, caught.out.splitlines())
    assert len(commands) == last["summary"]["commands"] == 2
    assert commands[0]["exact"]


def test_a_session_of_its_own_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "seq 20", "clear")
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0
    assert capsys.readouterr().out == "4 turns of fake: every state is as recorded\n"


def test_the_first_difference_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "echo b", "echo c")
    other = FakeMachine(lambda line: "bye\n" if line == "echo b" else shell(line))
    assert main(options(path, "--verify"), lambda name, device: other) == 1
    assert capsys.readouterr().out == "turn 2 ('echo b') differs: row 3 was 'b' and is 'bye'\n"
    assert main(options(path, "--verify", "--json"), lambda name, device: other) == 1
    *turns, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [turn["recorded"] == turn["state"] for turn in turns] == [True, True, False]
    assert last == {"summary": {"exact": False, "turns": 2}}


def test_another_state_under_the_same_text_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi")
    recording = read_cast(path)
    recording.events = [
        structs.replace(event, data="state:" + "0" * 64) if event.data.startswith("state:") else event
        for event in recording.events
    ]
    write_cast(recording, path)
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 1
    assert capsys.readouterr().out.startswith("turn 0 ('') differs: the same text in another state")


def test_a_turn_that_was_stopped_is_verified_to_the_frame_it_was_stopped_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "seq 30", stop_after=7)
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0
    assert capsys.readouterr().out.startswith("3 turns of fake")


class NotingMachine(FakeMachine):
    """Does something behind the last frame of a turn, as a machine that writes notes behind the prompt."""

    def step(self, state: Any, action: Action) -> Iterator[Frame]:
        yield from super().step(state, action)
        state.chain += b"noted"


def test_what_a_machine_does_behind_its_last_frame_is_verified(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "seq 30", stop_after=7, machine=NotingMachine())
    assert main(options(path, "--verify"), lambda name, device: NotingMachine()) == 0
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 1


class ByteMachine(FakeMachine):
    """Takes keys that are no text, and draws them by their numbers."""

    def step(self, state: Any, action: Action) -> Iterator[Frame]:
        keys = action.keys if action.keys.isascii() else repr(action.keys).encode()
        yield from super().step(state, replace(action, keys=keys))


def test_keys_that_are_no_text_are_verified_and_replayed(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", b"echo \xff", b"echo \xfe", machine=ByteMachine())
    assert main(options(path, "--verify"), lambda name, device: ByteMachine()) == 0
    steps = finished(replay(ByteMachine(), read_cast(path), READERS))
    assert [step.turn.action.keys for step in steps] == [b"echo \xff\r", b"echo \xfe\r"]


def test_a_turn_stopped_since_it_drew_on_and_on_is_verified(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", "seq 90", "echo hi", geometry=Geometry(4, 8))
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0


def test_a_session_recorded_before_it_was_told_which_turns_yielded_is_verified(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "seq 30", stop_after=7)
    recording = read_cast(path)
    recording.events = [event for event in recording.events if event.data != "yielded"]
    write_cast(recording, path)
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0


def test_a_turn_without_end_is_replayed_as_far_as_a_session_draws_it() -> None:
    recording = recording_of("seq 90", geometry=Geometry(4, 8))
    (step,) = finished(replay(FakeMachine(), recording, READERS))
    assert step.error == "stopped after 32 frames"


def test_a_session_that_went_back_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, machine = tmp_path / "own.cast", FakeMachine()
    session = Session(machine, Geometry(10, 40), clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC))
    with closing(CastWriter(path, machine, session.frame)) as writer:
        session.watchers.append(writer)
        list(session.start())
        past = session.state.fork()
        list(session.run(b"echo hi\r"))
        session.geometry = Geometry(8, 30)
        list(session.run(b"seq 20\r"))
        session.restore(past)
        back = session.frame
        session.geometry = Geometry(10, 40)
        list(session.run(b"echo back\r"))
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0
    assert capsys.readouterr().out == "4 turns of fake: every state is as recorded\n"
    recording = read_cast(path)
    at = next(i for i, event in enumerate(recording.events) if event.data.startswith("restored:"))
    emulator = Emulator(Geometry(10, 40))
    assert recording.events[at - 1].code == "r"
    emulator.feed(recording.events[at + 1].data)
    emulator.feed(recording.events[at + 2].data)
    assert (render_screen(emulator.screen()).pixels == back.pixels).all()


def test_a_session_that_went_back_and_forth_is_verified(tmp_path: Path) -> None:
    path, machine = tmp_path / "own.cast", FakeMachine()
    session = Session(machine, Geometry(4, 20), clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC))
    with closing(CastWriter(path, machine, session.frame)) as writer:
        session.watchers.append(writer)
        list(session.start())
        forked = session.state.fork()
        for _ in range(40):
            # Each key of a program is a turn.
            list(session.run(b"echo hi\r"))
        before = session.state.fork()
        session.restore(forked)
        session.restore(before)
        list(session.run(b"echo back\r"))
    assert main(options(path, "--verify"), lambda name, device: FakeMachine()) == 0


def test_what_follows_a_loaded_state_cannot_be_verified(tmp_path: Path) -> None:
    path, machine = tmp_path / "own.cast", FakeMachine()
    other, session = Session(machine, Geometry(10, 40)), Session(machine, Geometry(10, 40))
    list(other.run(b"echo other\r"))
    with closing(CastWriter(path, machine, session.frame)) as writer:
        session.watchers.append(writer)
        list(session.start())
        session.restore(other.state)
        list(session.run(b"echo back\r"))
    with pytest.raises(ShellError, match="after 1 turns the session goes on from a saved state"):
        main(options(path, "--verify"), lambda name, device: FakeMachine())


def test_only_sessions_of_these_weights_are_verified(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi")
    other = FakeMachine()
    other.weights_hash = "1" * 64
    with pytest.raises(ShellError, match="other weights"):
        main(options(path, "--verify"), lambda name, device: other)
    write_cast(recording_of("echo hi"), tmp_path / "bash.cast")
    with pytest.raises(ShellError, match="not a session of a machine"):
        main(options(tmp_path / "bash.cast", "--verify"), lambda name, device: FakeMachine())


def test_a_session_of_its_own_is_replayed_exactly(tmp_path: Path) -> None:
    path = own_session(tmp_path / "own.cast", "echo hi", "seq 20", "echo -n x", "echo y")
    machine = FakeMachine()
    steps = finished(replay(machine, read_cast(path), READERS))
    assert [action.keys for action in machine.actions][:2] == [b"", b"echo hi\r"]
    assert [step.score.exact for step in steps if step.score] == [True] * 4


async def until_ended(app: ReplayApp) -> None:
    while app.ended is None:
        await asyncio.sleep(0)


def replay_app(*lines: str) -> ReplayApp:
    return ReplayApp(lambda: replay(FakeMachine(), recording_of(*lines), READERS), "a.cast", pace=0.0)


def rows(app: ReplayApp) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def test_both_screens_and_figures_are_shown() -> None:
    app = replay_app("echo hi", "nope")
    async with app.run_test(size=(90, 16)) as pilot:
        await until_ended(app)
        await pilot.pause()
        shown = rows(app)
        assert shown[0].split() == ["recorded:", "a.cast", "the", "machine"]
        assert shown[2].split() == ["hi", "hi"]
        assert shown[4].count("bash: nope: command not found") == 2
        assert shown[-4].startswith("turn 2: nope  PSNR")
        assert shown[-3].startswith("the end: 2 of 2 commands exact; mean PSNR")


async def test_neither_a_line_nor_a_name_gives_the_terminal_orders() -> None:
    steps = lambda: replay(FakeMachine(), recording_of(f"x{ORDERS}"), READERS)  # noqa: E731
    app = ReplayApp(steps, f"{ORDERS}.cast", pace=0.0)
    async with app.run_test(size=(90, 16)) as pilot:
        await until_ended(app)
        await pilot.pause()
        shown = rows(app)
        assert shown[0].startswith(" recorded: \ufffd]0;title\ufffd") and shown[-4].startswith("turn 1: x\ufffd]0;")
        assert CONTROL.search("".join(shown)) is None


async def test_earlier_turns_can_be_gone_back_to() -> None:
    app = replay_app("echo one", "echo two", "clear")
    async with app.run_test(size=(90, 16)) as pilot:
        await until_ended(app)
        await pilot.press("left")
        assert rows(app)[-4].startswith("turn 2: echo two")
        await pilot.press("left", "left", "left")
        assert rows(app)[-4].startswith("turn 1: echo one")
        assert rows(app)[2].split() == ["one", "one"]
        await pilot.press("right", "right")
        assert rows(app)[-4].startswith("turn 3: clear")


async def test_the_worst_turn_is_found_and_its_difference_shown() -> None:
    def answer(line: str) -> str:
        return "tvo\n" if line == "echo two" else shell(line)

    recording = recording_of("echo one", "echo two", "echo three")
    app = ReplayApp(lambda: replay(FakeMachine(answer), recording, READERS), "a.cast", pace=0.0)
    async with app.run_test(size=(100, 20)) as pilot:
        await until_ended(app)
        assert [one.score.exact for one in app.finished if one.score] == [True, False, True]
        await pilot.press("w")
        assert "turn 2: echo two" in str(app.figures.render())
        await pilot.press("d")
        tinted = (app.drawn._cells["bg"] == np.array(DIFFERENT, np.uint8)).all(axis=2)
        assert np.argwhere(tinted).tolist() == [[3, 1]]
        await pilot.press("d", "home")
        assert "turn 1: echo one" in str(app.figures.render())
        assert not (app.drawn._cells["bg"] == np.array(DIFFERENT, np.uint8)).all(axis=2).any()
        await pilot.press("end")
        assert "turn 3: echo three" in str(app.figures.render())
        lines = app.plots["exact_line"].data
        assert lines is not None and len(lines) == 3 and lines[1] < lines[0] == 1.0


async def test_the_speed_is_chosen_by_keys() -> None:
    app = replay_app("echo one")
    async with app.run_test(size=(100, 20)) as pilot:
        await until_ended(app)
        assert app._replayer.pace == 0.0
        await pilot.press("minus", "minus")
        assert app._replayer.pace == PACES[2]
        await pilot.press("plus", "plus", "plus")
        assert app._replayer.pace == 0.0


async def test_a_paused_replay_goes_on_turn_by_turn() -> None:
    app = replay_app("echo one", "echo two", "echo three")
    app._replayer.pause()
    async with app.run_test(size=(90, 16)) as pilot:
        while len(app.finished) < 1:
            await asyncio.sleep(0)
        await pilot.pause()
        assert len(app.finished) == 1
        assert rows(app)[-4].startswith("paused  turn 1")
        await pilot.press("right")
        while len(app.finished) < 2:
            await asyncio.sleep(0)
        assert app._replayer.paused
        await pilot.press("space")
        await until_ended(app)
        assert len(app.finished) == 3


async def test_a_failure_ends_the_app_with_one_line() -> None:
    def steps() -> Iterator[Step]:
        raise ShellError("no weights there")

    app = ReplayApp(steps, "a.cast", pace=0.0)
    async with app.run_test():
        await until_ended(app)
    assert app.return_value == "no weights there"


def test_a_replay_can_be_left_while_it_waits() -> None:
    replayer = Replayer(lambda: replay(FakeMachine(), recording_of("echo a", "echo b"), READERS), lambda m: None, 0.0)
    replayer.pause()
    replayer.start()
    replayer.close()
    assert not replayer._thread.is_alive()


def wide_app(*lines: str) -> ReplayApp:
    recording = recording_of(*lines, geometry=Geometry(24, 80))
    return ReplayApp(lambda: replay(FakeMachine(), recording, READERS), "a.cast", pace=0.0)


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_figures_are_on_two_lines_whatever_the_width(width: int) -> None:
    app = wide_app("echo " + "x" * 60, "nope")
    async with app.run_test(size=(width, 24)) as pilot:
        await until_ended(app)
        await pilot.press("left")
        await pilot.pause()
        shown = rows(app)
        assert shown[-4].startswith("turn 1")
        assert shown[-3].startswith("the end: 2 of 2 commands exact; mean PSNR")
        if width >= 80:
            assert "…  PSNR 100.00 dB" in shown[-4] and shown[-4].endswith("ms")
        await pilot.resize_terminal(140, 24)
        await pilot.pause()
        assert rows(app)[-4].startswith(f"turn 1: echo {'x' * 35}  PSNR")


async def test_where_two_screens_do_not_fit_one_is_whole_and_tab_shows_the_other() -> None:
    line = "echo " + "x" * 60 + " end"
    app = wide_app(line)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_ended(app)
        await pilot.pause()
        assert rows(app)[0].strip() == "the machine" and rows(app)[2] == line.removeprefix("echo ")
        await pilot.press("tab")
        await pilot.pause()
        assert rows(app)[0].strip() == "recorded: a.cast" and rows(app)[2] == line.removeprefix("echo ")
        await pilot.resize_terminal(80, 40)
        await pilot.pause()
        assert rows(app)[0].strip() == "recorded: a.cast" and rows(app)[18].strip() == "the machine"
        await pilot.resize_terminal(160, 24)
        await pilot.pause()
        assert rows(app)[0].split() == ["recorded:", "a.cast", "the", "machine"]


@pytest.mark.parametrize("width", [1, 6, 25, 40, 80, 200])
@pytest.mark.parametrize("single", [False, True])
def test_the_most_needed_keys_are_told_whole(width: int, single: bool) -> None:
    told = keys_in(width, single)
    assert len(told) <= width and told in keys_in(200, single)
    assert width < 6 or told.startswith("q quit")
    assert width < 40 or ("space pause" in told and "turn" in told and ("tab" in told) == single)
    assert width < 80 or "+ - speed" in told


@pytest.mark.parametrize(
    ("data", "bars"),
    [
        ([], ""),
        ([1.0, 1.0], "████████"),
        ([0.96], "▇▇▇▇▇▇▇▇"),
        ([0.0, 0.5, 1.0, 7.0], "▁▁▄▄████"),
        ([1.0] * 15 + [0.0], "███████▁"),
    ],
)
async def test_bars_say_what_the_figures_are(data: list[float], bars: str) -> None:
    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield Plot(1.0, id="plot")

    app = Alone()
    async with app.run_test(size=(8, 1)) as pilot:
        app.query_one(Plot).show(data)
        await pilot.pause()
        assert app.screen._compositor.render_strips()[0].text.strip() == bars
