"""``neuralsh log``, ``show``, ``revert``, ``enable``, ``disable``, ``verify``, ``export`` and ``import``."""

import getpass
import json
from argparse import Namespace
from collections.abc import Callable, Sequence

from neuralsh.errors import DONE, FAILED, ShellError, one_line, tell
from neuralsh.ledger.bundle import export, import_bundle, inspect
from neuralsh.ledger.demonstrations import decode_demonstrations
from neuralsh.ledger.entry import Entry, document_of
from neuralsh.ledger.ledger import Ledger
from neuralsh.options import ledger_parser
from neuralsh.paths import find_home


def run_ledger(command: str, argv: Sequence[str]) -> int:
    """Run one of `LEDGER_COMMANDS`; returns the exit code.

    Raises:
        ValueError: one line: what is not there or does not hold.
    """
    options = ledger_parser(command).parse_args(argv)
    with Ledger.open(find_home(options.home).data) as ledger:
        return _COMMANDS[command](ledger, options)


def describe(entry: Entry) -> str:
    """An entry in one line."""
    what = {"install": "installed", "revert": "reverted", "enable": "enabled", "disable": "disabled"}[entry.kind]
    shown, unseen = (_share(entry, name) for name in ("shown", "unseen"))
    figures = f" shown {shown}, unseen {unseen}" if entry.kind == "install" else ""
    why = f" ({_plain(entry.why)})" if entry.why else ""
    return f"{entry.number:>3} {entry.when[:19]} {what:<9} {entry.name} {entry.hash[:12]}{figures} by {entry.who}{why}"


def _share(entry: Entry, name: str) -> str:
    """A figure of an install, such as ``5/5``."""
    figure = entry.figures.get(name)
    return "/".join(map(str, figure)) if isinstance(figure, list) else "-"


def _plain(text: str) -> str:
    """Text without control characters, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _log(ledger: Ledger, options: Namespace) -> int:
    for entry in ledger.entries():
        print(json.dumps(document_of(entry)) if options.json else describe(entry))
    return DONE


def _show(ledger: Ledger, options: Namespace) -> int:
    entry = ledger.find(options.which)
    if options.json:
        print(json.dumps(document_of(entry), indent=1))
        return DONE
    print(describe(entry).strip())
    for name in ("hash", "parent", "base", "routine", "demonstrations", "adapter", "gate", "seed"):
        print(f"{name:<15} {getattr(entry, name)}")
    print(f"{'figures':<15} {json.dumps(entry.figures)}")
    for demo in decode_demonstrations(ledger.store.get(entry.demonstrations)).demos:
        print(f"$ {demo.command}")
        for line in demo.lines:
            print(f"  {line}")
    return DONE


def _change(kind: str) -> Callable[[Ledger, Namespace], int]:
    def change(ledger: Ledger, options: Namespace) -> int:
        about = ledger.find(options.which)
        entry: Entry = getattr(ledger, kind)(about.routine, base=about.base, who=getpass.getuser(), why=options.why)
        if kind == "revert":
            ledger.sweep()
        print(describe(entry).strip())
        return DONE

    return change


def _verify(ledger: Ledger, options: Namespace) -> int:
    problem = ledger.verify(options.anchor)
    if problem is not None:
        tell(f"{ledger.path}: {problem}")
        return FAILED
    print(f"{len(ledger.entries())} entries hold; the last is {ledger.head()}")
    from neuralsh.machines import load_machine, with_routines

    machine = load_machine(options.model, options.device)
    base = machine.weights_hash
    effective = ledger.effective_hash(base)
    # The machine tells by itself what stands beside it.
    if with_routines(machine, options).weights_hash != effective:
        tell("the machine is not what the ledger says it is; install neuralsh again")
        return FAILED
    print(f"weights {base}")
    print(f"with what is installed {effective}")
    return DONE


def _export(ledger: Ledger, options: Namespace) -> int:
    payload = export(ledger, ledger.find(options.which))
    try:
        with options.out.open("xb") as file:
            file.write(payload)
    except OSError as error:
        raise ShellError(f"{options.out}: {one_line(error)}: name a new file in a folder that is there") from error
    print(f"{options.out}: {len(payload)} bytes")
    return DONE


def _import(ledger: Ledger, options: Namespace) -> int:
    try:
        payload = options.file.read_bytes()
    except OSError as error:
        raise ShellError(f"{options.file}: {one_line(error)}: give a file that neuralsh export wrote") from error
    bundle = inspect(payload)
    if options.inspect:
        print(json.dumps(document_of(bundle.entry), indent=1))
        print(bundle.demonstration_file.decode(), end="")
        return DONE
    from neuralsh.machines import base_machine

    machine = base_machine(options)
    # What cannot be loaded is not installed.
    from model.nccligen.routine import load_routine

    load_routine(bundle.entry.name, bundle.adapter, bundle.gate, machine.network)
    entry = import_bundle(ledger, payload, machine.base_hash, who=getpass.getuser(), why=options.why)
    print(describe(entry).strip())
    return DONE


_COMMANDS: dict[str, Callable[[Ledger, Namespace], int]] = {
    "log": _log,
    "show": _show,
    "revert": _change("revert"),
    "enable": _change("enable"),
    "disable": _change("disable"),
    "verify": _verify,
    "export": _export,
    "import": _import,
}
