"""The suite `horizon`: facts are asked for as long after as they say, and shares are told by how far in."""

import json
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from oracle import Oracle, held_out_recording

from neuralsh.eval_command import readers
from trainer.casts import read_cast, write_cast
from trainer.evaluate import horizon
from trainer.evaluate.held_out import held_out_casts
from trainer.evaluate.long_sessions import DISTANCES, LONG, long_scripts, recall
from trainer.evaluate.recorded import RecordedTurn, recorded_turns
from trainer.evaluate.rollout import PixelWrite, session_of
from trainer.evaluate.suite import Job
from trainer.split import held_out_line

READERS = replace(readers(), tesseract=None)


def test_facts_are_set_once_and_asked_for_so_many_commands_later() -> None:
    (script,) = islice(long_scripts(3, 130), 1)
    lines = [line.text for line in script.lines]
    assert len(lines) == 130
    asked = dict.fromkeys(DISTANCES, 0)
    for distance in DISTANCES:
        for at, line in enumerate(script.lines):
            if line.family == recall(distance):
                name = line.text.removeprefix("echo $")
                assert lines[at - distance].startswith(f"{name}=")
                assert sum(name in other for other in lines) == 2
                assert held_out_line(line.text) and held_out_line(lines[at - distance])
                assert at >= 65
                asked[distance] += 1
    assert min(asked.values()) >= 3
    assert [line.text for line in next(iter(long_scripts(3, 130))).lines] == lines


def test_the_recordings_that_ship_are_held_out_and_show_the_facts() -> None:
    paths = held_out_casts(LONG)
    assert len(paths) == 6
    turns = [turn for turn in recorded_turns_of(paths[0]) if (turn.family or "").startswith("recall")]
    assert len(turns) == 33
    set_to = dict(turn.command.split("=", 1) for turn in recorded_turns_of(paths[0]) if "=" in turn.command)
    assert all(turn.output == [set_to[turn.command.removeprefix("echo $")]] for turn in turns)


def recorded_turns_of(path: Path) -> list[RecordedTurn]:
    return list(recorded_turns(read_cast(path)))


def without_the_end_of_pwd(keys: bytes, writes: list[PixelWrite]) -> list[PixelWrite]:
    return writes[:-1] if keys == b"pwd\r" else writes


def test_what_is_drawn_wrong_is_told_by_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = held_out_recording()
    write_cast(recording, tmp_path / "0.cast")
    monkeypatch.setattr(horizon, "STRETCHES", ((1, 2), (3, 10), (11, 20)))
    session, found = session_of("0", recording), []
    for machine in (Oracle(session), Oracle(session, slip=without_the_end_of_pwd)):
        outcome = horizon.run(Job(partial(lambda one: one, machine), READERS, tmp_path))
        assert json.loads(json.dumps(outcome.document, allow_nan=False)) == outcome.document
        found.append(outcome.document["summary"])
    right, wrong = found
    assert right["first_wrong_median"] == 4 and wrong["first_wrong_median"] == 3
    assert list(right["commands"]) == ["1-2", "3-10"] and right["facts"] == {}
    assert [share["exact"] for share in right["commands"].values()] == [2, 1]
    assert [share["exact"] for share in wrong["commands"].values()] == [2, 0]
    assert right["commands"]["3-10"]["exact_line"] == 1.0 > wrong["commands"]["3-10"]["exact_line"]
