"""Teaching, on a machine of random weights: what is fitted, and that the machine itself stays as it is."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from model.nccligen.adapter import Adapter, AdapterConfig
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
from trainer.install.fit_routine import RoutineConfig, fit_routine, last_turns, material
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

    session = taught(contexts()[3], Example("greet bob", ("hello bob", "bye")))
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
    (whole,) = build([trace(taught(session, Example("greet bob", ("hello bob",))))], 4096, index)
    turn = last_turns(whole, 1)
    assert len(before) + len(turn) == len(whole)
    assert turn.block[0] == before.block[-1] + 1
    assert (turn.extra_at >= 0).all() and len(turn.extra_at) + len(before.extra_at) == len(whole.extra_at)


def test_the_loss_behind_a_cache_is_that_of_the_whole_session(machine: NCCLIGen) -> None:
    objective, (behind,) = material(Bench(machine, contexts()[2:3]), SHOWN[:1], SHOWN[:1])
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


LOUDER = [Example("louder", (f"HELLO {one.output[0][6:].upper()}",), (one,)) for one in SHOWN]


def test_what_stands_before_is_seen_as_the_base_machine_absorbed_it(machine: NCCLIGen) -> None:
    from trainer.batches import collate
    from trainer.corpus import Piece

    bench = Bench(machine, contexts()[2:3])
    objective, (behind,) = material(bench, LOUDER[:1], LOUDER[:1])
    (stream,) = behind.turns
    own = stream.turn == stream.turn[-1]
    assert len(set(stream.turn.tolist())) == 2 and not stream.noisy[~own].any() and (stream.steer[~own] == -1).all()
    # The session with the turn before it absorbed, and the turn alone behind it, give the same loss.
    heard = Bench(machine, [taught(contexts()[2], SHOWN[0])])
    plain = [replace(LOUDER[0], before=())]
    (alone,) = material(heard, plain, plain)[1]
    adapter = Adapter(machine.network, AdapterConfig(rank=2))
    for factor in adapter.factors().values():
        torch.nn.init.normal_(factor, std=0.1)
    losses = []
    for part in (behind, alone):
        turns = [last_turns(part.turns[0], 1)] if part is alone else part.turns
        batch = collate(turns, [[Piece(0, len(turns[0]))]], len(turns[0]))
        own_BL1 = (batch.turn == batch.turn.amax(1, keepdim=True))[..., None]
        with torch.no_grad(), adapter.beside(machine.network, own_BL1):
            outcome = objective(batch, torch.where(batch.noisy.bool(), 0.0, 1.0), cache=part.cache)
        losses.append((outcome.cell_right.sum(), outcome.address_right.sum()))
    assert losses[0] == losses[1]


def test_a_routine_takes_what_another_one_drew(machine: NCCLIGen) -> None:
    lesson = prepare("louder", LOUDER)
    assert lesson.template is not None
    assert lesson.template.describe() == "greet <1> -> hello <1>; louder -> HELLO <upper(1)>"
    assert lesson.unseen and all(one.before[0].output[0][6:].upper() == one.output[0][6:] for one in lesson.unseen)
    done = teach(machine, lesson, RoutineConfig(seconds=0.5))
    routine = load_routine("louder", done.adapter, done.gate, machine.network)
    bench = Bench(machine, contexts()[:2])
    heard_ND = bench.heard_behind(lesson.unseen[:2])
    assert all(routine.gate.answers(b"louder\r", heard_D) for heard_D in heard_ND)
    assert not routine.gate.answers(b"greet bob\r", bench.heard(["greet bob"])[0])
    assert 0 <= bench.show_in_turn(lesson.shown, (routine,)) <= len(lesson.shown) and machine.routines == ()


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


def test_a_fit_whose_loss_is_low_enough_lets_its_rate_fall_and_ends(machine: NCCLIGen) -> None:
    shares = list[float]()
    config = RoutineConfig(seconds=600.0, enough=1000.0)
    fit_routine(Bench(machine, contexts()[:2]), SHOWN, (), config, lambda share, _: shares.append(share))
    assert shares[0] < 0.01 and shares == sorted(shares) and shares[-1] == 1
    assert len(shares) < 20


def test_demonstrations_stand_behind_every_session_and_other_examples_are_dealt_out(machine: NCCLIGen) -> None:
    others = [Example(f"greet {name}", (f"hello {name}",)) for name in ("ann", "kim", "leo", "mia")]
    _, behind = material(Bench(machine, contexts()[:3]), SHOWN, others)
    assert [(len(one.shown), len(one.turns)) for one in behind] == [(3, 2), (3, 1), (3, 1)]


def test_what_was_missed_is_fitted_on_while_there_is_time(machine: NCCLIGen, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = list[tuple[Any, ...]]()

    def fitted(bench: Bench, shown: Any, made: Any, config: RoutineConfig, *rest: Any) -> Adapter:
        rounds.append((shown, config.seconds, rest[-1]))
        return fit_routine(bench, shown, made, config, *rest)

    monkeypatch.setattr("trainer.install.teach.fit_routine", fitted)
    monkeypatch.setattr("trainer.install.teach.AGAIN", 0.5)
    done = teach(machine, prepare("greet", SHOWN), RoutineConfig(seconds=4.0, enough=1000.0))
    # These weights draw nothing right, so that all is missed each time.
    assert done.figures["shown"] == [0, 3] and len(rounds) > 1
    assert all(shown == tuple(SHOWN) for shown, *_ in rounds)
    assert [seconds for _, seconds, _ in rounds] == [4.0] + [0.5] * (len(rounds) - 1)
    assert rounds[0][2] is None and all(isinstance(before, Adapter) for *_, before in rounds[1:])


def test_a_stopped_fitting_gives_what_it_has(machine: NCCLIGen) -> None:
    done = teach(machine, prepare("greet", SHOWN), RoutineConfig(seconds=60.0), stopped=lambda: True)
    assert load_routine("greet", done.adapter, done.gate, machine.network).name == "greet"
