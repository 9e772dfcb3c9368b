"""The page of results: every table as text, and what was wrong as a table that nothing in it can break."""

from datetime import date

from rich.table import Table

from trainer.evaluate.page import LOOKED_AT, page_of, processor
from trainer.evaluate.suite import Outcome, Wrong


def outcome(wrong: list[Wrong]) -> Outcome:
    """An outcome with one table."""
    table = Table("figure", "value", title="a suite")
    table.add_row("exact", "0.5")
    return Outcome({"suite": "clean", "machine": "nano", "weights": "ab" * 32}, [table], wrong)


def test_a_page_holds_the_tables_and_how_they_were_made() -> None:
    page = page_of([outcome([]), outcome([])], "neuralsh eval clean", date(2026, 1, 2), "2 cores (x)")
    assert page.startswith(
        "# Results\n\n`neuralsh eval clean`, 2026-01-02: nano, weights `abababababababab…`, on 2 cores"
    )
    assert page.count("## clean") == 2 and page.count("│ exact") == 2
    assert "\x1b" not in page and "Wrong" not in page


def test_pictures_stand_with_their_suite_and_others_at_the_end() -> None:
    pictures = {"clean": "results/clean.svg", "training": "results/training.svg"}
    page = page_of([outcome([])], "c", date(2026, 1, 2), "p", pictures)
    assert "## clean\n\n![clean](results/clean.svg)\n\n```text" in page
    assert page.endswith("## training\n\n![training](results/training.svg)\n")


def test_what_was_wrong_stays_in_its_cells() -> None:
    wrong = [Wrong("echo a | cat", "one\ntwo", "`x`"), Wrong("", "y" * 100, "")]
    page = page_of([outcome(wrong)], "c", date(2026, 1, 2), "p")
    assert "Wrong: 2:" in page
    assert "| `echo a ¦ cat` | `one⏎two` | `'x'` |" in page
    assert "|  | `" + "y" * 59 + "…` |  |" in page


def test_of_many_wrong_answers_some_are_shown_from_first_to_last() -> None:
    wrong = [Wrong(f"line {n}", "a", "b") for n in range(10 * LOOKED_AT)]
    page = page_of([outcome(wrong)], "c", date(2026, 1, 2), "p")
    assert page.count("`line ") == LOOKED_AT
    assert "`line 0`" in page and f"`line {10 * (LOOKED_AT - 1)}`" in page


def test_the_processor_is_told() -> None:
    assert "cores" in processor()
