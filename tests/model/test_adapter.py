"""Adapters stand beside the network: without them it is what it was, and their files are PEFT's."""

import json
import pickle
from dataclasses import replace

import pytest
import torch
from routines import strong_adapter
from safetensors.torch import load, save

from model.nccligen.adapter import (
    TARGETS,
    Adapter,
    AdapterConfig,
    AdapterError,
    last_layers,
    load_adapter,
    save_adapter,
    targets_of,
)
from model.nccligen.machine import NCCLIGen
from model.nccligen.network import Network


def test_a_new_adapter_changes_nothing_and_a_strong_one_is_gone_without_a_trace(machine: NCCLIGen) -> None:
    network = machine.network
    x_1D = torch.randn(1, machine.config.width)
    before = network.clean(x_1D)
    weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with Adapter(network, AdapterConfig()).beside(network):
        assert torch.equal(network.clean(x_1D), before)
    with strong_adapter(machine).beside(network):
        assert not torch.allclose(network.clean(x_1D), before)
    assert torch.equal(network.clean(x_1D), before)
    assert all(torch.equal(weights[name], tensor) for name, tensor in network.state_dict().items())


def test_an_error_beside_the_network_leaves_no_hook(machine: NCCLIGen) -> None:
    with pytest.raises(RuntimeError, match="stopped"), strong_adapter(machine).beside(machine.network):
        raise RuntimeError("stopped")
    assert not any(layer._forward_hooks for layer in targets_of(machine.network).values())


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_saved_adapter_loads_equal(machine: NCCLIGen, share: float) -> None:
    adapter = strong_adapter(machine, share=share)
    loaded = load_adapter(save_adapter(adapter), machine.network)
    assert (loaded.config, loaded.targets) == (adapter.config, adapter.targets)
    for name, factor in adapter.factors().items():
        assert torch.equal(factor, loaded.factors()[name])
    assert save_adapter(loaded) == save_adapter(adapter)


def test_the_last_blocks_alone_are_adapted(machine: NCCLIGen) -> None:
    blocks = machine.config.layers
    names = last_layers(machine.network, 1 / blocks)
    assert {name.split(".")[2] for name in names if "blocks" in name} == {str(blocks - 1)}
    assert {"clean", "steer"} < set(names)
    assert set(last_layers(machine.network, 1.0)) == set(targets_of(machine.network))
    adapter = Adapter(machine.network, AdapterConfig(), names)
    assert len(adapter.branches) == len(names)


def test_an_adapter_of_another_machine_is_refused(machine: NCCLIGen) -> None:
    wider = Network(replace(machine.config, width=2 * machine.config.width))
    with pytest.raises(AdapterError, match="another machine"):
        load_adapter(save_adapter(strong_adapter(machine)), wider)


def test_what_is_no_adapter_is_refused_in_one_line(machine: NCCLIGen) -> None:
    good = save_adapter(strong_adapter(machine))
    broken = load(good)
    next(iter(broken.values())).fill_(float("nan"))
    config = {"r": 2, "lora_alpha": 4.0, "target_modules": list(TARGETS)}
    payloads = {
        b"": "not safetensors",
        pickle.dumps({"a": 1}): "not safetensors",
        good[:-1]: "not safetensors",
        save(load(good)): "does not say what it is",
        save(load(good), {"adapter_config": json.dumps(config | {"r": 10**6})}): "cannot be used",
        save(broken, {"adapter_config": json.dumps(config)}): "not finite",
        save(load(good), {"adapter_config": json.dumps(config | {"r": float("inf")})}): "does not say what it is",
        save(load(good), {"adapter_config": json.dumps(config | {"lora_alpha": 10**400})}): "does not say what it is",
        save(load(good), {"adapter_config": "[" * 100_000}): "does not say what it is",
    }
    for payload, reason in payloads.items():
        with pytest.raises(AdapterError, match=reason) as error:
            load_adapter(payload, machine.network)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_peft_reads_the_file_and_gives_the_same(machine: NCCLIGen, share: float) -> None:
    peft = pytest.importorskip("peft")
    payload = save_adapter(strong_adapter(machine, share=share))
    size = int.from_bytes(payload[:8], "little")
    config = json.loads(json.loads(payload[8 : 8 + size])["__metadata__"]["adapter_config"])
    x_1D = torch.randn(1, machine.config.width)
    with load_adapter(payload, machine.network).beside(machine.network):
        ours = machine.network.clean(x_1D)
    theirs = peft.get_peft_model(machine.network, peft.LoraConfig(**config))
    said = peft.set_peft_model_state_dict(theirs, load(payload))
    assert not said.unexpected_keys
    assert torch.allclose(theirs.base_model.model.clean(x_1D), ours, atol=1e-5)
