"""The suite `install`: locality is measured bit by bit, and one routine of each kind comes before two of any."""

from dataclasses import replace

import pytest
import torch

from model.gate import Gate, save_gate
from model.nccligen.adapter import Adapter, AdapterConfig, save_adapter
from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.machine import NCCLIGen
from model.nccligen.network import Network
from model.nccligen.routine import Routine, load_routine
from trainer.evaluate import install
from trainer.evaluate.routines import KINDS, cases
from trainer.install.contexts import contexts
from trainer.install.evidence import Bench
from trainer.install.fit_routine import RoutineConfig


@pytest.fixture(scope="module")
def machine() -> NCCLIGen:
    torch.manual_seed(3)
    config = PRESETS["nano"]
    return NCCLIGen(config, Network(config), CellAutoencoder(config.cell), "0" * 64)


def routine(machine: NCCLIGen, bias: float) -> Routine:
    """A routine that draws something else, for every line (bias 1) or none (bias -1)."""
    adapter = Adapter(machine.network, AdapterConfig(rank=1))
    for factor in adapter.factors().values():
        torch.nn.init.normal_(factor, std=0.3)
    nothing = torch.zeros(0, dtype=torch.int64)
    gate = Gate(nothing, torch.zeros(0), torch.zeros(machine.config.width), torch.tensor([bias]))
    return load_routine("r", save_adapter(adapter), save_gate(gate), machine.network)


def test_locality_sees_what_a_routine_changes(machine: NCCLIGen) -> None:
    bench = Bench(machine, contexts()[:2])
    assert install.changed_turns(machine, bench, [routine(machine, -1.0)] * 3, 4) == 0
    assert install.changed_turns(machine, bench, [routine(machine, 1.0)], 4) == 4
    assert machine.routines == ()


def test_a_few_routines_are_of_as_many_kinds() -> None:
    chosen = install._spread(cases(unseen=1), 10)
    assert [case.kind for case in chosen] == list(KINDS)


def test_a_taught_routine_is_asked_and_put_away(machine: NCCLIGen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "RoutineConfig", lambda: RoutineConfig(seconds=0.2))
    case = cases(unseen=2)[0]
    result, taught = install.taught(machine, Bench(machine, contexts()[:2]), replace(case, unseen=case.unseen[:2]))
    assert (result.of_shown, result.of_unseen, result.error) == (5, 2, None)
    assert taught is not None and taught.name == case.name and machine.routines == ()
