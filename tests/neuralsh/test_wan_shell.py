"""The Wan machine, tiny and of random weights, behind the shell's faces and under evaluation."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("diffusers")
from test_app import app_of, rows, settled, type_line

from model.loading import load_machine
from model.protocol import Geometry
from neuralsh.app.app import ShellApp
from neuralsh.cli import main
from neuralsh.eval_command import readers
from neuralsh.session import Session
from trainer.casts import Event, Recording, write_cast
from trainer.evaluate import clean
from trainer.evaluate.suite import Job
from trainer.split import held_out_session, session_hash
from trainer.wan.tiny import QUERY, save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("wan") / "tiny")


def test_a_command_runs_without_a_screen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["-c", "ls", "--model", f"wan:{folder}?{QUERY}", "--device", "cpu", "--size", "8x2", "--json"]
    assert main(argv) == 0
    shown = capsys.readouterr().out
    assert '"command": "ls"' in shown
    assert all(c.isprintable() or c == "\n" for c in shown)


async def test_it_draws_in_the_shell(folder: Path) -> None:
    machine = load_machine(f"wan:{folder}?{QUERY}", "cpu")
    app = ShellApp(lambda geometry: Session(machine, geometry))
    async with app.run_test(size=(60, 5)) as pilot:
        await settled(pilot)
        await type_line(pilot, "ls")
        assert app_of(pilot).status.status.timing is not None
        assert "wan-" in rows(pilot)[-1]


def test_it_is_evaluated_as_the_other_is(folder: Path, tmp_path: Path) -> None:
    line = next(f"echo {n}" for n in range(1000) if held_out_session(session_hash([f"echo {n}\r".encode()])))
    events = [Event(0.0, "o", "$ "), Event(1.0, "i", f"{line}\r"), Event(1.1, "o", f"{line}\r\n$ ")]
    write_cast(Recording(Geometry(2, 8), None, events, {}), tmp_path / "a.cast")
    machine = load_machine(f"wan:{folder}?{QUERY}", "cpu")
    outcome = clean.run(Job(lambda: machine, replace(readers(), tesseract=None), tmp_path))  # type: ignore[arg-type, return-value]
    summary = outcome.document["summary"]
    assert summary["ways"]["closed loop"]["families"]["all"]["commands"] == 1
    assert 0 < summary["autoencoder"]["psnr"] < 100
