"""``neuralsh record``: the truth in the same form as the machine's answers."""

import json
import shutil
from pathlib import Path

import pytest

from neuralsh.cli import main
from trainer.casts import read_cast


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_script_is_recorded_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, out = tmp_path / "script", tmp_path / "out.cast"
    script.write_text("#? a hint\necho hi\nfalse; echo $?\n")
    assert main(["record", "--script", str(script), "--out", str(out), "--json", "--seed", "3"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["command"], first["output"]) == ("echo hi", ["hi"])
    assert second["output"] == ["1"]
    assert [event.data for event in read_cast(out).events if event.code == "i"] == ["echo hi\r", "false; echo $?\r"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("missing", None, "missing: no such file"),
        ("binary", b"\xff\xfe", "not UTF-8"),
        ("long", b"x" * 70_000, "line 1: 70000 characters"),
        ("bad.tape", b"Nonsense 3\n", "Nonsense"),
    ],
)
def test_a_script_that_cannot_be_typed_is_one_line(
    name: str, data: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / name
    if data is not None:
        script.write_bytes(data)
    assert main(["record", "--script", str(script), "--out", str(tmp_path / "out.cast")]) in (1, 2)
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.cast").exists()


def test_there_must_be_a_folder_to_write_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "script").write_text("ls\n")
    words = ["record", "--script", str(tmp_path / "script"), "--out", str(tmp_path / "no" / "out.cast")]
    assert main(words) == 2
    assert "no such folder" in capsys.readouterr().err
