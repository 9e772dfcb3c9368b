"""The clock as symbols: every field can be told from them, and each field has symbols of its own."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from model.nccligen.tokens import SYMBOLS, clock_symbols

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
