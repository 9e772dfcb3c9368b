"""Scripts and recordings as lines of JSON, on their way between the recorder and its workers."""

import json

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.record.errors import RecordError
from trainer.record.script import Line, Script


def encode_script(number: int, script: Script) -> str:
    """A script as one line of JSON."""
    lines = [[line.text, line.family, line.caption, line.raw, line.pause] for line in script.lines]
    size = [script.geometry.rows, script.geometry.columns]
    return json.dumps([number, lines, script.seed, size, script.environment, script.answers])


def decode_script(text: bytes) -> tuple[int, Script]:
    """A script and its number, from one line of JSON."""
    number, lines, seed, size, environment, answers = json.loads(text)
    settings = tuple((name, value) for name, value in environment)
    return number, Script(tuple(Line(*line) for line in lines), seed, Geometry(*size), settings, answers)


def encode_recording(number: int, recording: Recording) -> str:
    """A recording as one line of JSON."""
    events = [[event.time, event.code, event.data] for event in recording.events]
    size = [recording.geometry.rows, recording.geometry.columns]
    return json.dumps([number, None, size, recording.timestamp, events, recording.header])


def decode_recording(text: bytes) -> tuple[int, Recording]:
    """A recording and its number, from one line of JSON.

    Raises:
        RecordError: what kept the worker from recording.
    """
    number, error, *rest = json.loads(text)
    if error is not None:
        raise RecordError(error)
    size, timestamp, events, header = rest
    return number, Recording(Geometry(*size), timestamp, [Event(*event) for event in events], header)


def encode_error(number: int, message: str) -> str:
    """What kept a script from being recorded, as one line of JSON."""
    return json.dumps([number, message])
