"""The recorder's processes, here and on Ray: one that is killed loses no recording, and the order stays."""

import shutil
import sys
from collections.abc import Iterator

import pytest
from killing import kill

from trainer.casts import Recording
from trainer.record import RecordError, Script, parse_script, record_many

pytestmark = pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)


def scripts(count: int) -> Iterator[Script]:
    for number in range(count):
        yield parse_script(f"sleep 0.1; echo {number}", number)


def said(recording: Recording) -> str:
    return "".join(event.data for event in recording.events if event.code == "o")


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
