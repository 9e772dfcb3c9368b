"""What is wrong with a command line of training is told in one line, before anything runs."""

import runpy
import sys
from pathlib import Path

import pytest
import torch
from sessions import echo_session

from trainer.casts import write_cast
from trainer.fit_command import main, parser
from trainer.reading import TrainError


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("average", ["nowhere", "nowhere", "--out", "out"]),
        ("grow", ["nowhere", "--out", "out"]),
        ("make_corpus", ["--balance", "nowhere", "--out", "out"]),
    ],
)
def test_a_missing_folder_is_told_in_one_line(
    module: str,
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [module, *options])
    monkeypatch.delitem(sys.modules, f"trainer.{module}", raising=False)
    with pytest.raises(SystemExit) as left:
        runpy.run_module(f"trainer.{module}", run_name="__main__")
    assert left.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("nowhere: no weights there")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "given",
    (
        *("--rows=-1", "--rows=x", "--length=0", "--steps=0", "--max-minutes=0", "--max-minutes=inf"),
        *("--fit-cells=0", "--rate=-1", "--matrix-rate=nan"),
    ),
)
def test_numbers_that_make_no_sense_are_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args(["a.cast", "--out", "out", given])
    assert left.value.code == 2
    name, number = given.split("=")
    assert f"argument {name}: {number!r} is no " in capsys.readouterr().err


def test_a_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainError, match="--device cuda: there is no GPU here"):
        main(["a.cast", "--out", "out", "--device", "cuda"])


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--validate"], "behind --validate"), (["--hide", "me", "--validate"], "--validate and --hide")],
)
def test_paths_that_another_option_took_are_told(tmp_path: Path, options: list[str], told: str) -> None:
    for number in range(2):
        write_cast(echo_session(number), tmp_path / f"{number}.cast")
    paths = [str(tmp_path / f"{number}.cast") for number in range(2)]
    with pytest.raises(TrainError, match=told):
        main([*options, *paths, "--out", str(tmp_path / "out"), "--device", "cpu"])
