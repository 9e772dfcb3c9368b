"""LPIPS and FVD on networks of the true classes with weights by chance."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from oracle import Oracle, held_out_recording
from safetensors.torch import save_file, save_model
from torchmetrics.functional.image.lpips import _LPIPS

from model.protocol import Frame, Geometry
from neuralsh.cli import main
from neuralsh.eval_command import readers
from trainer.casts import write_cast
from trainer.evaluate import clean
from trainer.evaluate.learned import FEATURES, Learned, film_features, fvd, load_learned, lpips
from trainer.evaluate.rollout import session_of
from trainer.evaluate.suite import Job


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of weights by chance, written as docs/wan.md has it."""
    video = pytest.importorskip("torchvision.models.video")
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("learned")
    save_model(_LPIPS(pretrained=False, pnet_rand=True), str(folder / "lpips.safetensors"))
    save_model(video.r3d_18(), str(folder / "r3d_18.safetensors"))
    yield folder
    for file in folder.iterdir():
        file.unlink()


SMALL = Geometry(4, 12)


def frame(seed: int, geometry: Geometry = SMALL) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 256, (*geometry.pixels, 3), np.uint8), geometry)


def test_lpips_is_nothing_for_equal_frames_and_grows_with_what_differs(weights: Path) -> None:
    network = load_learned(weights / "lpips.safetensors", None).lpips
    assert network is not None
    one, other = frame(0), frame(1)
    near = Frame(np.where(np.arange(96)[None, :, None] < 88, one.pixels, other.pixels), one.geometry)
    assert lpips(network, one, one) == 0
    assert 0 < lpips(network, one, near) < lpips(network, one, other)
    with pytest.raises(ValueError, match="cannot be compared"):
        lpips(network, one, frame(0, Geometry(2, 12)))


def test_the_distance_of_films_is_nothing_for_the_same_films_in_another_order(weights: Path) -> None:
    network = load_learned(None, weights / "r3d_18.safetensors").films
    assert network is not None
    dark, light = (Frame(np.full((64, 96, 3), level, np.uint8), Geometry(4, 12)) for level in (10, 200))
    films = [film_features(network, film) for film in ([frame(0), frame(1)], [frame(2)], [dark, light], [light, light])]
    assert all(film.shape == (FEATURES,) for film in films)
    same = fvd(films[:2], films[1::-1])
    assert same == pytest.approx(0, abs=1e-3) and fvd(films[:2], films[2:]) > same + 0.01


def test_the_suite_clean_tells_both_and_names_what_is_left_out(weights: Path, tmp_path: Path) -> None:
    sessions = [session_of(str(number), held_out_recording(number)) for number in range(2)]
    for number in range(2):
        write_cast(held_out_recording(number), tmp_path / f"{number}.cast")
    learned = load_learned(weights / "lpips.safetensors", weights / "r3d_18.safetensors")
    job = Job(lambda: Oracle(*sessions), replace(readers(), tesseract=None), tmp_path, learned=learned)
    found = clean.run(job).document["summary"]["ways"]["closed loop"]
    assert found["lpips"] == 0 and found["fvd"] == pytest.approx(0, abs=1e-3)
    without = clean.run(replace(job, learned=Learned())).document["summary"]["ways"]["closed loop"]
    assert without["lpips"] is None and without["fvd"] is None


OPTIONS = {"--lpips": "LPIPS with AlexNet", "--fvd": "r3d_18"}


@pytest.mark.parametrize("option", OPTIONS)
def test_a_file_that_is_no_safetensors_is_refused_in_one_line(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, none = tmp_path / "broken.safetensors", tmp_path / "none"
    broken.write_bytes(b"\x80\x04pickle")
    assert main(["eval", "clean", option, str(broken)]) == 1
    assert capsys.readouterr().err == f"neuralsh: {broken}: no safetensors file\n"
    assert main(["eval", "clean", option, str(none)]) == 2
    assert capsys.readouterr().err == f"neuralsh: {option} {none}: no such file or folder\n"


@pytest.mark.parametrize(("option", "name"), OPTIONS.items())
def test_weights_of_another_network_are_refused_in_one_line(
    option: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torchvision")
    other = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(1)}, other)
    assert main(["eval", "clean", option, str(other)]) == 1
    assert capsys.readouterr().err == f"neuralsh: {other}: does not hold the weights of {name}\n"
