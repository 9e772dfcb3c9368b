"""Clips: cut where the terminal rests, each a recording of its own that begins with the screen as it was."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from pyarrow.parquet import ParquetFile

from model.protocol import Geometry
from trainer import clip_table
from trainer.casts import Event, Recording, cast_lines, read_cast, write_cast
from trainer.clip_table import ClipsError, build_clips, read_clips, read_provenance, rows_in
from trainer.clips import IDLE, LONGEST, SHORTEST, clips, cuts
from trainer.emulator import Emulator
from trainer.tiers import Tier

GEOMETRY = Geometry(6, 30)


def busy(seed: int, count: int = 400) -> Recording:
    """Output at random times, in colours, with commands, sizes and a full-screen program between."""
    random, now, events = Random(seed), 0.0, list[Event]()
    for number in range(count):
        now += random.choice((0.01, 0.1, 0.3, 1.5, 9.0))
        events.append(Event(now, "o", f"\x1b[{random.randrange(30, 38)}mline {number}\x1b[m\r\n$ "))
        if number % 7 == 3:
            events.append(Event(now, "i", f"echo {number}\r"))
            events.append(Event(now, "o", f"echo {number}\r\n{number}\r\n$ "))
        if number % 50 == 20:
            events.append(Event(now, "o", "\x1b[?1049h\x1b[2Jwhole screen"))
            events.append(Event(now + 0.5, "o", "\x1b[?1049l"))
        if number % 60 == 30:
            events.append(Event(now, "r", f"{random.randrange(20, 40)}x{random.randrange(4, 9)}"))
    return Recording(GEOMETRY, 1_700_000_000, events, {"env": {"SHELL": "/bin/zsh"}})


def played(recording: Recording) -> Emulator:
    """A terminal that was shown all of a recording."""
    emulator = Emulator(recording.geometry)
    for event in recording.events:
        if event.code == "o":
            emulator.feed(event.data)
        elif event.code == "r":
            columns, _, rows = event.data.partition("x")
            emulator.resize(Geometry(int(rows), int(columns)))
    return emulator


@pytest.mark.parametrize("seed", range(4))
def test_clips_follow_one_another_and_each_plays_alone(seed: int) -> None:
    recording = busy(seed)
    found = list(clips(recording))
    assert len(found) > 20
    assert all(clip.seconds <= LONGEST for clip in found) and all(clip.seconds >= SHORTEST for clip in found[:-1])
    # What one ends with, the next begins with.
    for one, other in pairwise(found):
        begun = Emulator(other.recording.geometry)
        begun.feed(other.recording.events[0].data)
        assert begun.rows() == played(one.recording).rows()
        assert begun.position() == played(one.recording).position()
    assert played(found[-1].recording).rows() == played(recording).rows()
    actions = [event.data for event in recording.events if event.code == "i"]
    assert [action for clip in found for action in clip.actions] == actions
    assert any(clip.full_screen for clip in found) and not all(clip.full_screen for clip in found)


def test_cuts_are_where_the_terminal_rests() -> None:
    times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.9, 6.0, 7.0, 8.0, 9.0, 10.0]
    events = [Event(time, "o", "x") for time in times]
    assert cuts(times, events) == [0, 5]
    events[4] = Event(4.0, "i", "ls\r")
    assert cuts(times, events) == [0, 4]
    assert cuts([], []) == [] and cuts([3.0], events[:1]) == [0]


def test_long_rests_are_shortened_and_silence_is_left_out() -> None:
    events = [Event(0.0, "o", "$ "), Event(500.0, "i", "x\r"), Event(1000.0, "o", "x\r\n$ ")]
    (clip,) = clips(Recording(GEOMETRY, None, events))
    assert clip.seconds == 2 * IDLE and clip.frames == 61
    assert not list(clips(Recording(GEOMETRY, None, [Event(0.0, "i", "x")])))
    assert not list(clips(Recording(GEOMETRY, None, [])))


def test_what_is_known_of_a_clip() -> None:
    events = [Event(0.0, "o", "$ "), Event(1.0, "i", "ls -la\r")]
    events += [Event(1.0 + 0.1 * at, "o", character) for at, character in enumerate("ls -la")]
    events.append(Event(2.0, "o", "\r\n\x1b[31mapple\x1b[m\r\nfig\r\n$ "))
    (clip,) = clips(Recording(GEOMETRY, 1_700_000_000, events))
    assert clip.actions == ("ls -la\r",) and clip.actions_a_second == 0.5
    assert clip.keystroke == pytest.approx(0.1)
    assert clip.colours == 2 and 0.2 < clip.coloured < 0.4 and clip.filled == pytest.approx(15 / 180)
    assert clip.captions == {
        Tier.SEMANTIC: "List the files.",
        Tier.REGULAR: "The user runs `ls -la`; 2 lines are printed.",
        Tier.LITERAL: "The terminal prints: apple / fig",
    }


def test_a_clip_keeps_of_the_header_the_terminal_and_the_shell() -> None:
    header = {"title": "deploy", "command": "mysql --password=x", "term": {"cols": 9, "type": "xterm", "x": "ada"}}
    header |= {"env": {"SHELL": "/home/ada/bin/fish", "API_TOKEN": "secret"}}
    (clip,) = clips(Recording(GEOMETRY, None, [Event(0.0, "o", "x")], header))
    assert clip.recording.header == {"term": {"type": "xterm"}, "env": {"SHELL": "fish"}}


def test_clips_without_actions_have_captions_too() -> None:
    (clip,) = clips(Recording(GEOMETRY, None, [Event(0.0, "o", "one\r\ntwo\r\n")]))
    assert clip.captions[Tier.SEMANTIC] == "Watch what the terminal shows."
    assert clip.captions[Tier.REGULAR] == "The terminal goes on; 2 lines are printed."
    assert clip.captions[Tier.LITERAL] == "The terminal prints: one / two"


@pytest.fixture(name="folder")
def of_recordings(tmp_path: Path) -> Path:
    """Some casts, one of them broken, one with a secret."""
    folder = tmp_path / "casts"
    folder.mkdir()
    for seed in range(4):
        write_cast(busy(seed, 60), folder / f"{seed}.cast")
    secret = Recording(GEOMETRY, None, [Event(0.0, "o", "AKIAIOSFODNN7EXAMPLQ\r\n$ ")])
    write_cast(secret, folder / "4.cast")
    (folder / "5.cast").write_text("no cast")
    (tmp_path / "list.tsv").write_text("file\trepo\tlicense\n0.cast\tsome/one\tMIT\n")
    return folder


def test_tables_hold_clips_that_play_and_where_they_came_from(folder: Path, tmp_path: Path) -> None:
    files, told = sorted(folder.glob("*.cast")), list[str]()
    provenance = read_provenance(tmp_path / "list.tsv")
    out = tmp_path / "out"
    manifest = build_clips(files, out, (), provenance, lambda path, problem: told.append(problem or ""))
    rows = list(rows_in(out))
    assert manifest["clips"] == len(rows) > 10 and manifest["recordings"] == 5 and manifest["left_out"] == 1
    assert len(told) == 6 and "5.cast" in told[5] and not any(told[:5])
    assert {row["file"]: row["license"] for row in rows}["0.cast"] == "MIT"
    assert {row["shell"] for row in rows} == {"zsh", ""}
    assert "AKIA" not in json.dumps(rows)
    for row in rows:
        path = tmp_path / "one.cast"
        path.write_text(row["cast"], "utf-8")
        again = read_cast(path)
        assert "".join(cast_lines(again)) == row["cast"] and again.geometry == Geometry(row["rows"], row["columns"])


def test_a_stopped_build_goes_on_and_gives_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_table, "PER_TABLE", 2)
    files = sorted(folder.glob("*.cast"))
    whole = build_clips(files, tmp_path / "whole")

    def stop() -> Iterator[None]:
        yield from (None,) * 3
        raise KeyboardInterrupt

    stopping = stop()
    with pytest.raises(KeyboardInterrupt):
        build_clips(files, tmp_path / "parts", told=lambda path, problem: next(stopping))
    assert len(list((tmp_path / "parts").glob("clips-*"))) == 1
    assert build_clips(files, tmp_path / "parts") == whole and len(whole["tables"]) == 3
    with pytest.raises(ClipsError, match="clips of other recordings"):
        build_clips(files[1:], tmp_path / "parts")
    (tmp_path / "parts" / "clips-00001.parquet").write_bytes(b"changed")
    with pytest.raises(ClipsError, match="not what the manifest says"):
        build_clips(files, tmp_path / "parts")


def test_clips_that_memory_may_not_hold_are_cut_and_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, told = sorted(folder.glob("*.cast")), list[str]()
    whole = build_clips(files, tmp_path / "whole")
    rows = list(rows_in(tmp_path / "whole"))
    longest = max(sum(len(row["cast"]) for row in rows if row["file"] == file.name) for file in files)
    # Rows are written in groups, and are the same.
    monkeypatch.setattr(clip_table, "MOST", longest)
    grouped = build_clips(files, tmp_path / "grouped")
    assert ParquetFile(tmp_path / "grouped" / "clips-00000.parquet").num_row_groups > 1
    assert list(rows_in(tmp_path / "grouped")) == rows
    assert {name: grouped[name] for name in ("clips", "seconds", "recordings", "left_out", "licences")} == {
        name: whole[name] for name in ("clips", "seconds", "recordings", "left_out", "licences")
    }
    # What is behind the most that a recording may have is left out, and that is said.
    recording = read_cast(files[0])
    write_cast(recording, tmp_path / "one.cast")
    monkeypatch.setattr(clip_table, "MOST", 2 * len(rows[0]["cast"]))
    manifest = build_clips(
        [tmp_path / "one.cast"], tmp_path / "cut", told=lambda path, problem: told.append(problem or "")
    )
    cut = [row["cast"] for row in rows_in(tmp_path / "cut")]
    assert 0 < len(cut) < len(rows) and cut == [row["cast"] for row in rows][: len(cut)]
    assert f"behind its first {len(cut)} clips" in told[0] and manifest["recordings"] == 1


def test_few_recordings_are_begun_before_one_is_taken(folder: Path) -> None:
    files, begun = sorted(folder.glob("*.cast")) * 5, list[Path]()

    def begin() -> Iterator[Path]:
        for file in files:
            begun.append(file)
            yield file

    with ThreadPoolExecutor(2) as pool:
        made = clip_table._in_order(pool, 3, lambda path: path.name, begin())
        assert next(made) == files[0].name and len(begun) == 4
        assert [files[0].name, *made] == [file.name for file in files]


def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(ClipsError, match="cannot be read as clips"):
        read_clips(tmp_path / "x.parquet")
    with pytest.raises(ClipsError, match="holds no clips"):
        list(rows_in(tmp_path))
    (tmp_path / "list.tsv").write_text("name\tx\na\tb\n")
    with pytest.raises(ClipsError, match="needs the columns"):
        read_provenance(tmp_path / "list.tsv")
    with pytest.raises(ClipsError, match="cannot be read as a list"):
        read_provenance(tmp_path / "missing.tsv")
