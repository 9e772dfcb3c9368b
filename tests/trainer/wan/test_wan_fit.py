"""Training of the Wan machine, tiny: clips of a recording, what is kept of them, and a fit that learns and resumes."""

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")
from model.loading import load_machine, wan_settings
from model.protocol import Action, Geometry
from model.wan.letterbox import from_video
from neuralsh.reading.cells import frame_lines
from trainer.casts import Event, Recording, write_cast
from trainer.checkpoint import CheckpointError
from trainer.fit_command import main
from trainer.reading import TrainError
from trainer.wan.clips import clips
from trainer.wan.encode import batch_of, kept
from trainer.wan.fit import WanFit, fit, loss_of
from trainer.wan.tiny import QUERY, save_tiny, tiny_pipeline

SETTINGS = wan_settings(QUERY)
SMALL = Geometry(2, 8)


def recording() -> Recording:
    events = [
        Event(0.0, "o", "$ "),
        Event(1.0, "i", "ls\r"),
        Event(1.1, "o", "ls\r\n"),
        Event(1.3, "o", "ab\r\n"),
        Event(3.0, "i", "b\r"),
        Event(3.01, "o", "c"),
    ]
    return Recording(SMALL, None, events, {})


def test_a_clip_shows_what_the_terminal_showed_when() -> None:
    first, listing, last = clips(recording(), SETTINGS)
    assert listing.caption == "The user types `ls` in the terminal, presses Enter and the output appears below."
    assert listing.pictures.shape == (9, 32, 64, 3)
    lines = [[line.rstrip() for line in frame_lines(from_video(picture, SMALL))] for picture in listing.pictures]
    # 0.1 s is between the second and the third picture, 0.3 s between the fifth and the sixth.
    assert lines[:2] == [["$", ""]] * 2
    assert lines[2:5] == [["$ ls", ""]] * 3
    assert lines[5:] == [["ab", ""]] * 4
    assert np.array_equal(first.pictures[-1], listing.pictures[0])
    assert len(last.pictures) == 9


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return list(kept(tiny_pipeline(), "tiny", clips(recording(), SETTINGS), SETTINGS, folder))


def test_what_is_kept_of_a_clip_is_made_once(files: list[Path]) -> None:
    before = [file.stat().st_mtime_ns for file in files]
    again = list(kept(tiny_pipeline(), "tiny", clips(recording(), SETTINGS), SETTINGS, files[0].parent))
    assert again == files
    assert [file.stat().st_mtime_ns for file in files] == before
    shapes = {name: tuple(part.shape) for name, part in batch_of(files).items()}
    assert shapes == {
        "latents": (3, 16, 3, 4, 8),
        "condition": (3, 20, 3, 4, 8),
        "text": (3, 512, 32),
        "image": (3, 65, 32),
    }


def test_what_is_kept_of_a_clip_is_of_the_weights_that_made_it(files: list[Path]) -> None:
    others = list(kept(tiny_pipeline(), "other", clips(recording(), SETTINGS), SETTINGS, files[0].parent))
    assert len(others) == len(files) and not set(others) & set(files)


def measured(network: torch.nn.Module, files: list[Path]) -> float:
    """The loss at fixed times and noise."""
    with torch.no_grad():
        source = torch.Generator().manual_seed(9)
        losses = [loss_of(network, batch_of(files), WanFit(dropout=0.0), source) for _ in range(8)]
    return float(torch.stack(losses).mean())


@pytest.mark.parametrize("rank", [0, 4])
def test_twenty_steps_lower_the_loss(files: list[Path], tmp_path: Path, rank: int) -> None:
    pipeline = tiny_pipeline()
    before = measured(pipeline.transformer, files)
    config = WanFit(steps=20, batch=3, rank=rank, rate=1e-2, dropout=0.0)
    seen = list[int]()
    made = fit(pipeline, files, config, tmp_path, lambda step, loss: seen.append(step))
    assert seen == list(range(1, 21))
    assert measured(pipeline.transformer, files) < before - 0.05
    assert made.exists()


def test_a_fit_that_was_stopped_goes_on_as_if_it_had_not(files: list[Path], tmp_path: Path) -> None:
    config = WanFit(steps=6, rank=4, rate=1e-2)
    whole, parts = list[float](), list[float]()
    fit(tiny_pipeline(), files, config, tmp_path / "whole", lambda step, loss: whole.append(loss))
    fit(
        tiny_pipeline(),
        files,
        config,
        tmp_path / "parts",
        lambda step, loss: parts.append(loss),
        lambda: len(parts) == 3,
    )
    fit(tiny_pipeline(), files, config, tmp_path / "parts", lambda step, loss: parts.append(loss))
    assert parts == pytest.approx(whole, rel=1e-4)
    with pytest.raises(CheckpointError, match="another training"):
        fit(tiny_pipeline(), files, WanFit(steps=6, rank=2), tmp_path / "parts", lambda step, loss: None)


@pytest.mark.parametrize(
    "option",
    [["--rate", "1e-3"], ["--max-minutes", "5"], ["--rows", "2"], ["--length", "99"], ["--full"]],
    ids=" ".join,
)
def test_what_the_machine_has_no_use_for_is_refused(tmp_path: Path, option: list[str]) -> None:
    write_cast(recording(), tmp_path / "a.cast")
    argv = [str(tmp_path / "a.cast"), "--init", "wan:nowhere", "--out", str(tmp_path / "out"), "--device", "cpu"]
    with pytest.raises(TrainError, match=f"{option[0]}: is not of the Wan machine"):
        main([*argv, *option])


def test_the_command_makes_a_lora_that_the_machine_loads(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "tiny")
    write_cast(recording(), tmp_path / "a.cast")
    out = tmp_path / "out"
    argv = [str(tmp_path / "a.cast"), "--init", f"wan:{folder}?{QUERY}", "--out", str(out), "--steps", "2"]
    assert main([*argv, "--rank", "2", "--device", "cpu"]) == 0
    machine = load_machine(f"wan:{folder}?{QUERY}&lora={out / 'pytorch_lora_weights.safetensors'}", "cpu")
    state = machine.boot(None, SMALL)
    assert list(machine.step(state, Action(b"ls\r")))
    assert machine.weights_hash != load_machine(f"wan:{folder}?{QUERY}", "cpu").weights_hash
