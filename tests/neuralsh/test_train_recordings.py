"""``neuralsh train CASTS``: recordings become a routine of the ledger, and nothing else of the machine changes."""

import json
from pathlib import Path

import pytest
from nano import nano_weights

from model.protocol import Geometry
from neuralsh.cli import main
from trainer.casts import Event, Recording, write_cast


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nano_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    """Eight recordings at somebody's own prompt, one of them with a password, and a file that is none."""
    folder = tmp_path / "my casts"
    folder.mkdir()
    for number in range(8):
        events = [Event(0.0, "o", "me@box> ")]
        for line in (f"deploy app{number}", f"token ghp_abcdefghijklmnopqrstuvwxyz01234567{number}8", "ls"):
            name = line.split()[-1]
            events += [Event(1.0, "i", f"{line}\r"), Event(1.1, "o", f"{line}\r\n{name} done\r\nme@box> ")]
        write_cast(Recording(Geometry(8, 60), 1_700_000_000, events, {}), folder / f"{number}.cast")
    (folder / "broken.cast").write_text("no cast\n")
    return folder


def run(weights: Path, home: Path, *argv: str) -> int:
    return main([*argv, "--model", str(weights), "--home", str(home)])


def states(weights: Path, home: Path, capsys: pytest.CaptureFixture[str], *lines: str) -> list[str]:
    capsys.readouterr()
    run(weights, home, "--json", "-c", "\n".join(lines), "--clock", "2026-01-31T12:00:00", "--size", "60x8")
    return [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()]


def test_recordings_become_a_routine_that_can_be_reverted(
    weights: Path, casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    lines = ("echo hi", "deploy app3")
    base = states(weights, home, capsys, *lines)
    assert run(weights, home, "train", str(casts), "--max-minutes", "0.05", "--yes", "--why", "mine") == 0
    told = capsys.readouterr()
    assert "1 installed my-casts" in told.out
    assert "learning from 6 recordings; 2 are kept apart to measure on" in told.err
    assert "left out: " in told.err and "characters" in told.err
    assert "8 of 8 answered as before" in told.err
    assert run(weights, home, "show", "my-casts", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["figures"]["recordings"] == [6, 2] and shown["figures"]["before"]["turns"] == 6
    assert run(weights, home, "show", "my-casts") == 0
    said = capsys.readouterr().out
    assert "$ deploy app" in said and "ghp_" not in said
    with_it = states(weights, home, capsys, *lines)
    assert with_it[0] == base[0] and with_it[1] != base[1]
    assert run(weights, home, "verify") == 0
    assert run(weights, home, "revert", "my-casts") == 0
    assert states(weights, home, capsys, *lines) == base


def test_what_cannot_be_learned_is_told_in_one_line_and_installs_nothing(
    weights: Path, casts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, empty = tmp_path / "home", tmp_path / "empty"
    empty.mkdir()
    write_cast(Recording(Geometry(4, 20), None, [Event(0.0, "o", "hi")], {}), empty / "mute.cast")
    for argv, told in (
        (["train", str(tmp_path / "nowhere")], "no such file"),
        (["train", str(empty)], "no recording shows a command"),
        (["train", str(casts), "--keep-apart", "2"], "--keep-apart 2: give a share"),
        (["train", str(casts), "--fit-cells", "1"], "give --out DIR"),
    ):
        assert run(weights, home, *argv) in (1, 2)
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("neuralsh: ") and told in error
    assert run(weights, home, "log") == 0 and not capsys.readouterr().out
