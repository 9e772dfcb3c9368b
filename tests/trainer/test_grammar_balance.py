"""A curriculum from the machine's own errors: what goes wrong comes more often, and nothing is left out."""

from pathlib import Path

import pytest

from model.nccligen.weights import BUNDLED, WeightsError
from trainer.grammar.balance import balanced, right_of
from trainer.grammar.session import WEIGHTS


def test_what_goes_wrong_comes_more_often() -> None:
    found = balanced({"a": 1.0, "b": 1.0, "c": 2.0}, {"a": 1.0, "b": 0.0})
    assert sum(found.values()) == pytest.approx(4.0)
    assert found["b"] == pytest.approx(5 * found["a"]) and found["a"] > 0
    # What nothing is known of counts as the mean of the others.
    assert found["c"] == pytest.approx(found["a"] + found["b"])
    assert balanced({"a": 1.0, "b": 3.0}, {}) == pytest.approx({"a": 1.0, "b": 3.0})


def test_the_bundled_weights_tell_what_they_get_wrong() -> None:
    right = right_of(BUNDLED)
    assert set(right) & set(WEIGHTS) and all(0 <= share <= 1 for share in right.values())
    worst = min(set(right) & set(WEIGHTS), key=right.__getitem__)
    assert balanced(WEIGHTS, right)[worst] > WEIGHTS[worst]


def test_weights_that_do_not_tell_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"machine": "nccligen", "training": {}}')
    with pytest.raises(WeightsError):
        right_of(tmp_path)
