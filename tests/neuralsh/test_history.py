"""The history file: private, appended, cut back when it grows."""

import stat
from pathlib import Path

from neuralsh.history import KEPT, History


def test_lines_outlive_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "home" / "history"
    history = History(path)
    for line in ("ls", "ls", "", "   ", "echo é"):
        history.add(line)
    assert History(path).lines == ["ls", "echo é"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_shells_append_to_one_file(tmp_path: Path) -> None:
    one, two = History(tmp_path / "history"), History(tmp_path / "history")
    one.add("a")
    two.add("b")
    one.add("c")
    assert History(tmp_path / "history").lines == ["a", "b", "c"]


def test_a_long_history_is_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text("".join(f"line {i}\n" for i in range(2 * KEPT + 1)))
    assert len(History(path).lines) == KEPT
    assert path.read_text().count("\n") == KEPT
    assert History(path).lines[-1] == f"line {2 * KEPT}"


def test_a_history_that_cannot_be_written_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "history")
    history.add("ls")
    history.add("pwd")
    assert history.lines == ["ls", "pwd"]
