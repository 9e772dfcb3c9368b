"""``neuralsh data``: recordings become shards, which are inspected, played and merged, and nothing broken passes."""

import json
from pathlib import Path

import pytest

from model.protocol import Geometry
from neuralsh.cli import main
from trainer.casts import Event, Recording, write_cast
from trainer.shards import MANIFEST, read_shard, shard_traces


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    """Three recordings, one of which holds a password, and a file that is none."""
    folder = tmp_path / "casts"
    folder.mkdir()
    for number, line in enumerate(("echo one", "echo two", "export TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789")):
        shown = line.removeprefix("echo ") if line.startswith("echo") else ""
        events = [Event(0.0, "o", "~$ "), Event(1.0, "m", "family:echo"), Event(1.0, "i", f"{line}\r")]
        events.append(Event(1.1, "o", f"{line}\r\n{shown}\r\n~$ "))
        write_cast(Recording(Geometry(6, 60), 1_700_000_000, events, {}), folder / f"{number}.cast")
    (folder / "9.cast").write_text("no cast\n")
    return folder


def built(casts: Path, out: Path, *more: str) -> int:
    return main(["data", "build", str(casts), "--out", str(out), *more])


def test_recordings_are_packed_without_their_secrets_and_the_broken_are_told(
    casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shards"
    assert built(casts, out, "--per-shard", "2") == 0
    told = capsys.readouterr()
    assert (
        "3 sessions, 3 actions; 1 could not be read" in told.out and "left out: " in told.err and "9.cast" in told.err
    )
    assert "2.cast: crossed out: password (2)" in told.err
    manifest = json.loads((out / MANIFEST).read_text())
    assert [shard["sessions"] for shard in manifest["shards"]] == [2, 1] and manifest["families"]["echo"] == 3
    keys = [
        t.action.keys for path in sorted(out.glob("*.npz")) for s in shard_traces(read_shard(path)) for t in s.turns
    ]
    assert b"echo one\r" in keys and not any(b"ghp_abcdef" in one for one in keys)
    # The same again changes nothing.
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert built(casts, out, "--per-shard", "2") == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_shards_hold_is_told_and_what_was_altered_is_refused(
    casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shards"
    built(casts, out)
    capsys.readouterr()
    assert main(["data", "info", str(out)]) == 0
    told = capsys.readouterr().out
    assert "shard-00000.npz" in told and "echo" in told and "1.000" in told
    shard = out / "shard-00000.npz"
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    assert main(["data", "info", str(out)]) == 1
    assert "not what the manifest says" in capsys.readouterr().err
    assert main(["data", "info", str(tmp_path)]) == 1
    assert "holds no shards" in capsys.readouterr().err


def test_a_session_is_played_as_text_where_there_is_no_terminal(
    casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shards"
    built(casts, out, "--per-shard", "1")
    capsys.readouterr()
    assert main(["data", "play", str(out), "2"]) == 0
    assert capsys.readouterr().out.splitlines() == ["-- ''", "~$", "-- 'echo two'", "~$ echo two", "two", "~$"]
    assert main(["data", "play", str(out), "4"]) == 2
    assert "has 3 sessions, and no number 4" in capsys.readouterr().err


def test_merged_shards_hold_each_session_once(casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, out = tmp_path / "one", tmp_path / "two", tmp_path / "out"
    built(casts, one)
    (casts / "0.cast").unlink()
    built(casts, two, "--per-shard", "1")
    assert main(["data", "merge", str(one), str(two), "--out", str(out), "--per-shard", "2"]) == 0
    manifest = json.loads((out / MANIFEST).read_text())
    assert [shard["sessions"] for shard in manifest["shards"]] == [2, 1]
    assert main(["data", "merge", str(out), "--out", str(out)]) == 2
    assert "is one of those that are merged" in capsys.readouterr().err


def test_a_folder_goes_on_with_the_same_files_and_names_alone(
    casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shards, merged, clips = (tmp_path / name for name in ("shards", "merged", "clips"))
    merge = ["data", "merge", str(shards), "--out", str(merged)]
    cut = ["data", "clips", str(casts), "--out", str(clips)]
    assert built(casts, shards, "--hide", "bob") == main(merge) == main([*cut, "--hide", "bob"]) == 0
    assert "bob" not in (shards / MANIFEST).read_text()
    assert built(casts, shards, "--hide", "bob") == main(merge) == main([*cut, "--hide", "bob"]) == 0
    (tmp_path / "list.tsv").write_text("file\trepo\n1.cast\tsome/one\n")
    capsys.readouterr()
    assert built(casts, shards) == built(casts, shards, "--hide", "ada") == main(cut) == 1
    assert main([*cut, "--hide", "bob", "--provenance", str(tmp_path / "list.tsv")]) == 1
    (casts / "0a.cast").write_bytes((casts / "0.cast").read_bytes())
    assert built(casts, shards, "--hide", "bob") == main(["data", "merge", *merge[2:3] * 2, *merge[3:]]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 6 and all("other recordings" in line for line in told)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["data"], "WHAT"),
        (["data", "build", "nowhere", "--out", "x"], "no such file"),
        (["data", "play", "nowhere.npz", "0"], "1 or more"),
        (["data", "merge", "nowhere.npz", "--out", "x"], "nowhere.npz"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(
    argv: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(argv) in (1, 2)
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


@pytest.mark.parametrize("what", ["info", "play"])
def test_what_is_no_shard_is_told_so(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    assert main(["data", what, str(tmp_path / MANIFEST)]) == 1
    assert capsys.readouterr().err == (
        f"neuralsh: {tmp_path / MANIFEST}: not a shard: name files that end in .npz or .parquet\n"
    )


def test_shards_become_parquet_and_come_back(casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compact, open_form, again = (tmp_path / name for name in ("compact", "open", "again"))
    built(casts, compact)
    assert main(["data", "merge", str(compact), "--out", str(open_form), "--format", "parquet"]) == 0
    assert [path.name for path in open_form.glob("shard-*")] == ["shard-00000.parquet"]
    assert main(["data", "info", str(open_form)]) == 0 and "shard-00000.parquet" in capsys.readouterr().out
    assert main(["data", "merge", str(open_form), "--out", str(again)]) == 0
    name = "shard-00000.npz"
    assert (again / name).read_bytes() == (compact / name).read_bytes()


def test_recordings_become_clips_and_what_they_hold_is_told(
    casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "clips"
    (tmp_path / "list.tsv").write_text("file\trepo\tlicense\n1.cast\tsome/one\tMIT\n")
    arguments = ["data", "clips", str(casts), "--out", str(out), "--provenance", str(tmp_path / "list.tsv")]
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert "9.cast" in told.err and str(out / "clips.json") in told.out
    assert main(["data", "info", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "MIT" in shown and "no licence seen" in shown and shown.splitlines()[:4] == told.out.splitlines()[:4]
    (out / "clips-00000.parquet").write_bytes(b"")
    assert main(["data", "info", str(out)]) == 1
    assert "not what the manifest says" in capsys.readouterr().err
    assert main(["data", "clips", str(tmp_path / "clips"), "--out", str(out)]) == 2
