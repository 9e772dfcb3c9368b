"""The suites by name. A new one is a module with `run(job) -> Outcome` and a line here."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.files import replace_file

if TYPE_CHECKING:
    from trainer.evaluate.suite import Job, Outcome

SUITES = {
    "clean": "trainer.evaluate.clean",
    "world": "trainer.evaluate.world",
    "arithmetic": "trainer.evaluate.arithmetic",
    "captions": "trainer.evaluate.captions",
    "horizon": "trainer.evaluate.horizon",
    "latency": "trainer.evaluate.latency",
    "install": "trainer.evaluate.install",
    "general": "trainer.evaluate.general",
}
"""Modules by the name of their suite, imported when asked for."""

USUAL = tuple(name for name in SUITES if name != "general")
"""What is run when none is named: `general` is about recordings that a user has."""


class UnknownSuiteError(ValueError):
    """No suite of this name; the message is one line for the user."""


def find_suites(names: Sequence[str]) -> list[Callable[["Job"], "Outcome"]]:
    """What runs the suites of these names, each once and in order; `USUAL` for no names.

    Raises:
        UnknownSuiteError: if there is none of a name; names those that are.
    """
    for name in names:
        if name not in SUITES:
            raise UnknownSuiteError(f"{name}: no such suite; there are {', '.join(SUITES)}")
    return [import_module(SUITES[name]).run for name in dict.fromkeys(names or USUAL)]


def run_suites(names: Sequence[str], job: "Job", path: Path | None) -> Iterator["Outcome"]:
    """Runs suites one after the other.

    Args:
        names: see `find_suites`.
        job: what to evaluate.
        path: a JSON file of all details, written anew after each suite; None: not written.

    Raises:
        ValueError: one line: what cannot be evaluated.
    """
    documents: list[dict[str, Any]] = []
    for run in find_suites(names):
        outcome = run(job)
        documents.append(outcome.document)
        if path is not None:
            replace_file(path, (json.dumps({"suites": documents}, ensure_ascii=False, indent=1) + "\n").encode())
        yield outcome
