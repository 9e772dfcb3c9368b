"""Pictures of results: the same figures give the same picture, and each is an SVG that a reader can open."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from trainer.evaluate.arithmetic import summary_of
from trainer.evaluate.plots import CURVE, Point, pictures_of, read_curve
from trainer.evaluate.suite import Outcome

SVG = "{http://www.w3.org/2000/svg}svg"


def outcome(suite: str, summary: dict[str, Any]) -> Outcome:
    return Outcome({"suite": suite, "summary": summary}, [], [])


def everything() -> list[Outcome]:
    share = {"right": 3, "of": 4}
    answers = [
        {"kind": kind, "unseen": True, "answer": "1", "native": said, "reprompted": "1"}
        for kind, said in (("+ 1", "1"), ("+ 1", "2"), ("* 1", ""))
    ]
    return [
        outcome("clean", {"ways": {"closed loop": {"families": {"echo": {"exact": share}, "all": {"exact": share}}}}}),
        outcome("arithmetic", {way: summary_of(answers, way) for way in ("native", "reprompted")}),
        outcome("horizon", {"commands": {"1-10": {"exact": 0, "of": 9}}, "facts": {"10": {"exact": 5, "of": 5}}}),
        outcome("latency", {"any": 1}),
    ]


def test_each_suite_that_has_shares_has_a_picture_and_a_training_has_its_curve() -> None:
    pictures = pictures_of(everything(), [Point(100, 0.5, 0.1), Point(200, 0.9, 0.6)])
    assert list(pictures) == ["clean", "arithmetic", "horizon", CURVE]
    for svg in pictures.values():
        assert ElementTree.fromstring(svg).tag == SVG
    assert b"reprompted" in pictures["arithmetic"] and b"commands 1-10" in pictures["horizon"]
    assert b"paper: characters" in pictures[CURVE]
    assert pictures == pictures_of(everything(), [Point(100, 0.5, 0.1), Point(200, 0.9, 0.6)])


def test_a_curve_is_where_a_training_was_scored(tmp_path: Path) -> None:
    steps = [
        {"step": 1, "seconds": 2.0, "loss": 3.0, "scores": None},
        {"step": 9, "seconds": 9.0, "loss": 1.0, "scores": {"cells": 0.9, "addresses": 1.0, "turns": 0.5}},
    ]
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps(step) + "\n" for step in steps))
    assert read_curve(path) == [Point(9, 0.9, 0.5)]
    # A training was killed as it wrote, and went on.
    whole = path.read_text()
    path.write_text(whole + '{"step": 10, "sco' + whole)
    assert read_curve(path) == [Point(9, 0.9, 0.5)] * 2


@pytest.mark.parametrize("text", ["x", "[]", "{}", '{"step": 1, "scores": 3}', '{"step": 1, "scores": {"cells": "x"}}'])
def test_what_is_no_curve_is_told_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"not the metrics\.jsonl of a training"):
        read_curve(path)
    with pytest.raises(ValueError, match="No such file"):
        read_curve(tmp_path / "none")
