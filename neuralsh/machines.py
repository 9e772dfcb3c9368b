"""Opens what a face needs: the machine, the reader of frames, the clock. Heavy imports happen when asked for."""

from argparse import Namespace
from collections.abc import Callable

from model.protocol import Frame, Geometry, NeuralComputer
from neuralsh.errors import UsageError
from neuralsh.session import Clock, utc_now

MachineFactory = Callable[[str | None, str | None], NeuralComputer]
"""Makes a machine from a name or folder and a device; None leaves the choice to it."""


def load_machine(name: str | None, device: str | None) -> NeuralComputer:
    """The machine of a name or a folder of weights.

    Raises:
        ValueError: one line: which weights cannot be used and what to do.
    """
    from model.loading import load_machine as load

    return load(name, device)


def frame_reader(ocr: str) -> Callable[[Frame], list[str]]:
    """The reader that `--ocr` names: ``cells`` or ``tesseract``."""
    if ocr == "tesseract":
        from neuralsh.reading.tesseract import read_tesseract

        return read_tesseract
    from neuralsh.reading.cells import frame_lines

    return frame_lines


def chosen_geometry(options: Namespace) -> Geometry | None:
    """The size that `--size` asks for, None if it does not.

    Raises:
        UsageError: if no terminal has such a size.
    """
    try:
        return Geometry(*options.size) if options.size else None
    except ValueError as error:
        raise UsageError(f"--size: {error}") from error


def session_clock(options: Namespace) -> Clock:
    """The clock of a session: the fixed one of `--clock`, or the real one in UTC."""
    fixed = options.clock
    return (lambda: fixed) if fixed is not None else utc_now
