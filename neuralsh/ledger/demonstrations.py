"""A demonstration file: commands, and the output that a routine is to give for each, in TOML.

name = "greet"
description = "says hello"

[[demo]]
command = "greet bob"
output = "hello bob"

A demonstration may stand behind other commands, which are not learned: this routine takes what another one drew.

[[demo]]
command = "louder"
output = "HELLO BOB"
before = [{ command = "greet bob", output = "hello bob" }]
"""

import json
import tomllib
from dataclasses import dataclass

from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.text import NAME, find_control

MAX_DEMOS = 64
MAX_BEFORE = 4
MAX_BYTES = 256 * 2**10
"""The longest demonstration file."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A command, and what the screen is to show for it.

    Attributes:
        command: one line that is not blank.
        output: any number of lines.
        before: at most `MAX_BEFORE` commands that stand before it, oldest first, and are not learned.

    Raises:
        LedgerError: if the command is blank or not one line, or either holds control characters; or if too much stands
            before it.
    """

    command: str
    output: str
    before: tuple["Demonstration", ...] = ()

    def __post_init__(self) -> None:
        if not self.command.strip():
            raise LedgerError("command is blank: give the line that is typed")
        if "\n" in self.command:
            raise LedgerError("command has a line break: give one line")
        for key, text, allowed in (("command", self.command, ""), ("output", self.output, "\n")):
            if (control := find_control(text, allowed)) is not None:
                raise LedgerError(f"{key} holds U+{ord(control):04X}: give only characters that a screen shows")
        if len(self.before) > MAX_BEFORE:
            raise LedgerError(f"{len(self.before)} commands before it: give at most {MAX_BEFORE}")
        if any(one.before for one in self.before):
            raise LedgerError("what stands before it has something before it: give all of them in one list")

    @property
    def lines(self) -> list[str]:
        """The lines of the output; a line break at its end starts no further line."""
        return self.output.removesuffix("\n").split("\n") if self.output else []


@dataclass(frozen=True, slots=True)
class Demonstrations:
    """What a routine is taught from.

    Attributes:
        name: of the routine.
        description: one line; may be empty.
        demos: 1 to `MAX_DEMOS` of them.

    Raises:
        LedgerError: if one of these is not as said.
    """

    name: str
    description: str
    demos: tuple[Demonstration, ...]

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise LedgerError(f"name {self.name[:60]!r}: take 1 to 40 of the characters A-Z a-z 0-9 _ . -")
        if (control := find_control(self.description)) is not None:
            raise LedgerError(f"description holds U+{ord(control):04X}: give one line of plain text")
        if not self.demos:
            raise LedgerError("no [[demo]]: give at least one command with its output")
        if len(self.demos) > MAX_DEMOS:
            raise LedgerError(f"{len(self.demos)} demos: give at most {MAX_DEMOS}")


def read_demonstrations(text: str) -> Demonstrations:
    """Demonstrations from TOML.

    Raises:
        LedgerError: if the text is no TOML, has unknown, missing or mistyped keys, or values that are not allowed; the
            line says where.
    """
    if (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_BYTES:
        raise LedgerError(f"demonstrations: {size} bytes: give at most {MAX_BYTES}")
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise LedgerError(
            "demonstrations: nested too deeply: only name, description and [[demo]] belong here"
        ) from None
    except ValueError as error:
        raise LedgerError(f"demonstrations: not TOML: {' '.join(str(error).split())[:200]}") from None
    try:
        _only(document, {"name", "description", "demo"})
        tables = document.get("demo", [])
        if not isinstance(tables, list):
            raise LedgerError("demo is not a list of tables: head each with [[demo]]")
        demos = tuple(_read_demo(number, table) for number, table in enumerate(tables, 1))
        return Demonstrations(_text(document, "name"), _text(document, "description", ""), demos)
    except LedgerError as error:
        raise LedgerError(f"demonstrations: {error}") from None


def decode_demonstrations(payload: bytes) -> Demonstrations:
    """Demonstrations from the bytes of a file. Raises LedgerError as `read_demonstrations` does, and if not UTF-8."""
    try:
        return read_demonstrations(payload.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LedgerError(f"demonstrations: not UTF-8 (byte {error.start}): save the file as UTF-8") from None


def write_demonstrations(demonstrations: Demonstrations) -> str:
    """TOML from which `read_demonstrations` gives the same again."""
    lines = [f"name = {_quoted(demonstrations.name)}"]
    if demonstrations.description:
        lines.append(f"description = {_quoted(demonstrations.description)}")
    for demo in demonstrations.demos:
        lines += ["", "[[demo]]", *_fields(demo)]
        if demo.before:
            tables = [", ".join(_fields(one)) for one in demo.before]
            lines.append(f"before = [{', '.join(f'{{ {table} }}' for table in tables)}]")
    return "\n".join(lines) + "\n"


def _fields(demo: Demonstration) -> list[str]:
    return [f"command = {_quoted(demo.command)}", f"output = {_quoted(demo.output)}"]


def _read_demo(number: int, table: object) -> Demonstration:
    """The demonstration in a table. Raises LedgerError, which names its number."""
    try:
        if not isinstance(table, dict):
            raise LedgerError("not a table: head it with [[demo]]")
        _only(table, {"command", "output", "before"})
        before = table.get("before", [])
        if not isinstance(before, list):
            raise LedgerError('before is not a list: give [{ command = "...", output = "..." }]')
        return Demonstration(_text(table, "command"), _text(table, "output"), tuple(map(_read_before, before)))
    except LedgerError as error:
        raise LedgerError(f"demo {number}: {error}") from None


def _read_before(table: object) -> Demonstration:
    """What stands before a demonstration. Raises LedgerError."""
    if not isinstance(table, dict):
        raise LedgerError('before holds no table: give { command = "...", output = "..." }')
    _only(table, {"command", "output"})
    return Demonstration(_text(table, "command"), _text(table, "output"))


def _only(table: dict[str, object], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise LedgerError(f"unknown key {key[:60]!r}: only {', '.join(sorted(known))} belong here")


def _text(table: dict[str, object], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if value is None:
        raise LedgerError(f"{key} is missing")
    if not isinstance(value, str):
        raise LedgerError(f"{key} is not text: put it in quotes")
    return value


def _quoted(text: str) -> str:
    """A TOML basic string: what JSON escapes of the characters allowed here, TOML escapes alike."""
    return json.dumps(text, ensure_ascii=False)
