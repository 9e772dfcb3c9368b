"""Weights and states on disk: equal when whole, one clear line when not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from model.loading import load_machine
from model.nccligen import weights
from model.nccligen.machine import NCCLIGen, load
from model.nccligen.network import Network
from model.nccligen.state import NCCLIGenState, load_state, save_state
from model.nccligen.weights import WeightsError, load_weights, save_weights
from model.protocol import Action, Geometry
from model.states import StateError


@pytest.fixture
def folder(machine: NCCLIGen, tmp_path: Path) -> Path:
    save_weights(tmp_path / "w", machine.config, machine.network, machine.autoencoder, {"minutes": 0})
    return tmp_path / "w"


def test_saved_weights_load_equal(machine: NCCLIGen, folder: Path) -> None:
    loaded = load(folder, "cpu")
    again = load(folder, "cpu")
    assert loaded.weights_hash == again.weights_hash
    for name, tensor in loaded.network.state_dict().items():
        assert torch.equal(tensor, machine.network.state_dict()[name].bfloat16().float())
    for name, tensor in loaded.autoencoder.state_dict().items():
        assert torch.equal(tensor, machine.autoencoder.state_dict()[name])


def test_shards_stay_small(machine: NCCLIGen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHARD_BYTES", 200_000)
    # A tensor is never split: the largest of this width is smaller than a shard.
    config = replace(machine.config, width=32)
    save_weights(tmp_path, config, Network(config), machine.autoencoder, {})
    shards = sorted(tmp_path.glob("network-*.safetensors"))
    assert len(shards) > 1
    assert all(shard.stat().st_size < 210_000 for shard in shards)
    assert load_weights(tmp_path)[1] is not None


@pytest.mark.parametrize("name", ["cells.safetensors", "network-01-of-01.safetensors"])
def test_one_byte_changed_is_refused(folder: Path, name: str) -> None:
    payload = bytearray((folder / name).read_bytes())
    payload[len(payload) // 2] ^= 1
    (folder / name).write_bytes(payload)
    with pytest.raises(WeightsError, match=f"{name}: damaged") as error:
        load(folder)
    assert "\n" not in str(error.value)


def test_a_pickle_is_refused_even_with_its_hash(folder: Path) -> None:
    import hashlib
    import pickle

    payload = pickle.dumps({"a": 1})
    (folder / "cells.safetensors").write_bytes(payload)
    document = json.loads((folder / "config.json").read_text())
    document["files"]["cells.safetensors"] = hashlib.sha256(payload).hexdigest()
    (folder / "config.json").write_text(json.dumps(document))
    with pytest.raises(WeightsError, match="not safetensors"):
        load(folder)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "not a configuration"),
        ("[]", "not a configuration"),
        ('{"machine": "other"}', "another machine"),
        ('{"machine": "nccligen", "config": {"name": "x"}, "files": {}}', "not a configuration"),
        ("[" * 100_000, "not a configuration"),
    ],
)
def test_a_broken_configuration_is_refused(folder: Path, text: str, match: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(WeightsError, match=match):
        load(folder)


@pytest.mark.parametrize("size", [0, -4, 1.5, "64", None, float("inf")])
@pytest.mark.parametrize("name", ["width", "layers", "heads", "window", "memory", "latent"])
def test_sizes_that_are_none_are_refused(folder: Path, name: str, size: object) -> None:
    document = json.loads((folder / "config.json").read_text())
    (document["config"]["cell"] if name == "latent" else document["config"])[name] = size
    (folder / "config.json").write_text(json.dumps(document))
    with pytest.raises(WeightsError, match="not a configuration"):
        load(folder)


def test_files_in_another_form_are_refused(folder: Path) -> None:
    document = json.loads((folder / "config.json").read_text())
    document["files"] = list(document["files"].items())
    (folder / "config.json").write_text(json.dumps(document))
    with pytest.raises(WeightsError, match="not a configuration"):
        load(folder)


def test_files_outside_the_folder_are_refused(folder: Path) -> None:
    document = json.loads((folder / "config.json").read_text())
    document["files"]["../x.safetensors"] = "0"
    (folder / "config.json").write_text(json.dumps(document))
    with pytest.raises(WeightsError, match="outside"):
        load(folder)


def test_missing_weights_and_devices_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights there"):
        load(tmp_path / "nowhere")
    with pytest.raises(WeightsError, match="device 'tpu'"):
        load(folder, "tpu")
    with pytest.raises(ValueError, match="wan"):
        load_machine("wan")
    assert load_machine(str(folder), "cpu").device == "cpu"


def test_an_autoencoder_alone_is_no_machine(machine: NCCLIGen, tmp_path: Path) -> None:
    save_weights(tmp_path, machine.config, None, machine.autoencoder, {})
    assert load_weights(tmp_path)[1] is None
    with pytest.raises(WeightsError, match="train a machine"):
        load(tmp_path)


def test_a_saved_state_opens_equal_to_the_last_bit(machine: NCCLIGen, tmp_path: Path) -> None:
    state = machine.boot(None, Geometry(5, 20))
    stream = machine.step(state, Action(b"ls\r"))
    next(stream)
    stream.close()
    save_state(state, machine.weights_hash, tmp_path / "s")
    opened = load_state(tmp_path / "s", machine.weights_hash, "cpu")
    assert opened.digest() == state.digest()
    frames = [next(machine.step(s, Action(b"pwd\r"))).pixels for s in (state, opened)]
    assert (frames[0] == frames[1]).all()


def test_a_state_of_other_weights_or_a_broken_one_is_refused(machine: NCCLIGen, tmp_path: Path) -> None:
    save_state(machine.boot(None, Geometry(5, 20)), machine.weights_hash, tmp_path / "s")
    with pytest.raises(StateError, match="other weights"):
        load_state(tmp_path / "s", "f" * 64, "cpu")
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:100])
    with pytest.raises(StateError, match=r"s: not a saved state$"):
        load_state(tmp_path / "s", machine.weights_hash, "cpu")
    with pytest.raises(StateError, match="none: no such file"):
        load_state(tmp_path / "none", machine.weights_hash, "cpu")


def saved_state(machine: NCCLIGen, path: Path) -> NCCLIGenState:
    """A state of two turns, written to `path`."""
    state = machine.boot(None, Geometry(5, 20))
    for _ in range(2):
        stream = machine.step(state, Action(b"ls\r"))
        next(stream)
        stream.close()
    save_state(state, machine.weights_hash, path)
    return state


def test_an_opened_state_outlives_its_file(machine: NCCLIGen, tmp_path: Path) -> None:
    state = saved_state(machine, tmp_path / "s")
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
    opened = load_state(tmp_path / "s", machine.weights_hash, "cpu")
    # A tensor that is still of the file would now be zeros; cut shorter, reading it kills the process.
    with (tmp_path / "s").open("r+b") as file:
        file.write(bytes((tmp_path / "s").stat().st_size))
    assert opened.digest() == state.digest()


@pytest.mark.parametrize("name", ["counters", "keys", "memory.values", "memory.words", "pixels"])
def test_one_bit_of_a_state_changed_is_refused(machine: NCCLIGen, tmp_path: Path, name: str) -> None:
    saved_state(machine, tmp_path / "s")
    payload = bytearray((tmp_path / "s").read_bytes())
    size = int.from_bytes(payload[:8], "little")
    payload[8 + size + json.loads(payload[8 : 8 + size])[name]["data_offsets"][0]] ^= 1
    (tmp_path / "s").write_bytes(payload)
    with pytest.raises(StateError, match="damaged"):
        load_state(tmp_path / "s", machine.weights_hash, "cpu")


def test_a_state_saved_before_there_was_a_hash_of_its_tensors_opens(machine: NCCLIGen, tmp_path: Path) -> None:
    state = saved_state(machine, tmp_path / "s")
    tensors = load_tensors((tmp_path / "s").read_bytes())
    before = {"state": json.dumps({"weights": machine.weights_hash})}
    (tmp_path / "s").write_bytes(save_tensors(tensors, metadata=before))
    assert load_state(tmp_path / "s", machine.weights_hash, "cpu").digest() == state.digest()
    tensors["pixels"] = tensors["pixels"].flatten()
    (tmp_path / "s").write_bytes(save_tensors(tensors, metadata=before))
    with pytest.raises(StateError, match="not a saved state"):
        load_state(tmp_path / "s", machine.weights_hash, "cpu")
