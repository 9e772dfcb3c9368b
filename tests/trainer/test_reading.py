"""Files are read by several processes as by one: the same sessions, in the same order, with the same cells."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sessions import PROMPT, echo_session

from trainer import reading
from trainer.casts import Event, read_cast, write_cast
from trainer.evaluate.held_out import check_held_out
from trainer.reading import Reading, Sessions, sessions_of
from trainer.shards import build_shards, merged
from trainer.source import SplitError, recording_of, recording_to_train_on
from trainer.split import held_out_session, session_hash
from trainer.targets import trace


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


def test_recordings_without_actions_are_not_the_same(tmp_path: Path) -> None:
    for number, text in enumerate(("one", "two", "one")):
        write_cast(replace(echo_session(1), events=[Event(0.0, "o", text)]), tmp_path / f"{number}.cast")
    files = sorted(tmp_path.glob("*.cast"))
    assert len(sessions_of(files, [], Reading(512)).training) == 2
    build_shards((trace(read_cast(file)) for file in files), tmp_path / "shards")
    assert len(list(merged([tmp_path / "shards"]))) == 2
    # Those that stand apart keep no other of them away.
    read = sessions_of(files, files[:1], Reading(512))
    assert (len(read.training), len(read.held_out)) == (1, 1)


def test_what_was_typed_in_sessions_apart_is_not_trained_on(tmp_path: Path) -> None:
    made = echo_session(3)
    later = [Event(event.time, event.code, event.data.replace("~", "/")) for event in made.events]
    write_cast(made, tmp_path / "a.cast")
    write_cast(replace(made, events=later), tmp_path / "b.cast")
    both = sessions_of([tmp_path / "a.cast", tmp_path / "b.cast"], [], Reading(512))
    assert len(both.training) == 2
    read = sessions_of([tmp_path / "b.cast"], [tmp_path / "a.cast"], Reading(512))
    assert (len(read.training), len(read.held_out)) == (0, 1)


def test_a_session_is_one_in_training_in_shards_and_in_evaluation(tmp_path: Path) -> None:
    number = next(n for n in range(1000) if held_out_session(session_hash([f"echo {n}\r".encode()])))
    events = [Event(0.0, "o", PROMPT), *(Event(1.0, "i", key) for key in f"echo {number}\r"), Event(2.0, "r", "90x20")]
    events += [Event(3.0, "i", "ls\r"), Event(4.0, "o", PROMPT)]
    path = tmp_path / "a.cast"
    write_cast(replace(echo_session(1), events=events), path)
    check_held_out(path)
    assert not sessions_of([path], [], Reading(512)).training
    assert build_shards([recording_to_train_on(path)], tmp_path / "shards")["held_out"] == 1


def test_a_session_that_crossing_out_would_move_to_training_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (f"TOKEN={number}\r" for number in range(100, 1000))
    line = next(line for line in lines if held_out_session(session_hash([line.encode()])))
    assert not held_out_session(session_hash([b"TOKEN=xxx\r"]))
    path = tmp_path / "a.cast"
    write_cast(replace(echo_session(1), events=[Event(0.0, "o", PROMPT), Event(1.0, "i", line)]), path)
    check_held_out(path)
    read = sessions_of([path], [], Reading(512))
    assert not read.training and not read.held_out
    assert "left out: " in capsys.readouterr().err
    with pytest.raises(SplitError, match="held out for evaluation"):
        recording_to_train_on(path)
    assert recording_of(path).events[1].data == "TOKEN=xxx\r"


@pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)
def test_secrets_of_tapes_are_crossed_out(tmp_path: Path) -> None:
    tape = tmp_path / "a.tape"
    tape.write_text('Type "echo bobhost; API_TOKEN=s3cr3t"\nEnter\n')
    made = recording_of(tape, ["bobhost"])
    assert [event.data for event in made.events if event.code == "i"] == ["echo xxxxxxx; API_TOKEN=xxxxxx\r"]
    assert not any(word in event.data for event in made.events for word in ("bobhost", "s3cr3t"))


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
