"""The manual page is that of these parsers."""

import os
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "neuralsh.1"


def test_the_page_that_ships_is_what_the_parsers_say() -> None:
    command = [sys.executable, "-m", "neuralsh.man_page"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "40"})
    assert done.returncode == 0, done.stderr
    assert done.stdout == PAGE.read_text(), "write it again: python -m neuralsh.man_page > docs/neuralsh.1"
