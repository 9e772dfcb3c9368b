"""The suite `general`, on a machine that draws recordings right, and on recordings that cannot be drawn."""

from dataclasses import replace
from pathlib import Path

import pytest
from oracle import Oracle, held_out_recording

from neuralsh.eval_command import readers
from trainer.casts import Event, Recording, write_cast
from trainer.evaluate import general
from trainer.evaluate.rollout import PixelWrite, session_of
from trainer.evaluate.suite import Job

READERS = replace(readers(), tesseract=None)


def job(casts: Path | None, slip: object = None) -> Job:
    sessions = [session_of(str(number), held_out_recording(number)) for number in range(2)]
    machine = Oracle(*sessions, slip=slip) if slip else Oracle(*sessions)  # type: ignore[arg-type]
    return Job(lambda: machine, READERS, casts)


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    """Two recordings of three commands, one without any, and a file that is none."""
    for number in range(2):
        write_cast(held_out_recording(number), tmp_path / f"{number}.cast")
    mute = held_out_recording(0)
    write_cast(Recording(mute.geometry, None, [Event(0.0, "o", "hello")], {}), tmp_path / "mute.cast")
    (tmp_path / "none.cast").write_text("no cast\n")
    return tmp_path


def test_what_is_drawn_as_recorded_is_right_and_what_cannot_be_drawn_is_counted(casts: Path) -> None:
    outcome = general.run(job(casts))
    summary = outcome.document["summary"]
    assert (summary["recordings"], summary["turns"], summary["left_out"], summary["exact"]) == (2, 6, 1, 6)
    assert summary["char_acc"] == summary["changed_read"] == summary["changed_near"] == 1.0
    assert summary["psnr"] == 100.0 and not outcome.wrong


def test_what_is_drawn_wrong_is_charged_to_its_turn(casts: Path) -> None:
    def slip(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
        return [(address, tiles[::-1]) for address, tiles in writes] if keys == b"pwd\r" else writes

    outcome = general.run(job(casts, slip))
    summary = outcome.document["summary"]
    assert summary["exact"] == 4 and summary["char_acc"] < 1 and 0 < summary["changed_read"] < 1
    assert [wrong.line for wrong in outcome.wrong] == ["pwd", "pwd"]


def test_a_long_turn_ends_a_recording(casts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(general, "TURNS", 2)
    assert general.run(job(casts)).document["summary"]["turns"] == 4
    monkeypatch.setattr(general, "WRITES", 0)
    with pytest.raises(ValueError, match="holds no recording that shows a command"):
        general.run(job(casts))


def test_recordings_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for number, folder in enumerate("ab"):
        (tmp_path / folder).mkdir()
        write_cast(held_out_recording(number), tmp_path / folder / "session.cast")
    assert list(general.recordings_in(tmp_path)) == ["a/session.cast", "b/session.cast"]


def test_recordings_are_asked_for() -> None:
    with pytest.raises(ValueError, match="general: needs recordings: give --casts FOLDER"):
        general.run(job(None))
