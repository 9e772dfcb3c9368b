"""The shell without a screen, at a terminal: the lines of the app work there too, and Ctrl-C loses no session."""

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeMachine, shell, typed
from nano import nano_weights

from neuralsh.app.help import plain_help
from neuralsh.cli import main

CTRL_C = b"\x03"
"""Stands for a line that is never ended: the terminal makes a signal of the key."""


class Lines(io.BytesIO):
    """Lines of a terminal, as they are typed."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if CTRL_C in line:
            signal.raise_signal(signal.SIGINT)
        return line


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


Say = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Say:
    """Types lines in a plain shell, up to Ctrl-D; returns the lines printed and, after the first prompt, those said."""

    def typed(*lines: str, machine: FakeMachine | None = None, options: tuple[str, ...] = ()) -> tuple[list[str], ...]:
        made = machine or FakeMachine()
        monkeypatch.setattr(sys, "stdin", Terminal(Lines("".join(f"{line}\n" for line in lines).encode())))
        argv = ["--plain", "--home", str(tmp_path), *options]
        assert main(argv, factory=lambda name, device: made) == 0
        said = capsys.readouterr()
        return said.out.splitlines(), said.err.splitlines()

    return typed  # type: ignore[return-value]


def test_ctrl_c_drops_the_line_and_the_session_goes_on(say: Say) -> None:
    machine, before = FakeMachine(), signal.getsignal(signal.SIGINT)
    out, told = say("echo a", "partial\x03", "\x03", "echo b", machine=machine)
    assert out == ["a", "b"]
    assert told == ["~$ ~$ ", "~$ ", "~$ ~$ "]
    assert [action.keys for action in machine.actions] == [b"", b"echo a\r", b"echo b\r"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stops_the_drawing_at_a_frame_and_asks_for_a_prompt(say: Say) -> None:
    def pressed(line: str) -> str:
        if line == "seq 50":
            os.kill(os.getpid(), signal.SIGINT)
        return shell(line)

    machine = FakeMachine(pressed)
    out, told = say("a=1", "seq 50", "echo b", ":undo", ":undo", "echo c", machine=machine)
    assert out == ["bash: a=1: command not found", "b", "c"]
    assert told == ["~$ ~$ ", "neuralsh: stopped after 1 frames", "~$ ~$ undone", "~$ undone", "~$ ~$ "]
    assert [action.keys for action in machine.actions] == [b"", b"a=1\r", b"seq 50\r", b"\r", b"echo b\r", b"echo c\r"]


def test_states_are_kept_and_gone_back_to(say: Say, tmp_path: Path) -> None:
    file, same = f"{tmp_path}/s", "one: the same to the last bit"
    out, told = say("echo a", f":save {file}", ":fork one", "echo b", ":compare one", ":undo", ":compare one")
    assert out == ["a", "b"]
    assert told[0] == f"~$ ~$ saved: {file}"
    assert told[1] == "~$ kept as one; :switch one goes on from it"
    assert told[2].startswith("~$ ~$ one: ") and told[2].endswith("of 1920 cells of the screen differ")
    assert told[3:] == ["~$ undone", f"~$ {same}", "~$ "]
    machine = FakeMachine()
    lines = ("echo a", ":fork one", f":save {file}", ":undo", ":switch one", ":compare one", ":undo", f":load {file}")
    out, told = say(*lines, ":compare one", ":undo", ":undo", "echo b", machine=machine)
    assert out == ["a", "b"]
    assert told[2:] == [
        "~$ undone",
        "~$ went on from one; :undo comes back",
        f"~$ {same}",
        "~$ undone",
        f"~$ loaded: {file}",
        f"~$ {same}",
        "~$ undone",
        "~$ nothing to undo",
        "~$ ~$ ",
    ]


def test_a_command_that_cannot_be_done_is_one_line_and_changes_nothing(say: Say, tmp_path: Path) -> None:
    lines = (f":load {tmp_path}/none", ":switch none", ":save", ":save /nodir/x", "x" * 2000, ":undo", ":undo it")
    out, told = say(*lines, "echo a", options=("--json",))
    assert [line.count('"command"') for line in out] == [1, 1, 1]
    assert told[0] == f"~$ neuralsh: {tmp_path}/none: not a saved state"
    assert told[1].startswith("~$ neuralsh: no state is kept as none")
    assert told[2] == "~$ usage: :save FILE"
    assert told[3].startswith("~$ neuralsh: no such file or directory")
    assert told[4].startswith("~$ neuralsh: the line is 2001 bytes long")
    assert told[5:] == ["~$ nothing to undo", "~$ ~$ ~$ "]


def test_help_is_text_and_what_needs_a_screen_says_so(say: Say) -> None:
    out, told = say(":help", ":install greet", ":inside", ":keys", ":pixels", ":quit", "echo a")
    assert out == []
    count = len(plain_help())
    assert told[:count] == [f"~$ {plain_help()[0]}", *plain_help()[1:]]
    assert "neuralsh install FILE" in told[count]
    assert all("needs a screen" in line for line in told[count : count + 4])
    assert told[count + 4 :] == ["~$ "]


def test_the_help_without_a_screen_has_the_commands_and_no_key_of_the_screen() -> None:
    text = "\n".join(plain_help())
    for word in (":undo", ":save", ":load", ":fork", ":switch", ":compare", ":log", ":import", ":help", ":quit"):
        assert word in text
    for word in ("F1", "F3", "Page Up", "Ctrl-R", "Shift", ":inside"):
        assert word not in text
    assert "Ctrl-C           stop the drawing, or clear the line" in text


def test_what_is_installed_is_read_and_changed(say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = nano_weights(tmp_path / "weights")
    file = tmp_path / "greet.toml"
    file.write_text('name = "greet"\n[[demo]]\ncommand = "greet bob"\noutput = "hello bob"\n')
    where = ("--model", str(weights), "--device", "cpu")
    assert say(":log", options=where)[1] == ["~$ nothing was installed yet", "~$ "]
    with typed(b"y\n"):
        assert main(["install", str(file), "--seconds", "0.1", "--home", str(tmp_path), *where]) == 0
    assert capsys.readouterr().out
    out, told = say(":log", ":show greet", ":diff 1 greet", ":verify", ":disable greet", ":revert 7", options=where)
    assert not out
    text = "\n".join(told)
    for said in ("installed greet", "$ greet bob", "no difference", "1 entries hold", "disabled  greet", "neuralsh: "):
        assert said in text
