"""What a routine is fitted on that recordings become: each turn behind its own session, long ones seldom."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sessions import PROMPT

from model.gate import load_gate
from model.nccligen.address import Address, Kind
from model.nccligen.machine import load
from model.nccligen.state import NCCLIGenState
from model.nccligen.tokens import steer
from model.protocol import Action, Frame, Geometry
from trainer.casts import Event, Recording
from trainer.corpus import Index, build_spans
from trainer.evaluate.general import WRITES
from trainer.evaluate.rollout import PixelWrite
from trainer.install.recordings import LENGTH, ROWS, _gate, drawn_from, turns_of
from trainer.install.teach import TeachError
from trainer.targets import trace

END = steer(Address(Kind.YIELD))


def recording(*outputs: int) -> Recording:
    """A session of commands that print so many lines."""
    events = [Event(0.0, "o", PROMPT)]
    for at, lines in enumerate(outputs):
        printed = "".join(f"line {number}\r\n" for number in range(lines))
        events += [Event(at + 1.0, "i", f"say {at}\r"), Event(at + 1.0, "o", f"say {at}\r\n{printed}{PROMPT}")]
    return Recording(Geometry(), None, events, {})


def test_only_a_turn_is_adapted_and_not_what_stands_before_it() -> None:
    turns = build_spans(trace(recording(1, 2, 3)), LENGTH, Index(), span=1)
    batch, cache, own_BL1 = drawn_from(turns)(np.random.default_rng(0))
    assert own_BL1 is not None and cache is None
    assert own_BL1.shape == (len(batch.symbol), LENGTH, 1) and len(batch.symbol) <= ROWS
    own_BL = own_BL1[..., 0]
    assert own_BL[batch.noisy.bool()].all()
    # What is read off a turn's tokens is an address of that turn.
    assert own_BL[batch.steer >= 0].all() and (batch.steer[own_BL] == END).sum() >= 3
    assert not own_BL[batch.session < 0].any() and (~own_BL[batch.session >= 0]).any()


def test_a_turn_is_drawn_the_more_often_the_shorter_it_is() -> None:
    turns = [
        one
        for lines in (1, 20)
        for number in range(20)
        for one in build_spans(trace(recording(lines, *[0] * (number % 2))), LENGTH, Index(), span=1)
        if one.turn[-1] == 1
    ]
    longest, shortest = max(map(len, turns)), min(map(len, turns))
    assert longest > 4 * shortest
    draw, random = drawn_from(turns), np.random.default_rng(0)
    ends = sum(int((draw(random).batch.steer == END).sum()) for _ in range(10))
    # Were all drawn alike, the four rows had room for no more than this.
    assert ends > 10 * ROWS * LENGTH / np.mean([len(turn) for turn in turns])


def test_a_gate_hears_what_is_typed_behind_a_long_screen() -> None:
    machine, read = load(None, "cpu"), list[int]()
    absorb = machine.absorb
    long = Event(0.0, "o", "".join(f"{number} word\r\n" for number in range(300)))

    def watched(state: NCCLIGenState, action: Action, writes: Sequence[PixelWrite], frame: Frame | None = None) -> None:
        read.append(len(writes))
        absorb(state, action, writes, frame)

    machine.absorb = watched  # type: ignore[method-assign]
    one = recording(1, 1)
    behind = trace(replace(one, events=[long, *one.events]))
    assert len(behind.turns[0].writes) > WRITES
    assert load_gate(_gate(machine, [behind], 0), machine.network.config.width)
    assert max(read) == read[0] == WRITES
    with pytest.raises(TeachError, match="show no command"):
        _gate(machine, [trace(recording())], 0)


def test_the_shorter_half_of_the_answers_is_learned_from_and_no_first_screen() -> None:
    traces = [trace(recording(1, 20, 3)), trace(recording(30))]
    # The answers of one line and of three; those of twenty and of thirty are the longer half.
    assert [span.turn[-1] for span in turns_of(traces, Index())] == [1, 3]
    assert not turns_of([trace(recording())], Index())
