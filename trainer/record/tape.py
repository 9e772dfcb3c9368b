"""VHS tapes as scripts. The language: https://github.com/charmbracelet/vhs (README, "VHS Command Reference").

A tape is typed, not filmed: what concerns the picture (`Set FontSize`, `Output`, `Screenshot`) is read and passed over,
and what was hidden is recorded too, since later commands depend on it. The recorder waits for prompts by itself;
`Sleep` and `Wait` only give a command more time. Lines ``#@ NAME`` and ``#? TEXT`` mean what they do in plain scripts.
"""

import math
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.record.script import CAPTION_MARK, FAMILY_MARK, Line, Script, ScriptError, check_typed, parse_script

SUFFIX = ".tape"
"""Of the name of a tape."""

LONGEST_SLEEP = 60
"""Seconds that a tape may sleep after one action."""

MOST_REPEATS = 1000
"""Times a key may be repeated."""

WAIT_SECONDS = 15
"""What `Wait` waits where the tape does not say, as in VHS."""

PROGRAMS = "/usr/bin:/bin"
"""Where `Require` looks: what the sandbox has."""

_KEYS = {
    "Backspace": "\x7f",
    "Delete": "\x1b[3~",
    "Down": "\x1b[B",
    "End": "\x1b[F",
    "Enter": "\r",
    "Escape": "\x1b",
    "Home": "\x1b[H",
    "Insert": "\x1b[2~",
    "Left": "\x1b[D",
    "PageDown": "\x1b[6~",
    "PageUp": "\x1b[5~",
    "Right": "\x1b[C",
    "Space": " ",
    "Tab": "\t",
    "Up": "\x1b[A",
}
_MODIFIERS = {"Shift": 1, "Alt": 2, "Ctrl": 4}
_SETTINGS = re.compile(
    "Shell|FontFamily|FontSize|Framerate|PlaybackSpeed|Height|Width|LetterSpacing|LineHeight|TypingSpeed|Theme|Padding|"
    "Margin|MarginFill|WindowBar|WindowBarSize|BorderRadius|CursorBlink|LoopOffset|WaitTimeout|WaitPattern"
)
_TOKEN = re.compile(r"""\s*(?:(?P<text>"[^"]*"|'[^']*'|`[^`]*`)|(?P<pattern>/[^/]*/)|(?P<word>[^\s"'`]+))""")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|s|m)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_script(path: Path, seed: int) -> Script:
    """The script of a file: a tape if its name ends in `SUFFIX`, else plain lines.

    Raises:
        ScriptError: if it cannot be read, or a line of it not be typed; one line that names the file.
    """
    parse = parse_tape if path.suffix == SUFFIX else parse_script
    try:
        return parse(path.read_text(encoding="utf-8"), seed)
    except OSError as error:
        raise ScriptError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path}: not UTF-8 text (byte {error.start}): give a script or a tape") from error
    except ScriptError as error:
        raise ScriptError(f"{path}: {error}") from error


def parse_tape(text: str, seed: int) -> Script:
    """The script of a tape. Text and the Enter after it are one action, as are other keys that a line repeats.

    Raises:
        ScriptError: for what is no tape, naming the line.
    """
    parser = _Parser()
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), 1):
        parser.line(line, number)
    return parser.script(seed)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str


class _Parser:
    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._environment: list[tuple[str, str]] = []
        self._typed = ""
        self._clipboard = ""
        self._family: str | None = None
        self._caption: str | None = None
        self._number = 0
        self._tokens: list[_Token] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "Type": self._type,
            "Sleep": self._sleep,
            "Wait": self._wait,
            "Set": self._set,
            "Env": self._env,
            "Require": self._require,
            "Output": lambda _: self._skip("Output", "a file"),
            "Screenshot": lambda _: self._skip("Screenshot", "a file"),
            "Copy": self._copy,
            "Paste": lambda _: self._append(self._clipboard),
            "Hide": lambda _: None,
            "Show": lambda _: None,
            "Source": self._source,
        }

    def script(self, seed: int) -> Script:
        self._flush()
        return Script(tuple(self._lines), seed, environment=tuple(self._environment), answers=True)

    def line(self, text: str, number: int) -> None:
        """Reads one line; several commands may stand on it."""
        self._number = number
        stripped = text.strip()
        if stripped.startswith(FAMILY_MARK):
            self._family = stripped.removeprefix(FAMILY_MARK).strip()
        elif stripped.startswith(CAPTION_MARK):
            self._caption = stripped.removeprefix(CAPTION_MARK).strip()
        else:
            self._tokens = self._split(stripped)
            while self._tokens:
                self._command()

    def _error(self, what: str) -> ScriptError:
        return ScriptError(f"line {self._number}: {what}")

    def _split(self, text: str) -> list[_Token]:
        tokens, at = [], 0
        while at < len(text):
            if text[at:].lstrip().startswith("#"):
                break
            found = _TOKEN.match(text, at)
            if not found:
                raise self._error(f"a quote that does not end: {text[at:].strip()[:40]}")
            kind = str(found.lastgroup)
            tokens.append(_Token(kind, found[kind][1:-1] if kind != "word" else found[kind]))
            at = found.end()
        return tokens

    def _command(self) -> None:
        token = self._tokens.pop(0)
        name, _, speed = token.value.partition("@")
        if token.kind != "word":
            raise self._error(f"{token.value[:40]!r} is no command of a tape: Type it")
        if speed:
            self._seconds(speed)
        head = name.partition("+")[0]
        if head in self._commands and (head == name or head == "Wait"):
            self._commands[head](speed)
        elif head in _KEYS or head in _MODIFIERS:
            self._press(name)
        else:
            raise self._error(f"{name[:40]!r} is no command of a tape")

    def _take(self, kinds: tuple[str, ...], command: str, what: str) -> str:
        if not self._tokens or self._tokens[0].kind not in kinds:
            raise self._error(f"{command} needs {what}")
        return self._tokens.pop(0).value

    def _skip(self, command: str, what: str) -> None:
        self._take(("word", "text", "pattern"), command, what)

    def _seconds(self, text: str) -> float:
        found = _DURATION.fullmatch(text)
        if not found:
            raise self._error(f"{text[:20]!r} is not a time such as 500ms or 2s")
        return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, None: 1}[found[2]]

    # What types.

    def _type(self, _: str) -> None:
        self._append(self._take(("text",), "Type", 'text in quotes, such as Type "ls"'))
        while self._tokens and self._tokens[0].kind == "text":
            self._append(" " + self._tokens.pop(0).value)

    def _append(self, text: str) -> None:
        check_typed(text, self._number)
        self._typed += text

    def _press(self, name: str) -> None:
        keys = self._keys(name)
        count = self._repeats()
        if name == "Enter":
            for _ in range(count):
                self._emit(self._typed, raw=False)
                self._typed = ""
        elif name == "Space":
            self._typed += keys * count
        else:
            self._flush()
            self._emit(keys * count, raw=True)

    def _repeats(self) -> int:
        if not self._tokens or not self._tokens[0].value.isdecimal() or self._tokens[0].kind != "word":
            return 1
        text = self._tokens.pop(0).value
        if len(text) > len(str(MOST_REPEATS)) or int(text) > MOST_REPEATS:
            raise self._error(f"a key {text[:20]} times: at most {MOST_REPEATS}")
        return int(text)

    def _keys(self, name: str) -> str:
        """What a terminal sends for a key with modifiers, such as ``Ctrl+Left`` (xterm's sequences)."""
        *modifiers, key = name.split("+") if not name.endswith("++") else [*name[:-2].split("+"), "+"]
        if unknown := [modifier for modifier in modifiers if modifier not in _MODIFIERS]:
            raise self._error(f"{unknown[0][:20]!r} is no modifier: use Ctrl, Alt or Shift")
        if not modifiers and key in _KEYS:
            return _KEYS[key]
        bits = sum({_MODIFIERS[modifier] for modifier in modifiers})
        plain = _KEYS.get(key, key)
        if len(plain) == 1 and key != "Enter" and plain.isascii():
            return self._character(plain, bits, name)
        if plain.startswith("\x1b["):
            return f"\x1b[1;{bits + 1}{plain[2:]}" if len(plain) == 3 else f"{plain[:-1]};{bits + 1}~"
        if bits == _MODIFIERS["Alt"] and key == "Enter":
            return "\x1b\r"
        raise self._error(f"{name[:40]!r} is a key that a terminal cannot send")

    def _character(self, plain: str, bits: int, name: str) -> str:
        if bits & _MODIFIERS["Shift"]:
            plain = "\x1b[Z" if plain == "\t" else plain.upper()
        if bits & _MODIFIERS["Ctrl"] and plain not in ("\x7f", "\t", "\x1b", "\x1b[Z"):
            if not "@" <= plain.upper() <= "_" and plain != " ":
                raise self._error(f"{name[:40]!r} is a key that a terminal cannot send")
            plain = chr(ord(plain.upper()) & 0x1F)
        return f"\x1b{plain}" if bits & _MODIFIERS["Alt"] else plain

    def _flush(self) -> None:
        if self._typed:
            self._emit(self._typed, raw=True)
            self._typed = ""

    def _emit(self, keys: str, *, raw: bool) -> None:
        self._lines.append(Line(keys, self._family, self._caption, raw))
        self._family = self._caption = None

    # What waits, and what sets the stage.

    def _sleep(self, _: str) -> None:
        self._pause(self._seconds(self._take(("word",), "Sleep", "a time such as 500ms or 2s")))

    def _wait(self, speed: str) -> None:
        if self._tokens and self._tokens[0].kind == "pattern":
            self._tokens.pop(0)
        self._pause(self._seconds(speed) if speed else WAIT_SECONDS)

    def _pause(self, seconds: float) -> None:
        if self._typed or not self._lines:
            return
        last = self._lines[-1]
        self._lines[-1] = replace(last, pause=min(last.pause + math.ceil(seconds), LONGEST_SLEEP))

    def _set(self, _: str) -> None:
        name = self._take(("word",), "Set", "the name of a setting")
        if not _SETTINGS.fullmatch(name):
            raise self._error(f"{name[:40]!r} is no setting of a tape")
        if not self._tokens:
            raise self._error(f"Set {name} needs a value")
        if name == "Shell" and self._tokens[0].value != "bash":
            raise self._error(f"the sandbox has no shell {self._tokens[0].value[:20]!r}: use bash")
        # A theme may be JSON: the rest of the line is the value.
        self._tokens = []

    def _env(self, _: str) -> None:
        name = self._take(("word", "text"), "Env", "a name and a value")
        value = self._take(("word", "text"), "Env", "a name and a value")
        if not _NAME.fullmatch(name):
            raise self._error(f"{name[:40]!r} cannot be the name of a variable")
        check_typed(value, self._number)
        self._environment.append((name, value))

    def _require(self, _: str) -> None:
        name = self._take(("word", "text"), "Require", "the name of a program")
        if shutil.which(name, path=PROGRAMS) is None:
            raise self._error(f"the sandbox has no program {name[:40]!r}: install it, or leave it out")

    def _copy(self, _: str) -> None:
        self._clipboard = self._take(("text",), "Copy", "text in quotes")

    def _source(self, _: str) -> None:
        raise self._error("Source is not followed: put the other tape's commands in this one")
