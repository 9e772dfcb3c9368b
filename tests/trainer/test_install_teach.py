"""Teaching, on a machine of random weights: what is fitted, and that the machine itself stays as it is."""

import pytest
import torch

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.machine import NCCLIGen
from model.nccligen.network import Network
from model.nccligen.routine import load_routine
from model.protocol import Action
from trainer.corpus import Index, build
from trainer.install.contexts import contexts, taught
from trainer.install.evidence import Bench
from trainer.install.example import Example
from trainer.install.fit_routine import RoutineConfig, last_turn, material
from trainer.install.neighbours import near
from trainer.install.teach import prepare, teach
from trainer.screen import text_lines
from trainer.split import held_out_session, session_hash
from trainer.targets import trace

SHOWN = [Example(f"greet {name}", (f"hello {name}",)) for name in ("bob", "anna", "zoe")]


@pytest.fixture(scope="module")
def machine() -> NCCLIGen:
    torch.manual_seed(3)
    config = PRESETS["nano"]
    return NCCLIGen(config, Network(config), CellAutoencoder(config.cell), "0" * 64)


def test_no_context_is_held_out_and_each_ends_at_a_prompt() -> None:
    sessions = contexts()
    assert len(sessions) == 16
    for session in sessions:
        keys = [event.data.encode() for event in session.events if event.code == "i"]
        assert not keys or not held_out_session(session_hash(keys))
        assert session.events[-1].code == "o"


def test_a_demonstration_is_typed_at_the_prompt_and_answered() -> None:
    from trainer.emulator import Emulator

    session = taught(contexts()[3], "greet bob", ("hello bob", "bye"))
    emulator = Emulator(session.geometry)
    for event in session.events:
        if event.code == "o":
            emulator.feed(event.data)
    lines = [line for line in text_lines(emulator.screen()) if line]
    assert lines[-4].endswith("$ greet bob") and lines[-3:-1] == ["hello bob", "bye"]
    assert lines[-1] == lines[-4].removesuffix("greet bob").rstrip()


def test_lines_are_heard_together_as_they_are_one_by_one(machine: NCCLIGen) -> None:
    bench = Bench(machine, contexts()[2:4])
    lines = ["ls", "greet bob and anna", "pwd", "cat notes.txt"]
    heard_ND = bench.heard(lines)
    for i, line in enumerate(lines):
        action = Action(f"{line}\r".encode(), clock=bench._clocks[i % 2])
        alone_D = machine.hear(bench.states[i % 2].fork(), action)
        assert torch.allclose(heard_ND[i], alone_D, atol=1e-4)


def test_the_last_turn_of_a_stream_is_what_the_session_adds(machine: NCCLIGen) -> None:
    session = contexts()[2]
    index = Index()
    (before,) = build([trace(session)], 4096, index)
    (whole,) = build([trace(taught(session, "greet bob", ("hello bob",)))], 4096, index)
    turn = last_turn(whole)
    assert len(before) + len(turn) == len(whole)
    assert turn.block[0] == before.block[-1] + 1
    assert (turn.extra_at >= 0).all() and len(turn.extra_at) + len(before.extra_at) == len(whole.extra_at)


def test_the_loss_behind_a_cache_is_that_of_the_whole_session(machine: NCCLIGen) -> None:
    objective, (behind,) = material(Bench(machine, contexts()[2:3]), SHOWN[:1])
    from trainer.batches import collate
    from trainer.corpus import Piece

    index_of = [[Piece(0, len(behind.turns[0]))]]
    batch = collate(behind.turns, index_of, len(behind.turns[0]))
    times = torch.where(batch.noisy.bool(), 0.0, 1.0)
    with torch.no_grad():
        outcome = objective(batch, times, cache=behind.cache)
        again = objective(batch, times, cache=behind.cache)
    assert torch.isfinite(outcome.loss) and torch.equal(outcome.loss, again.loss)
    assert len(outcome.cell_right) == int(((batch.cell >= 0) & batch.noisy.bool()).sum())


def test_teaching_leaves_the_machine_as_it_was_and_gives_files_that_load(machine: NCCLIGen) -> None:
    weights = {name: tensor.clone() for name, tensor in machine.network.state_dict().items()}
    losses = list[float]()
    done = teach(machine, prepare("greet", SHOWN), RoutineConfig(seconds=3.0), lambda _, loss: losses.append(loss))
    assert len(losses) >= 2 and min(losses[1:]) < losses[0]
    assert all(torch.equal(weights[name], tensor) for name, tensor in machine.network.state_dict().items())
    assert all(not parameter.requires_grad for parameter in machine.network.parameters())
    assert machine.routines == ()
    routine = load_routine("greet", done.adapter, done.gate, machine.network)
    bench = Bench(machine, contexts()[:2])
    own = [f"greet {name}" for name in ("mia", "leo", "kim")]
    others = [*near(own[:1]), "ls", "echo hello", "cat notes.txt"]
    heard = zip((*own, *others), bench.heard([*own, *others]), strict=True)
    answers = [routine.gate.answers(f"{line}\r".encode(), heard_D) for line, heard_D in heard]
    assert answers == [True] * len(own) + [False] * len(others)
    assert done.figures["shown"][1] == 3 and done.figures["unseen"][1] == 12


def test_a_stopped_fitting_gives_what_it_has(machine: NCCLIGen) -> None:
    done = teach(machine, prepare("greet", SHOWN), RoutineConfig(seconds=60.0), stopped=lambda: True)
    assert load_routine("greet", done.adapter, done.gate, machine.network).name == "greet"
