"""A routine of the Wan machine goes through the same ledger and gate: a LoRA that draws its own lines and no others."""

from pathlib import Path

import pytest

pytest.importorskip("diffusers")
import numpy as np
import torch
from fakes import typed

from model.loading import load_machine
from model.protocol import Action, Frame, Geometry
from model.wan.folder import WanError
from model.wan.machine import WanNCCLIGen
from model.wan.routine import load_routine
from neuralsh.cli import main
from neuralsh.ledger.ledger import Ledger
from neuralsh.paths import find_home
from trainer.wan.tiny import QUERY, save_tiny

GREET = """name = "greet"
[[demo]]
command = "greet bob"
output = "hello bob"
[[demo]]
command = "greet anna"
output = "hello anna"
"""
SMALL = Geometry(2, 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("wan") / "tiny")


def machine_of(folder: Path) -> WanNCCLIGen:
    machine = load_machine(f"wan:{folder}?{QUERY}", "cpu")
    assert isinstance(machine, WanNCCLIGen)
    return machine


def drawn(machine: WanNCCLIGen, *lines: str) -> list[Frame]:
    """The frame after each line, from the same state."""
    frames = []
    for line in lines:
        state = machine.boot(None, SMALL)
        for _ in machine.step(state, Action(f"{line}\r".encode())):
            pass
        frames.append(state.frame)
    return frames


def test_a_routine_is_installed_answers_its_own_lines_and_is_taken_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "greet.toml", tmp_path / "home"
    file.write_text(GREET)
    options = ["--model", f"wan:{folder}?{QUERY}", "--home", str(home), "--device", "cpu"]
    with typed(b"y\n"):
        assert main(["install", str(file), *options, "--seconds", "1"]) == 0
    told = capsys.readouterr()
    assert "1 installed greet" in told.out and "answered as before, to the last pixel" in told.err
    machine = machine_of(folder)
    base = drawn(machine, "greet zoe", "ls")
    with Ledger.open(find_home(str(home)).data) as ledger:
        [entry] = ledger.active(machine.base_hash)
        adapter, gate = ledger.store.get(entry.adapter), ledger.store.get(entry.gate)
        assert ledger.verify() is None
    routine = load_routine("greet", adapter, gate, machine.hears)
    machine.routines = (routine, load_routine("again", adapter, gate, machine.hears))
    assert machine.weights_hash != machine.base_hash
    answered, other = drawn(machine, "greet zoe", "ls")
    assert not np.array_equal(answered.pixels, base[0].pixels)
    assert np.array_equal(other.pixels, base[1].pixels)
    machine.routines = ()
    assert machine.weights_hash == machine.base_hash
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(drawn(machine, "greet zoe", "ls"), base, strict=True))
    assert main(["revert", "greet", *options]) == 0
    assert main(["verify", *options]) == 0


def test_an_adapter_that_is_none_is_refused_and_leaves_nothing(folder: Path) -> None:
    from safetensors.torch import save

    from model.gate import Gate, save_gate

    machine = machine_of(folder)
    none = torch.zeros(0)
    gate = save_gate(Gate(none.long(), none, torch.zeros(machine.hears), torch.ones(1)))
    with pytest.raises(WanError, match="no LoRA of a Wan transformer"):
        load_routine("x", save({"a": torch.zeros(1)}), gate, machine.hears)
    with pytest.raises(WanError, match="no safetensors"):
        load_routine("x", b"pickle", gate, machine.hears)
    base = drawn(machine, "ls")
    sizes = {"A": (2, 5), "B": (7, 2)}
    layers = {f"transformer.blocks.0.attn1.to_q.lora_{one}.weight": torch.ones(size) for one, size in sizes.items()}
    with pytest.raises(WanError, match="a LoRA of another transformer"):
        machine.routines = (load_routine("x", save(layers), gate, machine.hears),)
    assert machine.routines == () and machine.weights_hash == machine.base_hash
    assert np.array_equal(drawn(machine, "ls")[0].pixels, base[0].pixels)
