"""Gates open to their own lines, stay shut to others, and refuse files that are none."""

import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from model.gate import Gate, GateError, features, fit_gate, load_gate, save_gate

WIDTH = 8
OWN = [b"greet bob\r", b"greet anna\r", b"greet zoe\r", b"greet max\r", b"greet ida\r", b"greet tom\r"]
OTHERS = [b"greet\r", b"echo greet bob\r", b"greeter bob\r", b"greet bob; ls\r", b"ls\r", b"pwd\r", b"cat bob\r", b"\r"]


def fitted(heard: float = 0.0) -> Gate:
    torch.manual_seed(0)
    heard_ND = heard * torch.randn(len(OWN) + len(OTHERS), WIDTH)
    return fit_gate([*OWN, *OTHERS], heard_ND, [True] * len(OWN) + [False] * len(OTHERS))


def test_a_gate_opens_to_arguments_it_has_not_seen_and_to_nothing_else() -> None:
    gate, nothing = fitted(), torch.zeros(WIDTH)
    for line in (*OWN, b"greet nobody\r", b"greet quux\r"):
        assert gate.answers(line, nothing), line
    for line in (*OTHERS, b"greeting bob\r", b"echo hi\r", b"greet bob | cat\r", b"x=greet\r", b":install greet\r"):
        assert not gate.answers(line, nothing), line


def test_the_state_decides_where_the_line_does_not() -> None:
    heard_ND = torch.tensor([[1.0, 0.0]] * 4 + [[-1.0, 0.0]] * 4)
    gate = fit_gate([b"go\r"] * 8, heard_ND, [True] * 4 + [False] * 4)
    assert gate.answers(b"go\r", torch.tensor([1.0, 0.0]))
    assert not gate.answers(b"go\r", torch.tensor([-1.0, 0.0]))


def test_lines_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(GateError, match="a word of their own"):
        fit_gate([b"go\r", b"go\r"], torch.zeros(2, WIDTH), [True, False])


def test_a_saved_gate_loads_equal() -> None:
    gate = fitted(heard=1.0)
    loaded = load_gate(save_gate(gate), WIDTH)
    assert all(torch.equal(getattr(gate, name), getattr(loaded, name)) for name in Gate.__slots__)


def test_what_is_no_gate_is_refused_in_one_line() -> None:
    gate = fitted()
    parts = {name: getattr(gate, name) for name in Gate.__slots__}
    payloads = [
        b"",
        pickle.dumps(parts),
        save({"known": gate.known}),
        save(parts | {"heard": torch.zeros(WIDTH + 1)}),
        save(parts | {"weights": gate.weights[:1].repeat(len(gate.known) + 1)}),
        save(parts | {"bias": torch.tensor([float("nan")])}),
        save(parts | {"known": gate.known.float()}),
    ]
    for payload in payloads:
        with pytest.raises(GateError) as error:
            load_gate(payload, WIDTH)
        assert "\n" not in str(error.value)


@given(st.binary(max_size=200))
def test_any_keys_have_features(keys: bytes) -> None:
    said = features(keys)
    assert said == sorted(said) and all(0 <= one < 2**63 for one in said)
