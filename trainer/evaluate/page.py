"""One page of results: the tables of every suite that was run, and what the machine got wrong, to be looked at."""

import io
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from trainer.evaluate.suite import Outcome, Wrong

WIDTH = 100
"""Columns of a table."""

LOOKED_AT = 30
"""Wrong answers a suite shows, evenly from all of them."""

LONGEST = 60
"""Characters of a cell; what is longer is cut."""


def page_of(
    outcomes: Sequence[Outcome], command: str, when: date, processor: str, pictures: Mapping[str, str] | None = None
) -> str:
    """The page, in Markdown.

    Args:
        outcomes: of suites, in order.
        command: what was typed to make them.
        when: the day.
        processor: what it ran on.
        pictures: where they are, relative to the page: by suite, and others by what they show.
    """
    left = dict(pictures or {})
    first = outcomes[0].document
    weights = str(first["weights"])[:16]
    parts = [f"# Results\n\n`{command}`, {when:%Y-%m-%d}: {first['machine']}, weights `{weights}…`, on {processor}."]
    for outcome in outcomes:
        suite = outcome.document["suite"]
        parts.append(f"## {suite}")
        if suite in left:
            parts.append(f"![{suite}]({left.pop(suite)})")
        parts += [f"```text\n{_text(table)}\n```" for table in outcome.tables]
        if outcome.wrong:
            parts.append(_wrong(outcome.wrong))
    parts += [f"## {name}\n\n![{name}]({path})" for name, path in left.items()]
    return "\n\n".join(parts) + "\n"


def _text(table: object) -> str:
    """A table as plain text."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().strip("\n").splitlines())


def _wrong(wrong: Sequence[Wrong]) -> str:
    """Some of what was wrong, as a table."""
    count = min(len(wrong), LOOKED_AT)
    some = [wrong[at * len(wrong) // count] for at in range(count)]
    title = f"Wrong: {len(wrong)}" + (f", of which {count}:" if count < len(wrong) else ":")
    rows = ["| typed | recorded | drawn |", "|---|---|---|"]
    rows += [f"| {_cell(one.line)} | {_cell(one.recorded)} | {_cell(one.drawn)} |" for one in some]
    return title + "\n\n" + "\n".join(rows)


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table, as code."""
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    text = text.replace("|", "¦").replace("`", "'").replace("\n", "⏎")
    return f"`{text}`" if text.strip() else ""


def processor() -> str:
    """What this machine computes with, in words."""
    try:
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        names = []
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{len(names) or '?'} cores ({name})"
