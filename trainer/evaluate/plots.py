"""Pictures for the page of results: shares by kind with their intervals, and the curve of a training, as SVG."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer import metrics
from trainer.evaluate.suite import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 7.0, 3.2
"""Inches."""

PAPER_CHARACTERS = {0: 0.03, 10: 0.18, 20: 0.33, 30: 0.41, 40: 0.52, 50: 0.52, 60: 0.54}
"""Character accuracy of NCCLIGen by thousands of steps ("Neural Computers", arXiv 2604.06425, Table 4)."""

PAPER_SUMS = {"paper, native": 0.04, "paper, reprompted": 0.83}

CURVE = "training"
"""What the curve of a training is called among pictures."""

Shares = dict[str, tuple[int, int]]
"""How many were right of how many, by name."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a training had reached: steps, and the shares of held-out cells and turns that were right."""

    step: int
    cells: float
    turns: float


def pictures_of(outcomes: Sequence[Outcome], curve: Sequence[Point] = ()) -> dict[str, bytes]:
    """Pictures as SVG, by the suite they belong to; the curve of a training as `CURVE`, if there is one.

    Raises:
        ImportError: without matplotlib.
    """
    made = dict[str, bytes]()
    for outcome in outcomes:
        document = outcome.document
        if document["suite"] in _DRAWN:
            made[document["suite"]] = _svg(partial(_DRAWN[document["suite"]], summary=document["summary"]))
    if curve:
        made[CURVE] = _svg(lambda axes: _curve(axes, curve))
    return made


def read_curve(path: Path) -> list[Point]:
    """The points of a training's `metrics.jsonl` at which it was scored. Lines that a kill left half written are passed
    over.

    Raises:
        ValueError: one line: if it cannot be read, or is none.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
        steps = [step for step in map(_parsed, lines) if step is not None]
        if lines and not steps:
            raise ValueError
        return [
            Point(int(one["step"]), float(one["scores"]["cells"]), float(one["scores"]["turns"]))
            for one in steps
            if one["scores"] is not None
        ]
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path}: not the metrics.jsonl of a training") from None


def _parsed(line: str) -> Any:
    """What a line of JSON says; None if it is none."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _svg(draw: "Callable[[Axes], None]") -> bytes:
    """One picture; the same figures give the same bytes."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "neuralsh", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.set_ylim(0, 1.02)
        axes.grid(axis="y", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _bars(axes: "Axes", shares: Shares, at: float = 0.0, width: float = 0.8, label: str = "") -> None:
    """A bar a share, with its 95 % interval."""
    heights = [right / of for right, of in shares.values()]
    ends = [metrics.wilson(right, of) for right, of in shares.values()]
    # An interval holds its share, but for rounding.
    below = [max(0.0, height - low) for height, (low, _) in zip(heights, ends, strict=True)]
    above = [max(0.0, high - height) for height, (_, high) in zip(heights, ends, strict=True)]
    places = [number + at for number in range(len(shares))]
    axes.bar(places, heights, width, yerr=(below, above), label=label, error_kw={"lw": 0.8}, capsize=1.5)
    axes.set_xticks(range(len(shares)), list(shares), rotation=45, ha="right")


def _clean(axes: "Axes", summary: Mapping[str, Any]) -> None:
    families = summary["ways"]["closed loop"]["families"]
    _bars(axes, {name: (one["exact"]["right"], one["exact"]["of"]) for name, one in families.items()})
    axes.set_ylabel("commands exact, closed loop")


def _arithmetic(axes: "Axes", summary: Mapping[str, Any]) -> None:
    for (way, shares), at in zip(summary.items(), (-0.2, 0.2), strict=True):
        _bars(axes, {name: (one["right"], one["of"]) for name, one in shares.items()}, at, 0.4, way)
    for style, (name, share) in zip(("--", ":"), PAPER_SUMS.items(), strict=True):
        axes.axhline(share, color="black", lw=0.8, ls=style, label=name)
    axes.set_ylabel("problems right")
    axes.legend(fontsize=7)


def _horizon(axes: "Axes", summary: Mapping[str, Any]) -> None:
    shares = {f"commands {name}": one for name, one in summary["commands"].items()}
    shares |= {f"facts {far} old": one for far, one in summary["facts"].items()}
    _bars(axes, {name: (one["exact"], one["of"]) for name, one in shares.items()})
    axes.set_ylabel("exact, closed loop")


def _curve(axes: "Axes", curve: Sequence[Point]) -> None:
    steps = [one.step for one in curve]
    axes.plot(steps, [one.cells for one in curve], "o-", ms=3, label="held-out cells")
    axes.plot(steps, [one.turns for one in curve], "o-", ms=3, label="held-out turns, every cell of them")
    paper = axes.twiny()
    paper.plot(*zip(*PAPER_CHARACTERS.items(), strict=True), "--", color="grey", label="paper: characters")
    paper.set_xlabel("steps of the paper's, in thousands")
    axes.set_xlabel("steps")
    axes.set_ylabel("right")
    handles = [*axes.get_legend_handles_labels()[0], *paper.get_legend_handles_labels()[0]]
    axes.legend(handles=handles, fontsize=7, loc="lower right")


_DRAWN: dict[str, Callable[..., None]] = {
    "clean": _clean,
    "world": _clean,
    "arithmetic": _arithmetic,
    "horizon": _horizon,
}
"""How the summary of a suite is drawn, by its name."""
