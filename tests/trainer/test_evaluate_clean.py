"""The suite `clean`, on machines that draw recordings right and wrong."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import Oracle, held_out_recording, recording_of

from neuralsh.eval_command import readers
from trainer.casts import Event, write_cast
from trainer.evaluate import clean, find_suites, run_suites, world
from trainer.evaluate.held_out import WORLD, HeldOutError, held_out_casts
from trainer.evaluate.rollout import PixelWrite, Session, load_session, session_of
from trainer.evaluate.suite import Job
from trainer.evaluate.suites import UnknownSuiteError
from trainer.render import render_cells
from trainer.screen import blank_cells
from trainer.split import session_hash

READERS = replace(readers(), tesseract=None)


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    """A folder of two held-out sessions of three commands."""
    for number in range(2):
        write_cast(held_out_recording(number), tmp_path / f"{number}.cast")
    return tmp_path


def sessions(count: int = 2) -> list[Session]:
    return [session_of(str(number), held_out_recording(number)) for number in range(count)]


def tile(text: str) -> Any:
    cells = blank_cells(1, len(text))[0]
    cells["glyph"] = [ord(character) for character in text]
    return render_cells(cells)


def summary(machine: Oracle, casts: Path, **options: Any) -> dict[str, Any]:
    outcome = clean.run(Job(lambda: machine, READERS, casts, **options))
    assert json.loads(json.dumps(outcome.document, allow_nan=False)) == outcome.document
    found: dict[str, Any] = outcome.document["summary"]
    return found


def test_a_machine_that_draws_the_recording_is_right_in_everything(casts: Path) -> None:
    found = summary(Oracle(*sessions()), casts)
    for way in ("closed loop", "recorded context"):
        families = found["ways"][way]["families"]
        assert list(families) == ["basics", "echo", "files", "all"]
        everything = families["all"]
        assert everything["commands"] == everything["exact"]["right"] == everything["pixel_exact"]["right"] == 6
        assert everything["psnr"] == 100.0
        assert everything["ssim"] == everything["char_acc"] == everything["exact_line"] == 1.0
        assert everything["changed_exact"] == everything["changed_near"] == everything["changed_read"] == 1.0
        assert found["ways"][way]["ocr_cells"] == {"char_acc": 1.0, "exact_line": 1.0, "videos": 2, "frames": 8}
        assert found["ways"][way]["ocr_tesseract"] is None
    assert found["autoencoder"]["psnr"] == pytest.approx(48.13, abs=0.01)


def test_one_wrong_letter_spoils_one_command_and_not_the_next(casts: Path) -> None:
    def slip(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        if keys == b"pwd\r":
            return [(a, np.concatenate([tile("x"), t[1:]]) if i == 1 else t) for i, (a, t) in enumerate(writes)]
        return writes

    found = summary(Oracle(*sessions(), slip=slip), casts)
    for way in ("closed loop", "recorded context"):
        families = found["ways"][way]["families"]
        assert {name: row["exact"]["right"] for name, row in families.items()} == {
            "basics": 0,
            "echo": 2,
            "files": 2,
            "all": 4,
        }
        assert families["basics"]["changed_read"] < 1 == families["echo"]["changed_read"]
        assert families["basics"]["exact_line"] == pytest.approx(7 / 8)


def test_in_closed_loop_a_line_too_many_is_charged_once(casts: Path) -> None:
    def slip(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        return [writes[0], writes[0], *writes[1:]] if keys.startswith(b"echo") else writes

    def twice(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        if not keys.startswith(b"echo"):
            return writes
        answer = next(at for at, (address, _) in enumerate(writes) if address.kind.name == "NEXT")
        return [*writes[: answer + 1], *writes[answer:]]

    same = summary(Oracle(*sessions(), slip=slip), casts)["ways"]["closed loop"]["families"]
    assert same["all"]["exact"]["right"] == 6
    families = summary(Oracle(*sessions(), slip=twice), casts)["ways"]["closed loop"]["families"]
    assert {name: row["exact"]["right"] for name, row in families.items()} == {
        "basics": 2,
        "echo": 0,
        "files": 2,
        "all": 4,
    }
    assert families["basics"]["pixel_exact"]["right"] == 2


def test_a_wrong_colour_is_exact_as_text_and_not_in_pixels(casts: Path) -> None:
    def slip(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        return (
            [(address, np.where(tiles == 221, np.uint8(120), tiles)) for address, tiles in writes] if keys else writes
        )

    everything = summary(Oracle(*sessions(), slip=slip), casts)["ways"]["recorded context"]["families"]["all"]
    assert everything["exact"]["right"] == 6
    assert everything["pixel_near"]["right"] == everything["pixel_exact"]["right"] == 0
    assert everything["changed_near"] < 1 == everything["changed_read"]


def test_a_machine_that_draws_nothing_is_wrong_and_ends(casts: Path) -> None:
    found = summary(Oracle(), casts)
    assert found["ways"]["closed loop"]["families"]["all"]["exact"]["right"] == 0
    assert found["ways"]["closed loop"]["families"]["all"]["char_acc"] < 0.1


def test_a_machine_that_never_yields_is_stopped(casts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.evaluate.rollout.FRAMES_A_TURN", 20)

    def slip(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        return writes * 1000 if keys else writes

    outcome = clean.run(Job(lambda: Oracle(*sessions(), slip=slip), READERS, casts, sessions=1))
    commands = outcome.document["sessions"][0]["ways"]["closed loop"]["commands"]
    assert [command["error"] for command in commands] == [
        f"stopped after {20 + 4 * count} frames" for count in (3, 11, 4)
    ]
    assert not any(command["exact"] for command in commands)


def test_tesseract_reads_as_many_frames_as_asked_and_none_twice(casts: Path) -> None:
    read: list[bytes] = []

    def slow(frame: Any) -> list[str]:
        read.append(frame.pixels.tobytes())
        return [line.replace("9", "g") for line in READERS.lines(frame)]

    with_slow = replace(READERS, tesseract=slow)
    outcome = clean.run(Job(lambda: Oracle(*sessions()), with_slow, casts, tesseract_frames=5))
    found = outcome.document["summary"]
    assert len(read) == len(set(read)) == 4
    assert found["ways"]["closed loop"]["ocr_tesseract"] == {
        "char_acc": 1.0,
        "exact_line": 1.0,
        "videos": 1,
        "frames": 4,
    }
    assert found["tesseract_on_true_frames"]["exact_line"] < 1


def test_sessions_that_may_have_been_trained_on_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HeldOutError, match="record some"):
        held_out_casts(tmp_path)
    recording = held_out_recording()
    write_cast(recording, tmp_path / "a.cast")
    assert held_out_casts(tmp_path) == [tmp_path / "a.cast"]
    # What is typed in a terminal of another size is in no shard, and makes no other session.
    recording.events += [Event(99.0, "r", "30x10"), Event(100.0, "i", "ls\r")]
    write_cast(recording, tmp_path / "a.cast")
    assert held_out_casts(tmp_path) == [tmp_path / "a.cast"]
    number = 0
    while session_hash([f"echo {number}\r".encode()])[0] < 8:
        number += 1
    write_cast(recording_of(("echo", f"echo {number}", f"{number}\n")), tmp_path / "b.cast")
    with pytest.raises(HeldOutError, match="not a held-out session"):
        held_out_casts(tmp_path)


def test_the_rest_of_the_world_is_measured_as_the_first_families_are(casts: Path) -> None:
    outcome = world.run(Job(lambda: Oracle(*sessions()), READERS, casts))
    assert outcome.document["suite"] == "world"
    assert outcome.document["summary"] == summary(Oracle(*sessions()), casts)


def test_the_sessions_of_the_world_that_ship_are_held_out_and_hold_programs() -> None:
    paths = held_out_casts(WORLD)
    assert len(paths) == 24
    families: Counter[str | None] = Counter()
    keys = set[bytes]()
    for path in paths:
        for reference in load_session(path).references:
            families[reference.turn.family] += 1
            keys.add(reference.turn.action.keys)
    assert min(families[name] for name in ("pipelines", "control", "repl", "fullscreen", "git")) > 20
    assert {"heredoc", "ended", "make", "history", "colours", "logs"} < set(families)
    assert {b"i", b"\x1b", b":wq\r", b"q"} < keys


def test_a_terminal_that_changes_its_size_is_refused() -> None:
    recording = held_out_recording()
    recording.events.append(Event(99.0, "r", "30x10"))
    with pytest.raises(ValueError, match="one size"):
        session_of("x", recording)


def test_suites_by_name(casts: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownSuiteError, match="no such suite; there are clean, world, arithmetic, captions, horizon"):
        find_suites(["dirty"])
    target = tmp_path / "figures.json"
    outcomes = list(run_suites(["clean", "clean"], Job(lambda: Oracle(*sessions()), READERS, casts), target))
    assert len(outcomes) == 1
    assert json.loads(target.read_text())["suites"] == [outcomes[0].document]
