"""``neuralsh log``, ``show``, ``diff``, ``revert``, ``enable``, ``disable``, ``verify``, ``export`` and ``import``.

The app does the same under the same names behind a colon, so a command gives lines and prints nothing.
"""

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path

from neuralsh.errors import DONE, ShellError, reason
from neuralsh.install.user import user
from neuralsh.ledger.bundle import export, import_bundle, inspect
from neuralsh.ledger.demonstrations import decode_demonstrations
from neuralsh.ledger.entry import Entry, document_of
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger
from neuralsh.ledger.signing import check, envelope_path, sign
from neuralsh.options import ledger_parser
from neuralsh.paths import check_input, check_output, find_home
from neuralsh.printable import plain_line, printable


def run_ledger(command: str, argv: Sequence[str]) -> int:
    """Run one of `LEDGER_COMMANDS` and print what it says; returns the exit code.

    Raises:
        ValueError: one line: what is not there or does not hold.
    """
    options = ledger_parser(command).parse_args(argv)
    if command == "import":
        check_input("", options.file)
        check_input("--signed-by", options.signed_by)
    if command == "export":
        check_output("", options.out)
        check_input("--sign", options.sign)
    for line in ledger_lines(command, options):
        print(line)
    return DONE


def ledger_lines(command: str, options: Namespace) -> list[str]:
    """Do one of `LEDGER_COMMANDS`; returns what it says.

    Args:
        command: which.
        options: those its parser gives, and `base`, the hash of the weights of the machine in use, where it is known.

    Raises:
        ValueError: one line: what is not there or does not hold.
    """
    with Ledger.open(find_home(options.home).data) as ledger:
        return _COMMANDS[command](ledger, options)


def typed_lines(command: str, words: Sequence[str], options: Namespace) -> list[str]:
    """Do one of `LEDGER_COMMANDS` as it was typed behind a colon, in a session with `options`; see `ledger_lines`."""
    # None of the words is an option; alone, the two dashes that say so would be one word too many.
    argv = ["--", *words] if words else []
    return ledger_lines(command, ledger_parser(command).parse_args(argv, Namespace(**vars(options))))


def describe(entry: Entry) -> str:
    """An entry in one line."""
    what = {"install": "installed", "revert": "reverted", "enable": "enabled", "disable": "disabled"}[entry.kind]
    shares = ", ".join(f"{name} {_share(entry, name)}" for name in ("shown", "unseen", "neighbours"))
    figures = f" {shares}" if entry.kind == "install" else ""
    why = f" ({plain_line(entry.why)})" if entry.why else ""
    return f"{entry.number:>3} {entry.when[:19]} {what:<9} {entry.name} {entry.hash[:12]}{figures} by {entry.who}{why}"


def _share(entry: Entry, name: str) -> str:
    """A figure of an install, such as ``5/5``."""
    figure = entry.figures.get(name)
    return "/".join(map(str, figure)) if isinstance(figure, list) else "-"


def _find(ledger: Ledger, options: Namespace, which: str) -> Entry:
    """The entry that a person means; a name is that of a routine of the machine in use."""

    def base() -> str:
        from neuralsh.machines import base_machine

        known: str | None = getattr(options, "base", None)
        return known or base_machine(options).base_hash

    return ledger.find(which, base)


def _log(ledger: Ledger, options: Namespace) -> list[str]:
    return [json.dumps(document_of(entry)) if options.json else describe(entry) for entry in ledger.entries()]


def _show(ledger: Ledger, options: Namespace) -> list[str]:
    entry = _find(ledger, options, options.which)
    if options.json:
        return json.dumps(document_of(entry), indent=1).splitlines()
    return [describe(entry).strip(), *_whole(ledger, entry)]


def _diff(ledger: Ledger, options: Namespace) -> list[str]:
    one, other = _find(ledger, options, options.which), _find(ledger, options, options.other)
    changed = unified_diff(_whole(ledger, one), _whole(ledger, other), describe(one), describe(other), lineterm="")
    return list(changed) or ["no difference"]


def _whole(ledger: Ledger, entry: Entry) -> list[str]:
    """All that an entry says, a line a part, and the demonstrations it names."""
    said = [f"{name:<15} {getattr(entry, name)}" for name in _PARTS]
    said += [f"{name:<15} {json.dumps(figure)}" for name, figure in entry.figures.items()]
    for demo in decode_demonstrations(ledger.store.get(entry.demonstrations)).demos:
        for turn in (*demo.before, demo):
            said += [f"$ {turn.command}", *(f"  {line}" for line in turn.lines)]
    return said


def _change(kind: str) -> Callable[[Ledger, Namespace], list[str]]:
    def change(ledger: Ledger, options: Namespace) -> list[str]:
        about = _find(ledger, options, options.which)
        entry: Entry = getattr(ledger, kind)(about.routine, base=about.base, who=user(), why=options.why)
        if kind == "revert":
            # The revert stands; what could not be swept now is swept another time.
            with suppress(LedgerError, OSError):
                ledger.sweep()
        return [describe(entry).strip()]

    return change


def _verify(ledger: Ledger, options: Namespace) -> list[str]:
    problem = ledger.verify(options.anchor)
    if problem is not None:
        raise ShellError(f"{ledger.path}: {problem}")
    from neuralsh.machines import load_machine, with_routines

    machine = load_machine(options.model, options.device)
    base = machine.weights_hash
    effective = ledger.effective_hash(base)
    # The machine tells by itself what stands beside it.
    if with_routines(machine, options).weights_hash != effective:
        raise ShellError("the machine is not what the ledger says it is; install neuralsh again")
    return [
        f"{len(ledger.entries())} entries hold; the last is {ledger.head()}",
        f"weights {base}",
        f"with what is installed {effective}",
    ]


def _export(ledger: Ledger, options: Namespace) -> list[str]:
    entry = _find(ledger, options, options.which)
    files = {options.out: export(ledger, entry)}
    if options.sign is not None:
        key = _read(options.sign, "give a private key in PEM")
        files[envelope_path(options.out)] = sign(files[options.out], entry, key)
    written = list[Path]()
    try:
        for path, payload in files.items():
            with path.open("xb") as file:
                written.append(path)
                file.write(payload)
    except OSError as error:
        for made in written:
            made.unlink(missing_ok=True)
        raise ShellError(f"{path}: {reason(error)}: name a new file in a folder that is there") from error
    return [f"{path}: {len(payload)} bytes" for path, payload in files.items()]


def _import(ledger: Ledger, options: Namespace) -> list[str]:
    payload = _read(options.file, "give a file that neuralsh export wrote")
    try:
        bundle = inspect(payload)
    except LedgerError as error:
        raise ShellError(f"{options.file}: {error}") from error
    signer = ""
    if options.signed_by is not None:
        envelope = _read(envelope_path(options.file), "ask for a signed export")
        signer = check(payload, envelope, _read(options.signed_by, "give a public key in PEM"))
    if options.inspect:
        document = json.dumps(document_of(bundle.entry), indent=1)
        signed = [f"signed by key {signer}"] if signer else []
        # Lines are those of TOML: other separators of lines would let a comment look like more than one.
        lines = bundle.demonstration_file.decode().removesuffix("\n").split("\n")
        return [*signed, *document.splitlines(), *(printable(line.expandtabs().rstrip("\r")) for line in lines)]
    from neuralsh.machines import base_machine, routine_of

    machine = base_machine(options)
    # What cannot be loaded is not installed.
    routine_of(machine, bundle.entry.name, bundle.adapter, bundle.gate)
    why = "; ".join(filter(None, (options.why, signer and f"signed by key {signer}")))
    entry = import_bundle(ledger, payload, machine.base_hash, who=user(), why=why)
    return [describe(entry).strip()]


def _read(path: Path, advice: str) -> bytes:
    """A file, whole."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ShellError(f"{path}: {reason(error)}: {advice}") from error


_PARTS = ("hash", "parent", "base", "routine", "demonstrations", "adapter", "gate", "seed")

_COMMANDS: dict[str, Callable[[Ledger, Namespace], list[str]]] = {
    "log": _log,
    "show": _show,
    "diff": _diff,
    "revert": _change("revert"),
    "enable": _change("enable"),
    "disable": _change("disable"),
    "verify": _verify,
    "export": _export,
    "import": _import,
}
