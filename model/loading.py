"""A machine by name or folder. What it needs is imported when it is asked for."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from model.protocol import NeuralComputer

if TYPE_CHECKING:
    from model.wan.settings import WanSettings

WAN = "wan:"
PIPELINE = "model_index.json"
"""What a folder of a diffusers pipeline holds."""


class MachineError(ValueError):
    """A machine that is not to be had; the message is one line for the user."""


def load_machine(name: str | None = None, device: str | None = None) -> NeuralComputer:
    """The machine of a name or a folder.

    Args:
        name: ``nccligen`` or None for the bundled machine, the path of a folder of weights, or
            ``wan:FOLDER[?SETTING=VALUE&...]`` for a Wan2.1 pipeline, where a setting is one of `WanSettings` and the
            folder may be an id of the Hugging Face hub.
        device: ``cpu`` or ``cuda``; None: a GPU if there is one.

    Raises:
        ValueError: one line: which weights cannot be used and what to do.
    """
    if name == "wan":
        raise MachineError(
            "--model wan: say where its weights are: --model wan:FOLDER (a diffusers pipeline of Wan2.1)"
        )
    if name is not None and names_wan(name):
        return _wan(name.removeprefix(WAN), device)
    from model.nccligen.machine import load

    machine = load(None if name is None or name == "nccligen" else Path(name), device)
    # A machine is only ever given states that it made itself, which the protocol has no way to say.
    return cast(NeuralComputer, machine)


def names_wan(name: str) -> bool:
    """Whether a name is that of a Wan pipeline, or of a folder that holds one."""
    return name.startswith(WAN) or (Path(name) / PIPELINE).is_file()


def _wan(name: str, device: str | None) -> NeuralComputer:
    folder, _, query = name.partition("?")
    settings = wan_settings(query)
    try:
        from model.wan.machine import load
    except ImportError as error:
        raise MachineError(f"--model wan: {error.name} is missing: pip install 'neuralsh[wan]'") from None
    from model.wan.folder import fetched

    return cast(NeuralComputer, load(fetched(folder), device, settings))


def wan_settings(query: str) -> "WanSettings":
    """Settings as they stand behind the folder, such as ``steps=4&guidance=1&quantise=nf4``.

    Raises:
        MachineError: one line, for one that is not there or has no such value.
    """
    from model.wan.settings import WanSettings

    kinds: dict[str, type] = {one.name: type(one.default) for one in fields(WanSettings)}
    given = dict[str, object]()
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in kinds:
            raise MachineError(f"--model wan: {key!r} is no setting: there are {', '.join(kinds)}")
        try:
            given[key] = value.lower() in ("1", "true", "yes") if kinds[key] is bool else kinds[key](value)
        except ValueError:
            raise MachineError(f"--model wan: {key}: {value!r} is no number") from None
    try:
        return WanSettings(**given)  # type: ignore[arg-type]
    except ValueError as error:
        raise MachineError(f"--model wan: {error}") from None
