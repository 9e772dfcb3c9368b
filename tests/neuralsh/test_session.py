"""A session: actions, geometry, clock, times, and stopping."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeMachine, fill_disk

from model.protocol import ActionError, Geometry
from neuralsh.recording import CastWriter
from neuralsh.session import Session, frames_a_turn
from neuralsh.transcript import TurnReader
from neuralsh.turns import Typist
from trainer.casts import read_cast
from trainer.emulator import Emulator
from trainer.render import render_screen

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_actions_carry_clock_and_new_sizes() -> None:
    machine = FakeMachine()
    session = Session(machine, Geometry(5, 20), clock=lambda: NOON)
    list(session.start())
    session.geometry = Geometry(6, 30)
    list(session.run(b"echo\r", "hint"))
    list(session.run(b"echo\r"))
    assert [action.geometry for action in machine.actions] == [None, Geometry(6, 30), None]
    assert {action.clock for action in machine.actions} == {NOON}
    assert machine.actions[1].caption == "hint"


def test_a_new_size_is_a_frame_even_where_nothing_is_drawn() -> None:
    session = Session(FakeMachine(answer=lambda line: ""), Geometry(100, 20))
    list(session.start())
    silent = FakeMachine()
    silent._writes = lambda state, keys: iter(())  # type: ignore[method-assign]
    session.machine, session.geometry = silent, Geometry(2, 30)
    reader = TurnReader(session.frame, "")
    frames = list(session.run(b"\r"))
    for frame in frames:
        reader.feed(frame)
    assert [frame.geometry for frame in frames] == [Geometry(2, 30)] and session.timing.complete
    assert len(reader.result().screen) == 2
    assert list(session.run(b"\r")) == []


def test_times_count_the_machine_alone() -> None:
    session = Session(FakeMachine(), Geometry())
    frames = list(session.run(b"seq 3\r"))
    timing = session.timing
    assert timing.frames == len(frames) == 5
    assert 0 < timing.first_frame_ms <= timing.total_ms
    assert timing.complete
    assert timing.frames_per_second > 0


def test_closing_stops_the_drawing_and_keeps_what_was_drawn() -> None:
    session = Session(FakeMachine(), Geometry(5, 20))
    list(session.start())
    frames = session.run(b"seq 100\r")
    for _ in range(4):
        shown = next(frames)
    frames.close()
    assert not session.timing.complete
    assert session.timing.frames == 4
    assert session.frame is shown
    assert len(list(session.run(b"echo hi\r"))) > 0


def test_a_turn_without_end_is_stopped() -> None:
    typist = Typist(Session(FakeMachine(), Geometry(5, 20)))
    turn = typist.type(b"seq 300")
    assert turn.timing.frames == 100
    assert turn.to_json()["error"] == "stopped after 100 frames"
    assert typist.type(b"echo hi").text.output[-1] == "hi"
    assert frames_a_turn(Geometry(1, 1)) == 32
    assert frames_a_turn(Geometry()) == 1024


def test_a_refused_action_leaves_the_session_as_it_was() -> None:
    session = Session(FakeMachine(), Geometry(), clock=lambda: NOON)
    list(session.start())
    before = session.state.digest()
    with pytest.raises(ActionError):
        list(session.run(b"x" * 10_000))
    assert session.state.digest() == before


def test_a_recorded_session_plays_back_to_the_same_frames(tmp_path: Path) -> None:
    session = Session(FakeMachine(), Geometry(6, 30), clock=lambda: NOON)
    path = tmp_path / "session.cast"
    writer = CastWriter(path, session.machine, session.frame)
    session.watchers.append(writer)
    typist = Typist(session)
    frames, states = [], []
    for line in ("echo hi", "seq 9", "echo 漢字 é", "yes 8", "clear", "echo -n x", ""):
        typist.type(line.encode(), "hint" if line == "clear" else None)
        frames.append(session.frame)
        states.append(session.state.digest())
    writer.close()

    recording = read_cast(path)
    emulator, turn = Emulator(recording.geometry), -1
    for event in recording.events:
        if event.code == "o":
            emulator.feed(event.data)
        elif event.code == "m" and event.data.startswith("state:"):
            if turn >= 0:
                assert event.data == f"state:{states[turn]}"
                assert (render_screen(emulator.screen()).pixels == frames[turn].pixels).all()
            turn += 1
    assert turn == len(frames)
    typed = [event.data for event in recording.events if event.code == "i"]
    assert typed[:3] == ["", "echo hi\r", "seq 9\r"]
    marks = [event.data for event in recording.events if event.code == "m"]
    assert marks[0] == f"machine:fake:{'0' * 64}"
    assert f"clock:{NOON.isoformat()}" in marks
    assert "caption:hint" in marks


def test_a_recording_follows_a_new_size(tmp_path: Path) -> None:
    session = Session(FakeMachine(), Geometry(6, 30), clock=lambda: NOON)
    writer = CastWriter(tmp_path / "session.cast", session.machine, session.frame)
    session.watchers.append(writer)
    list(session.start())
    session.geometry = Geometry(4, 20)
    list(session.run(b"seq 3\r"))
    recording = read_cast(tmp_path / "session.cast")
    emulator = Emulator(recording.geometry)
    for event in recording.events:
        if event.code == "o":
            emulator.feed(event.data)
        elif event.code == "r":
            assert event.data == "20x4"
            emulator.resize(Geometry(4, 20))
    assert (render_screen(emulator.screen()).pixels == session.frame.pixels).all()


def test_a_full_disk_ends_a_recorded_session_unless_somebody_is_told(tmp_path: Path) -> None:
    session = Session(FakeMachine(), Geometry(6, 30))
    writer = CastWriter(tmp_path / "session.cast", session.machine, session.frame)
    session.watchers.append(writer)
    list(session.start())
    fill_disk(writer)
    with pytest.raises(OSError, match=r"No space left on device: .*session\.cast"):
        list(session.run(b"echo hi\r"))
    lost: list[OSError] = []
    session.lost = lost.append
    assert len(list(session.run(b"echo hi\r"))) > 0
    assert len(lost) == 1 and session.watchers == []
    with pytest.raises(OSError, match=r"No space left on device: .*session\.cast"):
        writer.close()


def test_a_recording_is_private_unless_it_was_there(tmp_path: Path) -> None:
    session = Session(FakeMachine(), Geometry())
    (tmp_path / "there.cast").write_text("longer than a header is" * 100)
    (tmp_path / "there.cast").chmod(0o644)
    (tmp_path / "link.cast").symlink_to("there.cast")
    for name, mode in (("new.cast", 0o600), ("link.cast", 0o644)):
        CastWriter(tmp_path / name, session.machine, session.frame).close()
        assert (tmp_path / name).stat().st_mode & 0o777 == mode
        assert read_cast(tmp_path / name).geometry == Geometry()
    assert (tmp_path / "link.cast").is_symlink()


def test_the_header_is_asciicast_3(tmp_path: Path) -> None:
    session = Session(FakeMachine(), Geometry())
    CastWriter(tmp_path / "session.cast", session.machine, session.frame).close()
    header = json.loads((tmp_path / "session.cast").read_text().splitlines()[0])
    assert header["version"] == 3
    assert header["term"]["cols"] == 80
    assert header["term"]["theme"]["bg"] == "#171717"
    assert len(header["term"]["theme"]["palette"].split(":")) == 16
