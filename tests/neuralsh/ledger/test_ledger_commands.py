"""Commands about what is installed, on ledgers that no machine was taught for."""

from argparse import Namespace
from pathlib import Path

import pytest
from ledger_parts import BASE, OTHER_BASE, demonstrations, install, tensors
from nano import nano_weights

from neuralsh.cli import main
from neuralsh.install.ledger_commands import ledger_lines
from neuralsh.ledger.bundle import export
from neuralsh.ledger.ledger import Ledger
from neuralsh.machines import load_machine
from neuralsh.options import ledger_parser
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


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return nano_weights(tmp_path / "weights")


def standing(home: Path, base: str) -> list[bool]:
    with Ledger.open(home) as ledger:
        return [one.enabled for one in ledger.installed(base)]


def test_a_name_is_that_of_a_routine_of_the_machine_in_use(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, home = load_machine(str(weights), "cpu").base_hash, tmp_path / "home"  # type: ignore[attr-defined]
    with Ledger.open(home) as ledger:
        install(ledger, "greet", here, adapter=tensors("here"))
        install(ledger, "greet", OTHER_BASE)
    use = ["--home", str(home), "--model", str(weights), "--device", "cpu"]
    assert main(["disable", "greet", *use]) == 0
    assert (standing(home, here), standing(home, OTHER_BASE)) == ([False], [True])
    assert main(["show", "greet", *use]) == 0
    assert here in capsys.readouterr().out
    assert main(["revert", "2", *use]) == 0
    assert main(["enable", "greet", *use]) == main(["revert", "greet", *use]) == 0
    assert standing(home, here) == []
    assert main(["revert", "greet", *use]) == 1
    assert "it is not installed" in capsys.readouterr().err


def test_a_name_of_other_machines_alone_is_asked_for_by_number(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    with Ledger.open(home) as ledger:
        for base in (BASE, OTHER_BASE):
            install(ledger, "greet", base)
    assert main(["disable", "greet", "--home", str(home), "--model", str(weights), "--device", "cpu"]) == 1
    assert "greet was installed for other machines: give a number" in capsys.readouterr().err
    assert main(["disable", "1", "--home", str(home)]) == 0
    assert (standing(home, BASE), standing(home, OTHER_BASE)) == ([False], [True])


def test_of_one_machine_a_name_needs_none(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        install(ledger, "greet")
    assert main(["disable", "greet", "--home", str(tmp_path), "--model", str(tmp_path / "none")]) == 0
    assert standing(tmp_path, BASE) == [False]


def test_a_machine_that_is_known_is_not_loaded(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        for base in (BASE, OTHER_BASE):
            install(ledger, "greet", base)
    given = Namespace(home=str(tmp_path), model=str(tmp_path / "none"), base=BASE)
    ledger_lines("disable", ledger_parser("disable").parse_args(["greet"], given))
    assert (standing(tmp_path, BASE), standing(tmp_path, OTHER_BASE)) == ([False], [True])


def test_who_has_no_name_has_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 424_242)
    with Ledger.open(tmp_path) as ledger:
        install(ledger, "greet")
    assert main(["disable", "greet", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip().endswith("by uid 424242")


@pytest.mark.parametrize(
    ("argv", "who", "fault"),
    [
        (["--why", "a\nb"], "ada", "its why is not one plain line"),
        (["--why", "x" * 2001], "ada", "its why is not one plain line of at most 2000"),
        (["--seed", "-1"], "ada", "its seed is negative"),
        ([], "\x1b[A", "its who is not one plain line"),
    ],
)
def test_what_cannot_be_recorded_is_not_taught(
    argv: list[str],
    who: str,
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOGNAME", who)
    (tmp_path / "greet.toml").write_bytes(demonstrations("greet"))
    use = ["--home", str(tmp_path), "--model", str(tmp_path / "none")]
    assert main(["install", str(tmp_path / "greet.toml"), "--yes", *argv, *use]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"neuralsh: cannot record greet: {fault}") and said.count("\n") == 1
