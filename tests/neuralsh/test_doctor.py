"""``neuralsh doctor``: every look gives a finding, and what the shell needs decides the exit code."""

import json
from pathlib import Path

import pytest
from fakes import FakeMachine

from model.protocol import NeuralComputer
from neuralsh import doctor
from neuralsh.cli import main


def loaded(name: str | None, device: str | None) -> NeuralComputer:
    return FakeMachine()


def broken(name: str | None, device: str | None) -> NeuralComputer:
    raise ValueError("weights: hash differs\nsecond line")


def test_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "load_machine", loaded)
    assert main(["doctor", "--json", "--home", str(tmp_path / "home")]) == 0
    [line] = capsys.readouterr().out.splitlines()
    findings = json.loads(line)
    assert set(findings) == {"weights", "device", "font", "home", "graphics", "tesseract", "sandbox"}
    assert findings["weights"]["detail"].startswith("fake on cpu")
    assert findings["home"]["detail"] == str(tmp_path / "home")
    assert all(found["fine"] or found["advice"] for found in findings.values())


def test_without_weights_there_is_no_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "load_machine", broken)
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "weights    MISSING  weights: hash differs second line" in said
    assert "apt install bubblewrap" in said
    assert "apt install tesseract-ocr" in said
