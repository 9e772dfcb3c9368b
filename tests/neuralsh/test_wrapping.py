"""Wrapping of typed text at the edge of the screen."""

from hypothesis import given
from hypothesis import strategies as st

from neuralsh.wrapping import Place, end_of, rows_of, wrap


def test_text_wraps_at_the_edge() -> None:
    assert wrap("abc", 3, 5) == [Place(0, 3, 1), Place(0, 4, 1), Place(1, 0, 1), Place(1, 1, 1)]


def test_a_wide_character_does_not_straddle_the_edge() -> None:
    assert wrap("漢", 4, 5) == [Place(1, 0, 2), Place(1, 2, 1)]


def test_a_full_row_puts_the_cursor_below_but_takes_one_row() -> None:
    assert wrap("ab", 3, 5)[-1] == Place(1, 0, 1)
    assert rows_of("ab", 3, 5) == 1
    assert rows_of("abc", 3, 5) == 2
    assert rows_of("", 3, 5) == 1


@given(st.text("a漢é\u0301", max_size=60) | st.text("ab", max_size=60), st.integers(0, 20), st.integers(1, 20))
def test_the_end_is_the_last_place(text: str, column: int, columns: int) -> None:
    assert end_of(text, column, columns) == wrap(text, column, columns)[-1]


@given(st.text("a漢é", max_size=60), st.integers(0, 20), st.integers(1, 20))
def test_every_character_has_its_own_cells(text: str, column: int, columns: int) -> None:
    places = wrap(text, column % columns, columns)
    cells = [(p.row, p.column + i) for p in places for i in range(p.width)]
    assert len(places) == len(text) + 1
    assert len(set(cells)) == len(cells)
    assert all(0 <= column < columns for _, column in cells)
    assert cells == sorted(cells)
