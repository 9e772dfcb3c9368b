"""The clock as a block: every field can be told from it, by digits as they are typed and names by symbols."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from model.nccligen.tokens import ACTION, FIRST_WORD, action_blocks, clock_block
from model.protocol import Action, Geometry

WHENS = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31))


@given(WHENS)
def test_digits_are_the_keys_that_would_type_them_and_each_is_told_its_place(when: datetime) -> None:
    clock = clock_block(when.replace(tzinfo=UTC))
    (typed,) = action_blocks(Action(f"{when:%y%m%d%H%M%S}".encode()), Geometry())
    assert [clock.head, *clock.body][:12] == typed.body
    assert [at for at, _ in clock.extras] == list(range(12))
    assert len({place for _, place in clock.extras}) == 12
    assert max(clock.body + [place for _, place in clock.extras]) < FIRST_WORD


@given(WHENS, WHENS)
def test_months_and_weekdays_have_symbols_of_their_own(one: datetime, other: datetime) -> None:
    names = [clock_block(when.replace(tzinfo=UTC)).body[-2:] for when in (one, other)]
    assert (names[0][0] == names[1][0]) == (one.month == other.month)
    assert (names[0][1] == names[1][1]) == (one.weekday() == other.weekday())
    assert not {names[0][0], names[1][0]} & {names[0][1], names[1][1]}


def test_zones_do_not_matter() -> None:
    when = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert clock_block(when) == clock_block(when.astimezone(timezone(timedelta(hours=5))))
    assert clock_block(when) != clock_block(when + timedelta(seconds=1))


@given(st.binary(max_size=30))
def test_an_action_is_told_its_clock_before_its_keys(keys: bytes) -> None:
    when = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
    clock, action = action_blocks(Action(keys, clock=when), Geometry(24, 80))
    assert clock == clock_block(when)
    assert [action] == action_blocks(Action(keys), Geometry(24, 80))
    assert action.head == ACTION and len(action.body) == len(keys)
