"""The suite `captions`, on a machine that draws recordings and listens to what it is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from oracle import Oracle, held_out_recording

from model.protocol import Action, Frame
from neuralsh.eval_command import readers
from trainer.casts import write_cast
from trainer.evaluate import captions
from trainer.evaluate.rollout import session_of
from trainer.evaluate.suite import Job

READERS = replace(readers(), tesseract=None)


class Listening(Oracle):
    """Draws what was recorded, unless it is told what is being done: then nothing."""

    told: list[str | None]

    def step(self, state: Any, action: Action) -> Iterator[Frame]:
        self.told.append(action.caption)
        if action.caption is None or not action.caption.startswith(("Print", "List", "Make", "Ask", "Run")):
            yield from super().step(state, action)


def test_each_turn_is_drawn_with_each_tier_and_with_none(tmp_path: Path) -> None:
    write_cast(held_out_recording(0), tmp_path / "0.cast")
    machine = Listening(session_of("0", held_out_recording(0)))
    machine.told = []
    outcome = captions.run(Job(lambda: machine, READERS, tmp_path))
    document = outcome.document
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert len(machine.told) == 4 * len(document["turns"]) == 12
    assert machine.told.count(None) == 3
    for told in ("none", "regular", "literal"):
        assert document["summary"][told]["psnr"] == 100.0
        assert document["summary"][told]["exact"] == document["summary"][told]["of"] == 3
    assert document["summary"]["semantic"]["exact"] < 3
    assert document["summary"]["semantic"]["psnr"] < 100.0
