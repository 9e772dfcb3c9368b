"""The manual page is that of these parsers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from neuralsh.app.help import HELP
from neuralsh.colon import COLON
from neuralsh.config import MEANING
from neuralsh.errors import CODES
from neuralsh.ledger.ledger import DATABASE, STORE
from neuralsh.man_page import man_page
from neuralsh.paths import FILES, HOME_VARIABLE, find_home

PAGE = Path(__file__).parents[2] / "docs" / "neuralsh.1"


def test_the_page_that_ships_is_what_the_parsers_say() -> None:
    command = [sys.executable, "-m", "neuralsh.man_page"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "40"})
    assert done.returncode == 0, done.stderr
    assert done.stdout == PAGE.read_text(), "write it again: python -m neuralsh.man_page > docs/neuralsh.1"


def test_the_page_tells_what_no_parser_does() -> None:
    said = man_page().replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
    assert HELP.strip() in said and all(f":{command}" in said for command in COLON)
    for name in (*MEANING.values(), *FILES, HOME_VARIABLE, *CODES.values(), "TERM"):
        assert name in said, name
    assert ".SH EXIT STATUS" in said and "is ended by a Ctrl-C" in said


def test_the_files_are_where_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (HOME_VARIABLE, "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    home = find_home()
    found = [home.config, home.history, home.data / DATABASE, home.data / STORE]
    assert [str(path).replace(str(tmp_path), "~") for path in found] == list(FILES)
