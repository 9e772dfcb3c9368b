"""The Wan machine, tiny and of random weights: its parts are the true ones, and it keeps the machine's contract."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from model.loading import MachineError, load_machine
from model.protocol import Action, ActionError, Frame, Geometry, NeuralComputer
from model.states import StateError
from model.wan.causal import Causal
from model.wan.decode import pictures, scale
from model.wan.folder import WanError, check_memory, look
from model.wan.machine import WanNCCLIGen
from model.wan.settings import WanSettings
from model.wan.widen import widened
from trainer.wan.tiny import QUERY, save_tiny, tiny_transformer, tiny_vae

SIZE = Geometry(2, 8)


@pytest.fixture(scope="module")
def machine(folder: Path) -> NeuralComputer:
    return load_machine(f"wan:{folder}?{QUERY}", "cpu")


def screen(seed: int) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 255, (*SIZE.pixels, 3), np.uint8), SIZE)


def test_an_action_draws_a_clip_and_the_next_goes_on_from_its_last_frame(machine: NeuralComputer) -> None:
    state = machine.boot(None, SIZE)
    frames = list(machine.step(state, Action(b"ls\r")))
    assert 1 <= len(frames) <= 9
    assert np.array_equal(state.frame.pixels, frames[-1].pixels)
    before = state.digest()
    again = list(machine.step(state, Action(b"ls\r")))
    assert state.digest() != before
    assert not np.array_equal(again[-1].pixels, frames[-1].pixels)


def test_the_same_history_draws_the_same_pixels_and_another_caption_others(machine: NeuralComputer) -> None:
    def drawn(*actions: Action) -> str:
        state = machine.boot(None, SIZE)
        for action in actions:
            list(machine.step(state, action))
        return state.digest()

    assert drawn(Action(b"ls\r")) == drawn(Action(b"ls\r"))
    assert drawn(Action(b"ls\r")) != drawn(Action(b"ls\r", caption="The answer is 282"))


def test_the_first_frame_conditions_the_clip(machine: NeuralComputer) -> None:
    clips = []
    for seed in (1, 2):
        state = machine.boot(screen(seed), SIZE)
        state.chain = bytes(32)  # type: ignore[attr-defined]
        list(machine.step(state, Action(b"ls\r")))
        clips.append(state.latents)  # type: ignore[attr-defined]
    assert not torch.equal(*clips)


def test_a_state_is_saved_restored_and_forked(machine: NeuralComputer, tmp_path: Path) -> None:
    state = machine.boot(None, SIZE)
    list(machine.step(state, Action(b"ls\r")))
    fork = state.fork()
    machine.save(state, tmp_path / "state")
    restored = machine.restore(tmp_path / "state")
    assert restored.digest() == state.digest() == fork.digest()
    list(machine.step(state, Action(b"a")))
    list(machine.step(restored, Action(b"a")))
    assert restored.digest() == state.digest() != fork.digest()


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"{}"])
def test_a_broken_state_is_told_in_one_line(machine: NeuralComputer, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state").write_bytes(content)
    with pytest.raises(StateError, match="not a saved state"):
        machine.restore(tmp_path / "state")


def test_another_size_keeps_what_fits(machine: NeuralComputer) -> None:
    state = machine.boot(screen(3), SIZE)
    frames = list(machine.step(state, Action(b"", geometry=Geometry(1, 4))))
    assert {frame.geometry for frame in frames} == {Geometry(1, 4)}
    assert state.frame.geometry == Geometry(1, 4)


def test_too_long_a_line_is_refused(machine: NeuralComputer) -> None:
    state = machine.boot(None, SIZE)
    with pytest.raises(ActionError, match="2000 bytes"):
        next(iter(machine.step(state, Action(b"x" * 2000))))


def test_pictures_come_one_by_one_and_are_those_of_the_whole_clip() -> None:
    torch.manual_seed(1)
    vae = tiny_vae().eval()
    latents = torch.randn(1, 16, 3, 4, 8)
    with torch.inference_mode():
        shown = pictures(vae, torch.split(latents, [1, 2], 2))
        first = next(shown)
        one_by_one = np.stack([first, *shown])
        mean, deviation = scale(vae, latents)
        whole = vae.decode(latents * deviation + mean).sample[0]
    expected = ((whole.permute(1, 2, 3, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()
    assert one_by_one.shape == (9, 32, 64, 3)
    assert np.array_equal(one_by_one, expected)


def test_blocks_drawn_on_what_was_kept_equal_the_whole_under_a_mask() -> None:
    torch.manual_seed(3)
    transformer = tiny_transformer().eval()
    text, image = torch.randn(1, 512, 32), torch.randn(1, 65, 32)
    x = torch.randn(1, 36, 5, 4, 8)
    with torch.inference_mode():
        plain = transformer(x, torch.tensor([300.0]), text, image, return_dict=False)[0]
        with Causal(transformer, text, image) as causal:
            times = torch.tensor([0.0, 0.0, 0.0, 0.0, 700.0])
            whole = causal.whole(x, times, 2)
            causal.absorb(x[:, :, :2])
            causal.absorb(x[:, :, 2:4])
            last = causal.velocity(x[:, :, 4:], 700.0)
        with Causal(transformer, text, image) as causal:
            all_at_once = causal.velocity(x, 300.0)
        again = transformer(x, torch.tensor([300.0]), text, image, return_dict=False)[0]
    assert torch.allclose(last, whole[:, :, 4:], atol=1e-5)
    assert torch.allclose(all_at_once, plain, atol=1e-5)
    assert torch.equal(plain, again)
    assert not torch.allclose(whole[:, :, 4:], all_at_once[:, :, 4:], atol=1e-3)


def test_a_clip_is_drawn_block_by_block(folder: Path) -> None:
    machine = load_machine(f"wan:{folder}?{QUERY}&block=1", "cpu")
    state = machine.boot(None, SIZE)
    drawing = machine.step(state, Action(b"ls\r"))
    next(iter(drawing))
    drawing.close()  # type: ignore[attr-defined]
    assert state.latents.shape[1] == 1  # type: ignore[attr-defined]
    assert list(machine.step(state, Action(b"ls\r")))
    assert state.latents.shape[1] == 3  # type: ignore[attr-defined]


def test_text_to_video_weights_take_a_first_frame_and_draw_as_they_did(tmp_path: Path) -> None:
    torch.manual_seed(2)
    old = tiny_transformer(16, None).eval()
    noise, text = torch.randn(1, 16, 2, 4, 4), torch.randn(1, 8, 32)
    given = {"timestep": torch.tensor([500]), "encoder_hidden_states": text, "return_dict": False}
    with torch.no_grad():
        before = old(hidden_states=noise, **given)[0]
        wide = widened(old, 16)
        after = wide(hidden_states=torch.cat((noise, torch.randn(1, 20, 2, 4, 4)), 1), **given)[0]
    assert torch.allclose(before, after, atol=1e-6)
    machine = load_machine(f"wan:{save_tiny(tmp_path / 't2v', text_to_video=True)}?{QUERY}", "cpu")
    state = machine.boot(None, SIZE)
    assert list(machine.step(state, Action(b"ls\r")))


@pytest.mark.parametrize("kind", ["nf4", "int8"])
def test_weights_in_few_bits_take_less_and_draw_nearly_the_same(folder: Path, kind: str) -> None:
    drawn, sizes = list[NDArray[np.uint8]](), list[int]()
    for quantise in ("", kind):
        machine = load_machine(f"wan:{folder}?{QUERY}&quantise={quantise}", "cpu")
        assert isinstance(machine, WanNCCLIGen)
        parts = (machine.pipeline.transformer, machine.pipeline.text_encoder)
        sizes.append(sum(p.numel() * p.element_size() for part in parts for p in part.parameters()))
        state = machine.boot(None, SIZE)
        drawn.append(list(machine.step(state, Action(b"ls\r")))[-1].pixels)
    assert sizes[1] < 0.6 * sizes[0]
    assert np.abs(drawn[0].astype(int) - drawn[1]).mean() < 2 < drawn[0].std()


@pytest.mark.skipif(shutil.which("c++") is None, reason="compiling needs a C++ compiler")
def test_compiled_blocks_draw_nearly_the_same(folder: Path) -> None:
    drawn = list[NDArray[np.int64]]()
    for more in ("", "&compile=true"):
        machine = load_machine(f"wan:{folder}?{QUERY}{more}", "cpu")
        state = machine.boot(screen(5), SIZE)
        drawn.append(np.stack([frame.pixels for frame in machine.step(state, Action(b"ls\r"))]).astype(int))
    assert np.abs(drawn[0] - drawn[1]).max() <= 1


def test_a_lora_as_it_is_published_for_few_steps_is_taken(folder: Path, tmp_path: Path) -> None:
    layers = {}
    for at in range(2):
        for name, rows, columns in (("self_attn.q", 24, 24), ("cross_attn.k", 24, 24), ("ffn.0", 32, 24)):
            key = f"diffusion_model.blocks.{at}.{name}"
            layers[f"{key}.lora_down.weight"] = torch.ones(4, columns)
            layers[f"{key}.lora_up.weight"] = torch.full((rows, 4), 0.1)
    save_file(layers, tmp_path / "few.safetensors")
    drawn = list[NDArray[np.uint8]]()
    for more in ("", f"&lora={tmp_path / 'few.safetensors'}"):
        machine = load_machine(f"wan:{folder}?{QUERY}{more}", "cpu")
        state = machine.boot(screen(5), SIZE)
        drawn.append(list(machine.step(state, Action(b"ls\r")))[-1].pixels)
    assert not np.array_equal(drawn[0], drawn[1])


def test_a_folder_of_a_pipeline_is_seen_without_a_prefix(folder: Path) -> None:
    assert load_machine(str(folder), "cpu").name.startswith("wan-")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wan", "say where its weights are"),
        ("wan:/nowhere", "no Wan weights there"),
        ("wan:x?steps=0", "draw nothing"),
        ("wan:x?steps=many", "no number"),
        ("wan:x?speed=4", "no setting"),
        ("wan:x?frames=80", "1 more than a multiple of 4"),
        ("wan:x?height=100", "multiples of 16"),
        ("wan:x?quantise=int3", "none of int8, nf4"),
        ("wan:x?block=2", "guidance=1"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_one_line(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        load_machine(name, "cpu")
    assert "\n" not in str(caught.value)


def broken(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "broken"))


def test_a_missing_part_is_named(folder: Path, tmp_path: Path) -> None:
    path = broken(folder, tmp_path)
    shutil.rmtree(path / "vae")
    with pytest.raises(WanError, match="vae is missing"):
        look(path)


def test_a_pickle_is_never_loaded(folder: Path, tmp_path: Path) -> None:
    path = broken(folder, tmp_path)
    weights = next((path / "transformer").glob("*.safetensors"))
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(WanError, match="a pickle, which is never loaded"):
        look(path)
    weights.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(WanError, match="not safetensors, or cut short"):
        look(path)


def test_a_shard_that_is_named_and_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    path = broken(folder, tmp_path)
    index = {"weight_map": {"a": "model-00002-of-00002.safetensors"}}
    (path / "text_encoder" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(WanError, match=r"model-00002-of-00002\.safetensors: missing"):
        look(path)


def test_parts_of_different_revisions_are_told(folder: Path, tmp_path: Path) -> None:
    path = broken(folder, tmp_path)
    config = path / "text_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"d_model": 4096}))
    with pytest.raises(WanError, match="text_encoder and transformer are of different revisions: one gives 4096"):
        look(path)


def test_too_little_memory_is_told_before_loading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.wan.folder.free_memory", lambda device: 1000)
    found = look(folder)
    with pytest.raises(WanError, match=r"takes 0\.0 GiB of memory, and 0\.0 GiB are free on cuda; nf4 takes"):
        check_memory(found, WanSettings(), "cuda")
    with pytest.raises(WanError, match=r"0\.0 GiB are free on cpu$"):
        check_memory(found, WanSettings(quantise="nf4"), "cpu")
    assert found.needs("nf4") < found.needs("int8") < found.needs("")
    stored = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    assert found.needs("", 4) == pytest.approx(stored, rel=0.1)


def test_another_pipeline_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    with pytest.raises(WanError, match="a pipeline of StableDiffusionPipeline"):
        look(tmp_path)


def test_settings_are_typed() -> None:
    from model.loading import wan_settings

    assert wan_settings("steps=4&guidance=1.5&tiles=true&lora=a.safetensors") == WanSettings(
        steps=4, guidance=1.5, tiles=True, lora="a.safetensors"
    )
    assert wan_settings("") == WanSettings()
    with pytest.raises(MachineError, match="no setting"):
        wan_settings("stepz=4")
