"""The hash of a session: training, shards and evaluation hold out the same sessions by it."""

from itertools import count
from pathlib import Path

import pytest
from sessions import PROMPT

from model.protocol import Geometry
from neuralsh.data_command import run_data
from trainer.casts import Event, Recording, write_cast
from trainer.evaluate.held_out import HeldOutError, check_held_out
from trainer.reading import Reading, sessions_of
from trainer.session_digest import recording_digest, typed_digest
from trainer.shards import build_shards, read_shard
from trainer.source import recording_of
from trainer.split import held_out_session, session_hash


def cast_of(path: Path, *lines: str, resized: bool = False) -> Path:
    """A cast of lines that print nothing; before the last of them the terminal may change its size."""
    events = [Event(0.0, "o", PROMPT)]
    for at, line in enumerate(lines, 1):
        if resized and at == len(lines):
            events.append(Event(at - 0.5, "r", "100x30"))
        events += [Event(float(at), "i", f"{line}\r"), Event(at + 0.1, "o", f"{line}\r\n{PROMPT}")]
    write_cast(Recording(Geometry(), None, events), path)
    return path


def is_held_out(*lines: str) -> bool:
    return held_out_session(session_hash(f"{line}\r".encode() for line in lines))


def test_a_session_ends_where_its_terminal_changes_size(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", "ls", "pwd", resized=True)
    recording = recording_of(path)
    build_shards([recording], tmp_path / "shards")
    (shard,) = (tmp_path / "shards").glob("*.npz")
    expected = session_hash([b"ls\r"])
    assert read_shard(shard).session_hash[0].tobytes() == expected
    assert recording_digest(recording) == typed_digest(path) == expected


@pytest.mark.parametrize("held_out", [False, True])
def test_what_evaluation_takes_after_a_change_of_size_is_not_trained_on(tmp_path: Path, held_out: bool) -> None:
    last = next(f"echo {n}" for n in count() if is_held_out(f"echo {n}") == held_out != is_held_out(f"echo {n}", "pwd"))
    path = cast_of(tmp_path / "a.cast", last, "pwd", resized=True)
    sessions = sessions_of([path], [], Reading(512))
    assert (len(sessions.training), len(sessions.held_out)) == (1 - held_out, int(held_out))
    if held_out:
        check_held_out(path)
    else:
        with pytest.raises(HeldOutError, match="not a held-out session"):
            check_held_out(path)


def test_a_held_out_session_stays_so_when_what_it_typed_is_crossed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = next(f"token={n:06}" for n in count() if is_held_out(f"token={n:06}"))
    path = cast_of(tmp_path / "a.cast", token)
    assert not held_out_session(recording_digest(recording_of(path)))
    check_held_out(path)
    sessions = sessions_of([path], [], Reading(512))
    assert not sessions.training and not sessions.held_out
    # In a shard nothing would tell.
    cast_of(tmp_path / "b.cast", "ls")
    run_data(["build", str(tmp_path), "--out", str(tmp_path / "shards")])
    (shard,) = (tmp_path / "shards").glob("*.npz")
    assert [digest.tobytes() for digest in read_shard(shard).session_hash] == [session_hash([b"ls\r"])]
    assert "a.cast: held out for evaluation by what was typed" in capsys.readouterr().err
