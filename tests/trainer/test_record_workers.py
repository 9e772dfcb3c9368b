"""The recorder's processes, here and on Ray: one that is killed loses no recording, and the order stays."""

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, sleep

import psutil
import pytest

from trainer.casts import Recording
from trainer.record import RecordError, Script, on_ray, parse_script, record_many

pytestmark = pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)


def scripts(count: int) -> Iterator[Script]:
    for number in range(count):
        yield parse_script(f"sleep 0.1; echo {number}", number)


def said(recording: Recording) -> str:
    return "".join(event.data for event in recording.events if event.code == "o")


def kill(word: str, patience: float = 60) -> bool:
    """Kills the first process below this one whose command line has a word, once there is one; whether there was."""
    until = monotonic() + patience
    while monotonic() < until:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if any(word in part for part in process.cmdline()):
                    process.kill()
                    return True
        sleep(0.05)
    return False


def test_a_killed_process_loses_no_recording() -> None:
    expected = list(record_many(scripts(30), workers=1))
    recordings = record_many(scripts(30), workers=2)
    found = [next(recordings)]
    assert kill("trainer.record.worker")
    found += recordings
    assert [one.events for one in found] == [one.events for one in expected]
    assert all(f"\r\n{number}\r\n" in said(one) for number, one in enumerate(found))


def test_processes_that_die_again_and_again_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RecordError, match="3 recording processes died in a row"):
        list(record_many(scripts(1), workers=1))


def test_ray_records_the_same_in_the_same_order_and_a_killed_process_loses_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(on_ray, "BATCH", 4)
    monkeypatch.setattr(on_ray, "PART", 16)
    try:
        with ThreadPoolExecutor() as pool:
            killed = pool.submit(kill, "ray::MapBatches")
            found = list(on_ray.record_on_ray(scripts(20)))
            assert killed.result()
    finally:
        ray.shutdown()
    assert [one.events for one in found] == [one.events for one in record_many(scripts(20))]
