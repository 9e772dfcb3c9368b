"""The shell in a real terminal: tmux's, driven by keys."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from test_replay import recording_of

from trainer.casts import write_cast

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

PATIENCE = 60.0
"""Seconds a test looks at the screen before it gives up."""


class Terminal:
    """A tmux server of its own, with one window that runs the shell over the fake machine."""

    def __init__(
        self, home: Path, columns: int, rows: int, settings: str = "", server: str = "tmux", options: str = ""
    ) -> None:
        self._server = ["tmux", "-f", "/dev/null", "-S", str(home / server)]
        shell = Path(__file__).with_name("fake_shell.py")
        words = f"{settings} NEURALSH_HOME={home} {sys.executable} {shell} {options}; echo left with $?; cat"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), words)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")

    def terminate(self) -> None:
        """Send SIGTERM to the shell, the only child of the window's own."""
        parent = self._tmux("display", "-p", "#{pane_pid}").strip()
        subprocess.run(["pkill", "-TERM", "-P", parent], check=True)

    def modes(self) -> str:
        """Whether it shows the alternate screen, and whether the cursor."""
        return self._tmux("display", "-p", "#{alternate_on} #{cursor_flag}").strip()

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def copied(self) -> str:
        """What was copied into tmux by OSC 52; empty: nothing yet."""
        asked = subprocess.run([*self._server, "show-buffer"], capture_output=True, text=True, check=False)
        return asked.stdout.strip()

    def colours(self) -> str:
        """The screen with its escape sequences."""
        return self._tmux("capture-pane", "-p", "-e")

    def takes_copies(self) -> None:
        """Let what runs in it copy."""
        self._tmux("set-option", "-s", "set-clipboard", "on")

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

    def until_some_row_has(self, text: str) -> None:
        """Look until it is seen."""
        give_up = monotonic() + PATIENCE
        while not any(text in row for row in self.rows()):
            assert monotonic() < give_up, self.rows()

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


def test_lines_are_remembered_searched_and_suggested(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until("~$")
    for line in ("echo first", "echo second", "seq 2"):
        terminal.type(line)
        terminal.press("Enter")
    terminal.until("2", "~$")
    terminal.type("echo s")
    terminal.until("~$ echo second")
    terminal.press("Right", "C-_", "Right", "C-a", "C-k")
    terminal.until("2", "~$")
    terminal.press("C-r")
    terminal.type("fir")
    terminal.until("~$ echo first")
    terminal.press("Enter")
    terminal.until("~$ echo first", "first", "~$")
    terminal.press("C-d")
    terminal.until("left with 0")
    again = Terminal(tmp_path, 80, 24, server="again")
    try:
        again.until("~$")
        again.press("Up")
        assert "first" not in again.until("~$ echo first")
    finally:
        again.close()


def test_what_scrolled_away_is_searched_and_copied(terminal: Terminal) -> None:
    terminal.takes_copies()
    terminal.until("~$")
    terminal.type("seq 60")
    terminal.press("Enter")
    terminal.until("60", "~$")
    terminal.press("PPage")
    terminal.until_some_row_has("/ search")
    terminal.press("/")
    terminal.until_some_row_has("search upwards")
    terminal.type("17")
    terminal.press("Enter")
    terminal.until_some_row_has("line 18 of 62")
    terminal.press("v", "y")
    terminal.until("60", "~$")
    give_up = monotonic() + PATIENCE
    while terminal.copied() != "17":
        assert monotonic() < give_up


def test_a_program_gets_its_keys_and_ctrl_c_clears_a_line(terminal: Terminal) -> None:
    terminal.until("~$")
    terminal.type("not this")
    terminal.press("C-c")
    terminal.until("~$", "")
    terminal.type("pager")
    terminal.press("Enter")
    terminal.until_some_row_has("keys go to the program")
    terminal.press("Down", "Down")
    terminal.until("line 23", "line 24", ":")
    terminal.press("q")
    assert not any("line" in row for row in terminal.until("~$", "")[:-2])
    terminal.type("echo back")
    terminal.press("Enter")
    terminal.until("~$ echo back", "back", "~$")


@pytest.mark.parametrize(
    ("settings", "drawn"),
    [
        ("", "\x1b[38;5;40m"),
        ("NO_COLOR=1", "\x1b[38;5;245m"),  # the same green as a grey
        ("TERM=linux COLORTERM=", "\x1b[32m"),
        ("TERM=dumb", ""),
    ],
)
def test_colours_are_those_the_terminal_has(tmp_path: Path, settings: str, drawn: str) -> None:
    opened = Terminal(tmp_path, 80, 24, settings)
    try:
        rows = opened.until("~$")
        prompt = opened.colours().split("\n")[next(at for at, row in enumerate(rows) if row.startswith("~$"))]
        assert prompt.startswith(drawn)
        assert ("\x1b" in prompt) == bool(drawn)
    finally:
        opened.close()


@pytest.mark.parametrize("replayed", [False, True])
def test_a_terminated_shell_leaves_the_terminal_as_it_was(tmp_path: Path, replayed: bool) -> None:
    write_cast(recording_of("echo hi"), tmp_path / "a.cast")
    opened = Terminal(tmp_path, 80, 24, options=f"--replay {tmp_path}/a.cast" if replayed else "")
    try:
        opened.until_some_row_has("recorded: a.cast" if replayed else "~$")
        assert opened.modes() == "1 0"
        opened.terminate()
        assert opened.until("left with 143")[1:] == [""] * 24
        assert opened.modes() == "0 1"
    finally:
        opened.close()


def test_ctrl_c_at_a_plain_prompt_asks_again(tmp_path: Path) -> None:
    opened = Terminal(tmp_path, 80, 24, options="--plain")
    try:
        opened.until("~$")
        opened.type("partial")
        opened.press("C-c")
        opened.until("~$ partial^C", "~$")
        opened.type("echo on")
        opened.press("Enter")
        opened.until("~$ echo on", "on", "~$")
        opened.press("C-d")
        told = [row for row in opened.until("left with 0") if row.strip()]
        assert [row.strip() for row in told] == ["~$ partial^C", "~$ echo on", "on", "~$", "left with 0"]
    finally:
        opened.close()
