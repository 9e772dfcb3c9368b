"""The suite `latency`."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from oracle import Oracle, held_out_recording

from neuralsh.eval_command import readers
from trainer.casts import write_cast
from trainer.evaluate import latency
from trainer.evaluate.rollout import session_of
from trainer.evaluate.suite import Job

READERS = replace(readers(), tesseract=None)
SHELL = [sys.executable, "-S", "-c", "import sys; print(len(sys.stdin.read().split()))"]


def test_every_command_is_timed_and_fresh_shells_are_measured(tmp_path: Path) -> None:
    recording = held_out_recording()
    write_cast(recording, tmp_path / "0.cast")
    machine = Oracle(session_of("0", recording))
    outcome = latency.run(Job(lambda: machine, READERS, tmp_path, startup=SHELL))
    assert json.loads(json.dumps(outcome.document, allow_nan=False)) == outcome.document
    summary = outcome.document["summary"]
    assert summary["commands"] == len(outcome.document["commands"]) == 3
    times = outcome.document["commands"]
    assert [time["frames"] for time in times] == [3, 11, 4]
    assert all(0 < time["first_frame_ms"] <= time["total_ms"] for time in times)
    assert summary["first_frame_ms"]["p50"] == sorted(time["first_frame_ms"] for time in times)[1]
    assert summary["prompt_ms"]["max"] == max(time["total_ms"] for time in times)
    assert summary["frames_per_second"] > 0
    assert 0 < summary["start_seconds"]["p50"] <= summary["start_seconds"]["max"]
    assert 1 < summary["peak_mb_one_command"] < 200


def test_memory_is_that_of_the_shell_alone() -> None:
    small = latency.start_shell(SHELL, [b"true"])
    large = latency.start_shell([*SHELL[:-1], "x = b'1' * 100_000_000"], [b"true"])
    assert 90 < large.peak_mb - small.peak_mb < 130


def test_a_shell_that_fails_is_told_in_one_line() -> None:
    with pytest.raises(ValueError, match="exit code 3: no weights there"):
        latency.start_shell([*SHELL[:-1], "import sys; print('no weights there', file=sys.stderr); sys.exit(3)"], [])


def test_a_shell_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "LIMIT_SECONDS", 0.5)
    with pytest.raises(ValueError, match="no answer"):
        latency.start_shell([*SHELL[:-1], "import time; time.sleep(60)"], [])


def test_without_a_shell_only_the_machine_is_timed(tmp_path: Path) -> None:
    recording = held_out_recording()
    write_cast(recording, tmp_path / "0.cast")
    machine = Oracle(session_of("0", recording))
    summary = latency.run(Job(lambda: machine, READERS, tmp_path)).document["summary"]
    assert summary["start_seconds"] is None
    assert summary["peak_mb_one_command"] is None
