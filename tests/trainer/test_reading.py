"""Files are read by several processes as by one: the same sessions, in the same order, with the same cells."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sessions import PROMPT, echo_session

from trainer import reading
from trainer.casts import Event, write_cast
from trainer.reading import Reading, Sessions, sessions_of
from trainer.shards import build_shards


def told(sessions: Sessions) -> list[tuple[str, bytes, bytes, bytes]]:
    """What each stream says, whatever number a cell has."""
    table, families = sessions.index.table(), list(sessions.index.families)
    found = []
    for part, streams in (("training", sessions.training), ("held out", sessions.held_out)):
        for one in streams:
            cells = table[np.maximum(one.cell, 0)].tobytes() + (one.cell < 0).tobytes()
            named = " ".join(families[family] for family in one.family).encode()
            found.append((part, one.symbol.tobytes(), cells, named))
    return found


def test_several_processes_read_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{number:02}.cast" for number in range(10)]
    for number, file in enumerate(files):
        # Two of them are the same session.
        write_cast(echo_session(number // 2 if number < 2 else number), file)
    monkeypatch.setattr(reading, "FEW", 100)
    alone = sessions_of(files, files[:2], Reading(512))
    monkeypatch.setattr(reading, "FEW", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = sessions_of(files, files[:2], Reading(512))
    assert told(together) == told(alone) and len(told(alone)) == 9
    assert sum(part == "held out" for part, *_ in told(alone)) >= 1


@pytest.mark.parametrize(
    ("prompt", "drawn"), [("\x1b[32m~\x1b[0m$ ", True), ("~$ ", False), ("\x1b[32mme\x1b[0m$ ", False), ("", True)]
)
def test_the_first_screen_is_drawn_only_where_it_can_be_known(tmp_path: Path, prompt: str, drawn: bool) -> None:
    made = echo_session(3)
    events = [Event(event.time, event.code, event.data.replace(PROMPT, prompt)) for event in made.events]
    write_cast(replace(made, events=events), tmp_path / "a.cast")
    read = sessions_of([tmp_path / "a.cast"], [], Reading(512))
    (stream,) = read.training
    assert bool(stream.noisy[stream.turn == 0].any()) == (drawn and bool(prompt))
    assert stream.noisy[stream.turn == 2].any()


def test_shards_are_read_and_trained_on_where_only_torch_is(tmp_path: Path) -> None:
    """A rented GPU has no readers of casts, no emulator and no detector."""
    build_shards([echo_session(1)], tmp_path / "shards")
    code = (
        "import sys\n"
        "for name in 'avt msgspec detect_secrets textual pytesseract ray platformdirs diffusers'.split():\n"
        "    sys.modules[name] = None\n"
        "import trainer.fit_command\n"
        "from trainer.reading import traces_of\n"
        "from pathlib import Path\n"
        "print(len([*traces_of([Path(sys.argv[1])])]))"
    )
    shard = str(next((tmp_path / "shards").glob("*.npz")))
    done = subprocess.run([sys.executable, "-c", code, shard], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.strip() == "1", done.stderr
