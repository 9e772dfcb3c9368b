"""Where the typed line stands in the window, however long it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralsh.app import layout
from neuralsh.app.layout import Typed, lay_out
from neuralsh.wrapping import Place, wrap


@settings(max_examples=200)
@given(st.text("a漢é", max_size=120), st.data())
def test_of_a_long_line_what_can_be_seen_is_laid_out_as_if_all_were(text: str, data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 8))
    caret = data.draw(st.none() | st.integers(0, len(text)))
    ghost = data.draw(st.text("b漢", max_size=60))
    typed = Typed(data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width)), text, caret, ghost)
    quick = lay_out(typed, height, width, width)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(layout, "_near_caret", lambda typed, room, columns: typed)
        whole = lay_out(typed, height, width, width)
    assert quick.top == whole.top
    for name in ("rows", "columns", "cells"):
        assert np.array_equal(getattr(quick, name), getattr(whole, name)), name


@pytest.mark.parametrize("caret", [0, 150_000, 300_000, None])
def test_no_more_is_laid_out_than_a_window_holds(caret: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []

    def counted(text: str, column: int, columns: int) -> list[Place]:
        lengths.append(len(text))
        return wrap(text, column, columns)

    monkeypatch.setattr(layout, "wrap", counted)
    shown = lay_out(Typed(0, 3, "x" * 300_000, caret, "y" * 300_000), 24, 80, 80)
    assert max(lengths) <= 2 * 25 * 80
    assert 23 * 80 < len(shown.cells) <= 24 * 80
