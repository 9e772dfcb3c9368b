"""The clock as symbols: every field can be told from them, and each field has symbols of its own."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from model.nccligen.tokens import SYMBOLS, action_blocks, clock_symbols
from model.protocol import Action, Geometry

FIRST = clock_symbols(datetime(2000, 10, 10, tzinfo=UTC))


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)))
def test_symbols_are_in_the_table_and_rise_field_by_field(when: datetime) -> None:
    symbols = clock_symbols(when.replace(tzinfo=UTC))
    assert len(symbols) == len(FIRST)
    assert symbols == sorted(symbols) and symbols[-1] < SYMBOLS


def test_times_that_differ_in_a_second_or_a_day_differ_and_zones_do_not_matter() -> None:
    when = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert clock_symbols(when) != clock_symbols(when + timedelta(seconds=1))
    assert len({tuple(clock_symbols(when + timedelta(days=day))) for day in range(366)}) == 366
    assert clock_symbols(when) == clock_symbols(when.astimezone(timezone(timedelta(hours=5))))


def test_a_digit_has_one_symbol_in_its_place() -> None:
    seconds = [clock_symbols(datetime(2024, 1, 1, 0, 0, s, tzinfo=UTC))[-2:] for s in range(60)]
    assert len({units for _, units in seconds}) == 10 and len({tens for tens, _ in seconds}) == 6


@given(st.binary(max_size=30))
def test_an_action_carries_its_whole_clock_on_tokens_it_has(keys: bytes) -> None:
    when = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
    (block,) = action_blocks(Action(keys, clock=when), Geometry(24, 80))
    assert block.extras == sorted(block.extras)
    assert all(0 <= at <= len(keys) for at, _ in block.extras)
    clock = [(at, symbol) for at, symbol in block.extras if symbol in clock_symbols(when)]
    assert sorted(symbol for _, symbol in clock) == clock_symbols(when)
    if len(keys) >= 5:
        assert {at for at, _ in clock} == set(range(6))
