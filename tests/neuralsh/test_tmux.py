"""The shell in a real terminal: tmux's, driven by keys."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

PATIENCE = 60.0
"""Seconds a test looks at the screen before it gives up."""


class Terminal:
    """A tmux server of its own, with one window that runs the shell over the fake machine."""

    def __init__(self, home: Path, columns: int, rows: int) -> None:
        self._server = ["tmux", "-f", "/dev/null", "-S", str(home / "tmux")]
        shell = Path(__file__).with_name("fake_shell.py")
        words = f"NEURALSH_HOME={home} {sys.executable} {shell}; echo left with $?; cat"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), words)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def rows(self) -> list[str]:
        return self._tmux("capture-pane", "-p").split("\n")

    def until(self, *shown: str) -> list[str]:
        """Look until these stand on rows below each other; the rows."""
        give_up = monotonic() + PATIENCE
        while monotonic() < give_up:
            rows = self.rows()
            bare = [row.strip() for row in rows]
            if any(bare[at : at + len(shown)] == list(shown) for at in range(len(rows))):
                return rows
        raise AssertionError(f"{shown} never came; last seen: {rows}")

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        return subprocess.run([*self._server, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, 80, 24)
    yield opened
    opened.close()


def test_a_session_in_a_terminal(terminal: Terminal) -> None:
    terminal.until("~$")
    terminal.type("echo one tow")
    terminal.press("M-b", "C-k", "t", "w", "o", "C-a", "C-e", "Left", "Right", "Enter")
    terminal.until("~$ echo one two", "one two", "~$")
    terminal.press("Up", "C-w", "C-y", "M-b", "M-d", "Enter")
    terminal.until("~$ echo one", "one", "~$")
    terminal.paste("echo a\necho b\n:(){ :|:& };:")
    terminal.until("~$ echo b", "b", "~$ :(){ :|:& };:")
    terminal.press("Enter")
    terminal.until("bash: :(){: command not found", "~$")
    terminal.press("F1")
    assert any("Ctrl-K" in row for row in terminal.until("Enter            send the line"))
    terminal.press("q", "C-l")
    terminal.until("~$", "")
    terminal.press("C-d")
    terminal.until("left with 0")


def test_a_terminal_of_any_size(terminal: Terminal) -> None:
    terminal.until("~$")
    terminal.resize(1, 1)
    give_up = monotonic() + PATIENCE
    while terminal.rows() != ["", ""]:  # the one cell is the caret's
        assert monotonic() < give_up
    terminal.type("x")
    terminal.resize(250, 100)
    terminal.until("~$ x")
    terminal.press("C-u")
    terminal.type("seq 90")
    terminal.press("Enter")
    terminal.until("89", "90", "~$")
    terminal.type(":quit")
    terminal.press("Enter")
    terminal.until("left with 0")
