"""A machine by name or folder. What it needs is imported when it is asked for."""

from pathlib import Path
from typing import cast

from model.protocol import NeuralComputer


class MachineError(ValueError):
    """A machine that is not to be had; the message is one line for the user."""


def load_machine(name: str | None = None, device: str | None = None) -> NeuralComputer:
    """The machine of a name or a folder.

    Args:
        name: ``nccligen`` or None for the bundled machine, or the path of a folder of weights.
        device: ``cpu`` or ``cuda``; None: a GPU if there is one.

    Raises:
        ValueError: one line: which weights cannot be used and what to do.
    """
    if name == "wan":
        raise MachineError("--model wan: this version has no Wan machine; use nccligen or a folder of weights")
    from model.nccligen.machine import load

    machine = load(None if name is None or name == "nccligen" else Path(name), device)
    # A machine is only ever given states that it made itself, which the protocol has no way to say.
    return cast(NeuralComputer, machine)
