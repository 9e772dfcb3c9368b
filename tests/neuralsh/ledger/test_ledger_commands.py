"""Commands about what is installed, on ledgers that no machine was taught for."""

from pathlib import Path

import pytest
from ledger_parts import BASE, demonstrations, tensors

from neuralsh.cli import main
from neuralsh.ledger.bundle import export
from neuralsh.ledger.ledger import Ledger
from neuralsh.printable import CONTROL


def test_a_file_that_is_looked_into_cannot_give_orders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    comment = "# \u202e\u2028[[demo]]\ttab\r\n".encode()
    with Ledger.open(tmp_path / "there") as ledger:
        entry = ledger.install(
            BASE, comment + demonstrations("greet"), tensors("a"), tensors("g"), seed=0, figures={}, who="eve", why=""
        )
        (tmp_path / "greet.routine").write_bytes(export(ledger, entry))
    assert main(["import", "--inspect", str(tmp_path / "greet.routine"), "--home", str(tmp_path / "here")]) == 0
    said = capsys.readouterr().out
    assert CONTROL.search(said.replace("\n", "")) is None
    assert "# \ufffd\ufffd[[demo]]    tab\nname = " in said
