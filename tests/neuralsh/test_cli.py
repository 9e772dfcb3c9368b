"""The command line's contract: what is printed where, and the exit codes."""

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeMachine, Keyboard
from PIL import Image

from model.protocol import NeuralComputer
from neuralsh import __version__
from neuralsh.cli import main
from neuralsh.completions import whole_parser
from neuralsh.options import COMMANDS, LEDGER_COMMANDS, TAKES, global_options, split_command

HEAVY = ("torch", "textual", "numpy", "PIL", "rich", "trainer", "model")


def run(*argv: str, machine: FakeMachine | None = None) -> int:
    made = machine or FakeMachine()
    return main(argv, factory=lambda name, device: made)


def pipe(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["record", "--help"], ["doctor", "--help"]])
def test_help_imports_nothing_heavy(argv: list[str]) -> None:
    code = (
        "import sys\nfrom neuralsh.cli import main\n"
        f"assert main({argv!r}) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout.strip()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"neuralsh {__version__}\n"


def test_commands_print_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-c", "echo hi\nseq 3\n\nnope") == 0
    said = capsys.readouterr()
    assert said.out == "hi\n1\n2\n3\nbash: nope: command not found\n"
    assert said.err == ""


def test_file_with_captions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"#@ echo\r\n#? The answer is 12\r\necho 12\n#x\necho \xc3\xa9\n")
    machine = FakeMachine()
    assert run(str(script), machine=machine) == 0
    typed = [(action.keys, action.caption) for action in machine.actions]
    assert typed[:3] == [(b"", None), (b"echo 12\r", "The answer is 12"), (b"#x\r", None)]
    assert capsys.readouterr().out.endswith("é\n")


def test_piped_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pipe(monkeypatch, b"echo one\necho -n two\necho three")
    assert run("--transcript") == 0
    assert capsys.readouterr().out == "~$ echo one\none\n~$ echo -n two\ntwo\n~$ echo three\nthree\n"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "-c", "seq 30\necho é", "--size", "20x5", "--clock", "2026-01-31T12:00:00") == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert set(first) == {"command", "output", "screen", "frames", "first_frame_ms", "total_ms", "state"}
    assert first["command"] == "seq 30"
    assert first["output"] == [str(i) for i in range(1, 31)]
    assert first["screen"] == ["27", "28", "29", "30", "~$"]
    assert first["frames"] > 30
    assert 0 <= first["first_frame_ms"] <= first["total_ms"]
    assert second["output"] == ["é"]
    assert len(first["state"]) == 64 != second["state"]


def test_the_same_history_has_the_same_state(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        run("--json", "-c", "echo hi", "--clock", "2026-01-31T12:00:00")
    one, two = (json.loads(line)["state"] for line in capsys.readouterr().out.splitlines())
    assert one == two


def test_a_line_too_long_is_told_and_the_session_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "-c", f"echo before\necho {'x' * 10_000}\necho after") == 1
    said = capsys.readouterr()
    before, long, after = (json.loads(line) for line in said.out.splitlines())
    assert (before["output"], long["output"], after["output"]) == (["before"], [], ["after"])
    assert "10006 bytes" in long["error"]
    assert said.err.count("\n") == 1
    assert said.err.startswith("neuralsh: command 2: the line is 10006 bytes long")


@pytest.mark.parametrize("line", ["rm -rf /", ":(){ :|:& };:", "$(touch /tmp/x)", "\x00\x1b[2J", "'"])
def test_nothing_typed_is_executed(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = FakeMachine(lambda typed: f"<{typed}>\n" if typed.isprintable() else "")
    assert run("-c", line, machine=machine) == 0
    assert machine.actions[1].keys == line.encode() + b"\r"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--nope"], "unrecognized arguments"),
        (["missing.sh"], "missing.sh: no such file"),
        (["--size", "80"], "no size"),
        (["--size", "0x0", "-c", "ls"], "0x0 cannot be drawn"),
        (["--clock", "noon"], "no time"),
        (["--clock", "0001-01-01T00:00:00+14:00"], "no time"),
        (["--clock", "9999-12-31T23:59:59-14:00"], "no time"),
        (["--ocr", "eyes"], "invalid choice"),
        (["--headless"], "goes with --replay"),
        (["--replay", "a.cast", "-c", "ls"], "give either"),
        (["-c", "ls", "file"], "not both"),
        (["record", "--script", "x"], "--out"),
        (["--seed", "3", "-c", "ls"], "unrecognized arguments"),
        (["log", "--seed", "3"], "unrecognized arguments"),
    ],
)
def test_usage_errors(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("neuralsh: ")
    assert error.count("\n") == 1
    assert said in error


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--replay", "none.cast"], "--replay none.cast: no such file or folder"),
        (["-c", "ls", "--record", "no/a.cast"], "--record no/a.cast: no such folder to write to"),
        (["gif", "none.cast", "--out", "a.gif"], "none.cast: no such file or folder"),
        (["gif", "none.cast", "--out", "no/a.gif"], "--out no/a.gif: no such folder to write to"),
        (["record", "--script", "none", "--out", "a.cast"], "--script none: no such file or folder"),
        (["data", "build", "none", "--out", "s"], "none: no such file or folder"),
        (["data", "info", "none"], "none: no such file or folder"),
        (["data", "play", "none"], "none: no such file or folder"),
        (["data", "merge", "none", "--out", "s"], "none: no such file or folder"),
        (["train", "none"], "none: no such file or folder"),
        (["train", "none", "--out", "s"], "none: no such file or folder"),
        (["eval", "clean", "--casts", "none"], "--casts none: no such file or folder"),
        (["eval", "clean", "--json", "no/a.json"], "--json no/a.json: no such folder to write to"),
        (["install", "none"], "none: no such file or folder"),
        (["import", "none"], "none: no such file or folder"),
        (["export", "greet", "no/g.nsr"], "no/g.nsr: no such folder to write to"),
        (["gif"], "required: FILE.cast, --out: see neuralsh gif --help"),
        (["data", "play"], "required: PATH: see neuralsh data play --help"),
        (["completions"], "required: SHELL: see neuralsh completions --help"),
        (["train", "--nope"], "unrecognized arguments: --nope: see neuralsh train --help"),
        (["--nope"], "unrecognized arguments: --nope: see neuralsh --help"),
    ],
)
def test_what_the_command_line_names_must_be_there(
    argv: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("neuralsh: ") and error.endswith(f"{said}\n") and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("argv", [["--version"], ["gif", "--help"], ["-c", "echo hi"]])
def test_what_cannot_be_printed_is_told(argv: list[str], unbuffered: str) -> None:
    words = [sys.executable, str(Path(__file__).with_name("fake_shell.py")), *argv]
    with Path("/dev/full").open("wb") as full:
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (1, "neuralsh: no space left on device\n")


def test_a_machine_that_cannot_load_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(name: str | None, device: str | None) -> NeuralComputer:
        raise ValueError("weights/model-0.safetensors: hash differs: install neuralsh again")

    assert main(["-c", "ls"], factory=broken) == 1
    assert capsys.readouterr().err == "neuralsh: weights/model-0.safetensors: hash differs: install neuralsh again\n"


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), RecursionError("too deep"), MemoryError("none")])
def test_what_a_machine_may_end_with_is_one_line(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(name: str | None, device: str | None) -> NeuralComputer:
        raise error

    assert main(["-c", "ls"], factory=broken) == 1
    assert capsys.readouterr().err == f"neuralsh: {error}\n"


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    def pressed(line: str) -> str:
        raise KeyboardInterrupt

    assert run("-c", "ls", machine=FakeMachine(pressed)) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_left_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    words = [sys.executable, str(Path(__file__).with_name("fake_shell.py")), "-c", "echo one\necho two"]
    done = subprocess.run(words, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("argv", "closed", "code", "told"),
    [
        (["-c", "echo hi"], ">&-", 1, "standard output is closed"),
        (["--version"], ">&-", 1, "standard output is closed"),
        (["log"], ">&-", 1, "standard output is closed"),
        ([], "<&-", 2, "standard input is closed"),
        (["-c", "echo hi"], "<&-", 0, ""),
        (["--nope"], "2>&-", 2, ""),
    ],
)
def test_a_stream_that_is_closed_is_told_in_one_line(argv: list[str], closed: str, code: int, told: str) -> None:
    words = shlex.join([sys.executable, str(Path(__file__).with_name("fake_shell.py")), *argv])
    done = subprocess.run(["sh", "-c", f"{words} {closed}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "hi\n" if code == 0 else "")
    assert done.stderr.count("\n") == bool(told) and told in done.stderr


def test_frames_are_pictures(tmp_path: Path) -> None:
    assert run("-c", "echo hi", "--frames", str(tmp_path / "a" / "b"), "--size", "40x10") == 0
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert names[0] == "0000-0001.png"
    assert names[1] == "0001-0001.png"
    with Image.open(tmp_path / "a" / "b" / names[-1]) as picture:
        assert (picture.size, picture.mode) == ((320, 160), "RGB")


def test_a_word_is_a_command_and_a_path_a_file() -> None:
    assert split_command(["record", "--out", "x"]) == ("record", ["--out", "x"])
    assert split_command(["--ocr", "cells", "eval", "clean"]) == ("eval", ["--ocr", "cells", "clean"])
    assert split_command(["./record"]) == (None, ["./record"])
    assert split_command(["--home", "train", "x"]) == (None, ["--home", "train", "x"])
    assert split_command(["-c", "doctor"]) == (None, ["-c", "doctor"])
    assert split_command(["--home=x", "doctor"]) == ("doctor", ["--home=x"])
    assert split_command(["--", "doctor"])[0] is None
    assert split_command(["--home", "x", "--ocr=cells", "gif", "a.cast"]) == ("gif", ["a.cast"])
    assert split_command(["--model", "x", "--home", "y", "config"]) == ("config", ["--home", "y"])
    assert split_command(["--json", "data", "info", "x"]) == ("data", ["--json", "info", "x"])
    assert set(COMMANDS) == {
        "record",
        "gif",
        "data",
        "train",
        "eval",
        "install",
        *LEDGER_COMMANDS,
        "config",
        "doctor",
        "completions",
    }


def test_global_options_may_stand_before_any_command() -> None:
    (words,) = (action for action in whole_parser()._actions if action.metavar == "COMMAND")
    assert words.choices is not None
    everywhere = {name for action in global_options()._actions for name in action.option_strings}
    for command, parser in dict(words.choices).items():
        known = everywhere & set(parser._option_string_actions)
        assert known == everywhere & set(TAKES.get(command, everywhere)), command


@pytest.mark.parametrize("why", ["a dumb terminal", "it is asked for", "it is set"])
def test_line_mode_asks_at_the_prompt(
    why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(b"echo hi\n"))
    monkeypatch.setenv("TERM", "dumb" if why == "a dumb terminal" else "xterm")
    monkeypatch.setattr("neuralsh.cli.has_screen", lambda: why != "a dumb terminal")
    if why == "it is set":
        (tmp_path / "config.toml").write_text("plain = true\n")
    assert run("--home", str(tmp_path), *(["--plain"] if why == "it is asked for" else [])) == 0
    said = capsys.readouterr()
    assert said.out == "hi\n"
    assert said.err == "~$ ~$ \n"
