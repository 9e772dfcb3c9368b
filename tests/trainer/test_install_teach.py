"""Teaching, on a machine of random weights: what is fitted, and that the machine itself stays as it is."""

import pytest
import torch

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.machine import NCCLIGen
from model.nccligen.network import Network
from model.nccligen.routine import load_routine
from trainer.corpus import Index, build
from trainer.install.contexts import contexts, taught
from trainer.install.evidence import Bench
from trainer.install.example import Example
from trainer.install.fit_routine import RoutineConfig, absorbed, last_turn, material
from trainer.install.neighbours import near
from trainer.install.teach import prepare, teach
from trainer.objective import Objective, ObjectiveConfig
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


def test_a_session_absorbed_in_one_pass_is_the_state_of_the_machine(machine: NCCLIGen) -> None:
    session = contexts()[4]
    index = Index()
    (stream,) = build([trace(session)], 4096, index)
    from trainer.fit import codes_of

    objective = Objective(machine.network, codes_of(machine.autoencoder, index.table()), ObjectiveConfig())
    cache, state = absorbed(objective, stream), Bench(machine, [session]).states[0]
    assert cache.tokens == state.cache.tokens
    assert torch.allclose(cache.keys, state.cache.keys, atol=2e-3)
    assert torch.allclose(cache.said, state.cache.said, atol=1e-5)


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
    sessions = contexts()[2:3]
    objective, (behind,) = material(machine, sessions, SHOWN[:1])
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
    assert all(routine.gate.answers(f"{line}\r".encode(), bench.heard(line, 0)) for line in own)
    others = [*near(own[:1]), "ls", "echo hello", "cat notes.txt"]
    assert not any(routine.gate.answers(f"{line}\r".encode(), bench.heard(line, 1)) for line in others)
    assert done.figures["shown"][1] == 3 and done.figures["unseen"][1] == 12


def test_a_stopped_fitting_gives_what_it_has(machine: NCCLIGen) -> None:
    done = teach(machine, prepare("greet", SHOWN), RoutineConfig(seconds=60.0), stopped=lambda: True)
    assert load_routine("greet", done.adapter, done.gate, machine.network).name == "greet"
