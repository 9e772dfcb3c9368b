"""Recording: a real bash in a sandbox, typed into from a script, kept as an asciicast."""

from trainer.record.errors import RecordError
from trainer.record.recorder import record, record_many
from trainer.record.script import Line, Script, ScriptError, parse_script
from trainer.record.session import Limits
from trainer.record.tape import parse_tape, read_script

__all__ = [
    "Limits",
    "Line",
    "RecordError",
    "Script",
    "ScriptError",
    "parse_script",
    "parse_tape",
    "read_script",
    "record",
    "record_many",
]
