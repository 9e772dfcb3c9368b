"""Completions, tried in the shells themselves."""

import shutil
import subprocess
from pathlib import Path

import pytest

from neuralsh.cli import main
from neuralsh.completions import whole_parser
from neuralsh.options import COMMANDS

CHECKS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def completions(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completions", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", CHECKS)
def test_the_shell_reads_its_completions(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (tmp_path / "c").write_text(completions(shell, capsys))
    done = subprocess.run([*CHECKS[shell], str(tmp_path / "c")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("re", {"record", "revert", "recipes.sh"}),
        ("--re", {"--record", "--replay"}),
        ("train --pre", {"--preset"}),
        ("train --preset ti", {"tiny"}),
        ("record --script rec", {"recipes.sh"}),
        ("completions f", {"fish"}),
        ("--ocr t", {"tesseract"}),
    ],
)
def test_bash_is_offered(typed: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "recipes.sh").touch()
    script = f"""{completions("bash", capsys)}
cd {tmp_path}
COMP_WORDS=(neuralsh {typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_shtab_neuralsh
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash"], input=script, capture_output=True, text=True)
    assert set(done.stdout.split()) == offered


def test_every_command_is_there() -> None:
    (words,) = (action for action in whole_parser()._actions if action.metavar == "COMMAND")
    assert words.choices is not None
    assert set(words.choices) == set(COMMANDS)
