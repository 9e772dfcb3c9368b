"""Asciicasts of every version, whole, cut, packed and broken."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.protocol import Geometry
from trainer.casts import CastError, Event, Recording, printed, read_cast, write_cast

SHARED = Path(__file__).parents[2].parent / "shared"

V1: dict[str, Any] = {"version": 1, "width": 80, "height": 24, "env": None, "stdout": [[0.5, "a"], [0.25, "żółć"]]}
V2: list[Any] = [
    {"version": 2, "width": 80, "height": 24, "timestamp": 1504467315},
    [0.5, "o", "a"],
    [0.75, "i", "ls\r"],
    [0.75, "r", "100x30"],
    [1, "z", {"not": "known"}],
    [1, "o", "żółć"],
]
V3: list[Any] = [
    {"version": 3, "term": {"cols": 80, "rows": 24, "type": "xterm"}, "timestamp": 1504467315, "title": "t"},
    [0.5, "o", "a"],
    [0.25, "m", "family:ls"],
    [0.0, "i", "ls\r"],
    [0.25, "o", "żółć"],
    [0.5, "x", "0"],
]


def save(path: Path, documents: list[Any] | str | bytes) -> Path:
    """A file of JSON lines, of text, or of bytes."""
    if isinstance(documents, list):
        documents = "\n".join(json.dumps(document) for document in documents) + "\n"
    path.write_bytes(documents.encode() if isinstance(documents, str) else documents)
    return path


@pytest.mark.parametrize("indent", [None, 2])
def test_version_1(tmp_path: Path, indent: int | None) -> None:
    recording = read_cast(save(tmp_path / "a.cast", json.dumps(V1, indent=indent)))
    assert recording.geometry == Geometry(24, 80) and recording.timestamp is None and not recording.truncated
    assert recording.events == [Event(0.5, "o", "a"), Event(0.75, "o", "żółć")]


def test_version_2(tmp_path: Path) -> None:
    recording = read_cast(save(tmp_path / "a.cast", V2))
    assert (recording.geometry, recording.timestamp) == (Geometry(24, 80), 1504467315)
    assert [(e.time, e.code) for e in recording.events] == [(0.5, "o"), (0.75, "i"), (0.75, "r"), (1.0, "o")]


def test_version_3_with_comments_and_blank_lines(tmp_path: Path) -> None:
    lines = [json.dumps(document) for document in V3]
    text = "# first\n" + "\n# [1.0, no\n\n".join(lines) + "\n\n"
    recording = read_cast(save(tmp_path / "a.cast", text))
    assert [e.time for e in recording.events] == [0.5, 0.75, 0.75, 1.0, 1.5]
    assert recording.events[-1] == Event(1.5, "x", "0") and recording.header["title"] == "t"


def test_sizes_as_text_and_time_that_runs_back(tmp_path: Path) -> None:
    header = {"version": 2, "width": "80", "height": "10"}
    recording = read_cast(save(tmp_path / "a.cast", [header, [2.0, "o", "a"], [1.0, "o", "b"], ["3", "o", "c"]]))
    assert recording.geometry == Geometry(10, 80)
    assert [e.time for e in recording.events] == [2.0, 2.0, 3.0]


def test_half_a_surrogate_pair_becomes_a_character(tmp_path: Path) -> None:
    text = json.dumps(V2[0]) + '\n[1.0, "o", "a\\ud83d"]\n[1.0, "o", "\\ud83d\\ude00"]\n'
    assert [e.data for e in read_cast(save(tmp_path / "a.cast", text)).events] == ["a\ufffd", "😀"]


@pytest.mark.parametrize("documents", [V2, V3], ids=["v2", "v3"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_cut_anywhere_gives_what_is_whole(tmp_path: Path, documents: list[Any], packed: bool) -> None:
    whole = read_cast(save(tmp_path / "whole.cast", documents))
    data = (tmp_path / "whole.cast").read_bytes()
    data = gzip.compress(data) if packed else data
    header = len(json.dumps(documents[0])) + 1
    counts = []
    for cut in range(len(data) - 1 if packed else header, len(data) + 1, 1):
        recording = read_cast(save(tmp_path / "cut.cast", data[:cut]))
        assert recording.events == whole.events[: len(recording.events)]
        counts.append(len(recording.events))
    assert counts == sorted(counts) and counts[-1] == len(whole.events)
    assert read_cast(save(tmp_path / "cut.cast", data[:-6])).truncated


def test_gzip_cut_in_half_gives_what_is_whole(tmp_path: Path) -> None:
    documents = [V2[0], *([i, "o", f"{i * 7919} line"] for i in range(2000))]
    data = gzip.compress(save(tmp_path / "whole.cast", documents).read_bytes())
    recording = read_cast(save(tmp_path / "half.cast", data[: len(data) // 2]))
    assert recording.truncated and 100 < len(recording.events) < 1900
    assert recording.events[99] == Event(99.0, "o", "783981 line")


def test_version_1_cut_gives_what_is_whole(tmp_path: Path) -> None:
    recording = read_cast(save(tmp_path / "a.cast", json.dumps(V1)[:-8]))
    assert recording.truncated and recording.events == [Event(0.5, "o", "a")]
    with pytest.raises(CastError, match="broken JSON"):
        read_cast(save(tmp_path / "b.cast", json.dumps(V1)[:30]))


BROKEN: list[tuple[str, list[Any] | str | bytes, str]] = [
    ("empty", "", "empty"),
    ("picture", b"\x89PNG\r\n\x1a\n", "line 1: not an asciicast"),
    ("version", [{"version": 5}], "asciicast version 5"),
    ("no size", [{"version": 2}], "no size"),
    ("no columns", [{"version": 2, "width": 0, "height": 24}], "0x24 cannot be drawn"),
    ("billion", [{"version": 2, "width": 10**9, "height": 24}], "1000000000x24 cannot be drawn"),
    ("too wide", [{"version": 3, "term": {"cols": 251, "rows": 24}}], "251x24 cannot be drawn: use 1x1 to 250x100"),
    ("half a column", [{"version": 2, "width": 80.5, "height": 24}], "no size"),
    ("resize", [*V2[:2], [1, "r", "9999x1"]], "line 3: a terminal of 9999x1"),
    ("resize text", [*V2[:2], [1, "r", "wide"]], "'wide' is not a size"),
    ("middle", [V2[0], {"a": 1}, V2[1]], "line 2: not an event"),
    ("middle JSON", json.dumps(V2[0]) + "\nlol!\n" + json.dumps(V2[1]), "line 2: not a JSON event: 'lol!'"),
    ("data", [V2[0], [1, "o", True]], "line 2: the data of an event 'o' are not text"),
    ("time", [V2[0], ["soon", "o", "a"]], "not a time"),
    ("infinity", json.dumps(V2[0]) + '\n[Infinity, "o", "a"]\n', "inf is not a time"),
    ("timestamp", [{**V2[0], "timestamp": 1e300}], "timestamp"),
    ("before 1970", [{**V2[0], "timestamp": -100}], "timestamp '-100' is not a time"),
    ("stdout", json.dumps({**V1, "stdout": 3}), "stdout"),
    ("deep", "[" * 100_000, "not an asciicast"),
    ("deep event", json.dumps(V2[0]) + "\n" + "[" * 100_000 + "\n", "nested too deeply"),
    ("digits", json.dumps(V2[0]) + "\n[" + "9" * 10_000 + ', "o", ""]\n[1, "o", ""]\n', "line 2"),
    ("gzip", gzip.compress(json.dumps(V2[0]).encode())[:-12] + b"broken bytes", "gzip"),
]


@pytest.mark.parametrize(("documents", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_broken_files_get_one_clear_line(tmp_path: Path, documents: list[Any] | str | bytes, message: str) -> None:
    with pytest.raises(CastError) as caught:
        read_cast(save(tmp_path / "a.cast", documents))
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "a.cast")) and len(str(caught.value)) < 300


def test_missing_files_and_floods_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CastError, match="cannot be read"):
        read_cast(tmp_path / "none.cast")
    with pytest.raises(CastError, match="cannot be read"):
        read_cast(tmp_path)
    bomb = gzip.compress(json.dumps(V2[0]).encode() + b"\n" + bytes(10**7))
    with pytest.raises(CastError, match="larger than 1000000 bytes"):
        read_cast(save(tmp_path / "a.cast", bomb), max_bytes=10**6)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_bytes_are_a_recording_or_a_clear_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = "\n".join(json.dumps(document) for document in data.draw(st.sampled_from([V2, V3, [V1]]))).encode()
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 20))
    payload = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + cut :]
    path = save(tmp_path_factory.getbasetemp() / "fuzz.cast", payload)
    try:
        recording = read_cast(path)
    except CastError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert all(a.time <= b.time for a, b in zip(recording.events, recording.events[1:], strict=False))


def outcome(path: Path) -> Recording | str:
    """What reading a file gives, or what it says."""
    try:
        return read_cast(path)
    except CastError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_lines_read_at_once_are_read_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    piece = st.sampled_from(
        [
            *('"', "]", "[", ",", '"o"', "\n", "[1.5", '"]\n["', "[2]\n[3]", "#", "1e999", "NaN", "true", "-1", ""),
            *("\\ud800", "\\u00e9", "\t", "\r", " ", "\0", "\x7f", "09", "2e-3", ',"x"', '[2,"o","b"]', '"1"', "null"),
        ]
    )
    known = (
        [event for event in V2 if isinstance(event, dict) or event[1:2] != ["z"]] if data.draw(st.booleans()) else V3
    )
    text = "\n".join(json.dumps(document) for document in known)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(text.index("\n"), len(text)))
        text = text[:at] + data.draw(piece) + text[at + data.draw(st.integers(0, 3)) :]
    path = tmp_path_factory.getbasetemp() / "same.cast"
    at_once = outcome(save(path, text))
    # What is packed is read line by line.
    assert at_once == outcome(save(path, gzip.compress(text.encode())))


def test_what_is_printed_between_sizes_is_one_text() -> None:
    kinds = [("o", "a"), ("i", "ls\r"), ("o", "b"), ("r", "100x30"), ("m", "x"), ("r", "10x3"), ("o", "c")]
    events = [Event(float(at), *kind) for at, kind in enumerate(kinds)]
    assert list(printed(events)) == [(None, "ab"), (Geometry(30, 100), ""), (Geometry(3, 10), "c")]
    assert list(printed([])) == [(None, "")]


events = st.lists(st.builds(Event, st.floats(0, 1e6), st.sampled_from("oim"), st.text(max_size=20)), max_size=20)


@settings(max_examples=100, deadline=None)
@given(events, st.none() | st.integers(0, 2**31))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], timestamp: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.cast"
    recording = Recording(Geometry(30, 100), timestamp, sorted(events, key=lambda e: e.time), {"title": "żółć"})
    write_cast(recording, path)
    first, again = path.read_bytes(), read_cast(path)
    assert (again.geometry, again.timestamp) == (recording.geometry, timestamp) and again.header["title"] == "żółć"
    assert [(e.code, e.data) for e in again.events] == [(e.code, e.data) for e in recording.events]
    assert all(abs(a.time - b.time) < 2e-6 for a, b in zip(again.events, recording.events, strict=True))
    write_cast(again, path)
    assert path.read_bytes() == first


def test_writing_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    path = save(tmp_path / "a.cast", V2)
    before = path.read_bytes()
    broken: Any = [Event(0.0, "o", "a"), Event(1.0, "o", b"bytes")]  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        write_cast(Recording(Geometry(), None, broken), path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    with pytest.raises(CastError, match="cannot be written"):
        write_cast(Recording(Geometry(), None, []), tmp_path / "none" / "a.cast")


@pytest.mark.skipif(not (SHARED / "casts").is_dir(), reason="no public recordings beside the repository")
def test_public_recordings() -> None:
    paths = sorted((SHARED / "casts").glob("*.cast"))[::5]
    recordings = [read_cast(path) for path in paths]
    assert recordings and not any(recording.truncated for recording in recordings)


@pytest.mark.skipif(not (SHARED / "casts_odd").is_dir(), reason="no odd recordings beside the repository")
def test_odd_public_recordings() -> None:
    with (SHARED / "casts_odd" / "INDEX.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        path = SHARED / "casts_odd" / row["file"]
        refused = "too-wide" in row["reason"] or "version=" in row["reason"] or "malformed" in row["reason"]
        try:
            read_cast(path)
        except CastError as error:
            size = f"{row['width']}x{row['height']}"
            assert refused or size in str(error) or row["file"].endswith(("ls.4.cast", "invalid-data.cast", "2.cast"))
            assert len(str(error).splitlines()) == 1
        else:
            assert not refused, row["file"]
    assert rows
