"""Searching the history: the newest line that holds the query, then older ones."""

from hypothesis import given
from hypothesis import strategies as st

from neuralsh.history_search import HistorySearch


def found(search: HistorySearch) -> tuple[str | None, bool]:
    """The line found, and whether there is none for the query as it stands."""
    return search.line, search.failed


LINES = ("echo one", "ls", "echo two", "echo two", "cat one")


def test_the_newest_comes_first_and_then_older_ones() -> None:
    search = HistorySearch(LINES)
    assert found(search) == (None, False)
    search.extend("echo")
    assert found(search) == ("echo two", False)
    search.older()
    assert search.line == "echo one"
    search.older()
    assert found(search) == ("echo one", True)


def test_a_line_that_still_holds_more_of_the_query_stays() -> None:
    search = HistorySearch(LINES)
    search.extend("o")
    assert search.line == "cat one"
    search.extend("n")
    assert search.line == "cat one"
    search.extend("x")
    assert found(search) == ("cat one", True)
    search.shorten()
    search.shorten()
    assert found(search) == ("cat one", False) and search.query == "o"
    search.shorten()
    assert found(search) == (None, False)


@given(
    st.lists(st.text("ab ", max_size=5), max_size=8), st.lists(st.sampled_from(["a", "b", " ", "<", "^"]), max_size=12)
)
def test_what_is_found_holds_the_query(history: list[str], keys: list[str]) -> None:
    search = HistorySearch(history)
    for key in keys:
        match key:
            case "<":
                search.shorten()
            case "^":
                search.older()
            case _:
                search.extend(key)
        if search.query and not search.failed:
            assert search.line is not None and search.query in search.line
        if search.failed:
            assert {line for line in history[: search.at] if search.query in line} <= {search.line}
