"""Opens what a face needs: the machine, the reader of frames, the clock. Heavy imports happen when asked for."""

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from model.protocol import Frame, Geometry, NeuralComputer
from neuralsh.errors import UsageError
from neuralsh.paths import find_home
from neuralsh.session import Clock, utc_now

if TYPE_CHECKING:
    from model.nccligen.machine import NCCLIGen
    from model.wan.machine import WanNCCLIGen

    Teachable = NCCLIGen | WanNCCLIGen
    """Machines that routines are taught to."""

MachineFactory = Callable[[str | None, str | None], NeuralComputer]
"""Makes a machine from a name or folder and a device; None leaves the choice to it."""


def load_machine(name: str | None, device: str | None) -> NeuralComputer:
    """The machine of a name or a folder of weights.

    Raises:
        ValueError: one line: which weights cannot be used and what to do.
    """
    from model.loading import load_machine as load

    return load(name, device)


def base_machine(options: Namespace) -> "Teachable":
    """The machine that routines are taught to.

    Raises:
        UsageError: if the machine that the options name takes none.
        ValueError: as `load_machine`.
    """
    machine = load_machine(options.model, options.device)
    if getattr(machine, "base_hash", None) is None:
        raise UsageError(f"{machine.name} takes no routines: use --model nccligen")
    return cast("Teachable", machine)


def routine_of(machine: object, name: str, adapter: bytes, gate: bytes) -> Any:
    """A routine of a machine from its files. Raises ValueError (one line) if it is of another machine."""
    from model.nccligen.machine import NCCLIGen

    if isinstance(machine, NCCLIGen):
        from model.nccligen.routine import load_routine

        return load_routine(name, adapter, gate, machine.network)
    from model.wan.routine import load_routine as load_wan_routine

    return load_wan_routine(name, adapter, gate, cast(Any, machine).hears)


def with_routines(machine: NeuralComputer, options: Namespace) -> NeuralComputer:
    """The machine with what is installed beside it: the routines of the ledger in the user's home.

    Raises:
        ValueError: one line: an entry or a file that does not hold. A machine that is not what the ledger says it is
            does not start.
    """
    from neuralsh.ledger.ledger import Ledger

    base = getattr(machine, "base_hash", None)
    if base is None:
        return machine
    with Ledger.open(find_home(options.home).data) as ledger:
        active = ledger.active(base)
        files = [(one.name, ledger.store.get(one.adapter), ledger.store.get(one.gate)) for one in active]
    cast("Teachable", machine).routines = tuple(routine_of(machine, *file) for file in files)
    return machine


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
