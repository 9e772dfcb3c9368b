"""What is told of the keys: places of digits, and words that are the same wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.nccligen.words import BUCKETS, HASHES, PLACES, WORD_SYMBOLS, word_symbols


def places(keys: bytes) -> dict[int, int]:
    """Of each digit that is told one, its place value."""
    return {at: symbol for at, symbol in word_symbols(keys) if symbol < PLACES}


def words(keys: bytes) -> dict[int, list[int]]:
    """Of each byte that ends a word, which word it is."""
    told = dict[int, list[int]]()
    for at, symbol in word_symbols(keys):
        if symbol >= PLACES:
            told.setdefault(at, []).append(symbol)
    return told


def test_digits_are_told_their_place_from_the_right() -> None:
    assert places(b"echo $((7+250))\r") == {8: 0, 10: 2, 11: 1, 12: 0}
    assert places(b"X2=a1 v3\r") == {}
    assert places(b"1234567890") == {i: min(9 - i, PLACES - 1) for i in range(10)}


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (b"size=big\r", b"echo $size\r"),
        (b"export a_1=x\r", b'echo "${a_1}!"\r'),
        (b"echo hi > notes.txt\r", b"cat notes.txt\r"),
        (b"touch a-b.py c\r", b"rm ./dir/a-b.py\r"),
        (b"mkdir photos\r", b"cd photos/\r"),
    ],
)
def test_a_name_is_told_alike_where_it_is_made_and_where_it_is_asked_for(made: bytes, asked: bytes) -> None:
    name = max((w for w in (b"size", b"a_1", b"notes.txt", b"a-b.py", b"photos") if w in made), key=len)
    here, there = made.index(name) + len(name) - 1, asked.index(name) + len(name) - 1
    assert words(made)[here] == words(asked)[there]


def test_words_that_differ_in_a_letter_are_told_apart() -> None:
    told = {tuple(words(b"a%c%c" % (x, y))[2]) for x in range(97, 123) for y in range(97, 123)}
    assert len(told) == 26 * 26


@given(st.binary(max_size=300))
def test_any_keys_are_told_in_order_and_within_the_table(keys: bytes) -> None:
    told = word_symbols(keys)
    assert told == sorted(told)
    assert all(0 <= at < len(keys) and 0 <= symbol < WORD_SYMBOLS for at, symbol in told)
    assert all(len(symbols) == HASHES for symbols in words(keys).values())
    assert all((s - PLACES) // BUCKETS == i for symbols in words(keys).values() for i, s in enumerate(symbols))
