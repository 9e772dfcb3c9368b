"""``neuralsh record``: the truth in the same form as the machine's answers."""

import json
import shutil
from pathlib import Path

import pytest

from neuralsh.cli import main
from neuralsh.options import record_parser
from trainer.casts import read_cast
from trainer.record import Limits


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_script_is_recorded_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, out = tmp_path / "script", tmp_path / "out.cast"
    script.write_text("#? a hint\necho hi\nfalse; echo $?\n")
    assert main(["record", "--script", str(script), "--out", str(out), "--json", "--seed", "3"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["command"], first["output"]) == ("echo hi", ["hi"])
    assert second["output"] == ["1"]
    assert [event.data for event in read_cast(out).events if event.code == "i"] == ["echo hi\r", "false; echo $?\r"]


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_what_is_recorded_beside_the_script_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, out = tmp_path / "script", tmp_path / "out.cast"
    script.write_text("sleep 30\nexit\necho b\n")
    assert main(["record", "--script", str(script), "--out", str(out)]) == 0
    assert [event.data for event in read_cast(out).events if event.code == "i"] == ["sleep 30\r", "\x03", "exit\r"]
    assert capsys.readouterr().err.splitlines() == [
        "neuralsh: command 1: 'sleep 30' did not end by itself: Ctrl-C was typed, and is recorded",
        "neuralsh: command 2: 'exit' ended the shell: 1 line was not typed",
    ]


def test_the_help_tells_what_a_command_may_take() -> None:
    limits = Limits()
    said = " ".join(record_parser().format_help().split())
    assert f"longer than {limits.seconds} s, prints more than {limits.output // 1024} KiB" in said


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("missing", None, "missing: no such file"),
        ("binary", b"\xff\xfe", "binary: not UTF-8"),
        ("long", b"x" * 70_000, "long: line 1: 70000 characters"),
        ("bad.tape", b"Nonsense 3\n", "bad.tape: line 1: 'Nonsense'"),
    ],
)
def test_a_script_that_cannot_be_typed_is_one_line(
    name: str, data: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / name
    if data is not None:
        script.write_bytes(data)
    code = 2 if data is None else 1
    assert main(["record", "--script", str(script), "--out", str(tmp_path / "out.cast")]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.cast").exists()


def test_there_must_be_a_folder_to_write_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "script").write_text("ls\n")
    words = ["record", "--script", str(tmp_path / "script"), "--out", str(tmp_path / "no" / "out.cast")]
    assert main(words) == 2
    assert "no such folder" in capsys.readouterr().err
