"""The write head and the scroll."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.nccligen.address import SPANS, Address, Head, Kind, place
from model.nccligen.tokens import STEERS, steer, unsteer


@pytest.mark.parametrize(
    ("address", "head", "expected"),
    [
        (Address(Kind.SAME, 8), Head(3, 20), (Head(3, 0), 0)),
        (Address(Kind.NEXT, 8), Head(3, 20), (Head(4, 0), 0)),
        (Address(Kind.NEXT, 8), Head(23, 20), (Head(23, 0), 1)),
        (Address(Kind.CONTINUE, 8), Head(3, 20), (Head(3, 20), 0)),
        (Address(Kind.SPACED, 8), Head(3, 20, 15), (Head(3, 17), 0)),
        (Address(Kind.CLEAR, 8), Head(3, 20), (Head(0, 0), 0)),
        (Address(Kind.GOTO, 8, 5, 16), Head(3, 20), (Head(5, 16), 0)),
        (Address(Kind.GOTO, 8, 99, 16), Head(3, 20), (Head(23, 16), 0)),
    ],
)
def test_place(address: Address, head: Head, expected: tuple[Head, int]) -> None:
    assert place(address, head, rows=24) == expected


def test_a_yield_is_not_a_write() -> None:
    with pytest.raises(ValueError, match="yield"):
        place(Address(Kind.YIELD), Head(0, 0), 24)


@given(st.sampled_from(Kind), st.sampled_from(SPANS))
def test_steer_is_invertible(kind: Kind, length: int) -> None:
    index = steer(Address(kind, length))
    assert 0 <= index < STEERS
    assert unsteer(index) == (kind, length)
