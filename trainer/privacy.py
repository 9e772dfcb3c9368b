"""Secrets in recordings: found before anything of a recording is stored, and crossed out.

Keys and tokens are found by `detect-secrets` (Yelp), passwords by what stands before them, mail addresses and chosen
names by what they are. What is found is replaced letter for letter, so that the screen keeps its shape; what was found
is counted by kind and never shown.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from msgspec import structs

from trainer.casts import Event, Recording

CROSS = "x"
"""What takes the place of a letter."""

NOT_USED = frozenset(("Base64 High Entropy String", "Hex High Entropy String", "Secret Keyword", "Public IP (ipv4)"))
"""Detectors that take names of files and commits for secrets, or look at source code alone."""

_STRING = r"\x1b[\]kPX^_]([^\x07\x1b]*)(?:\x07|\x1b\\)"
"""What a terminal is told, between an escape and its end: titles, links, the clipboard."""

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]+[0-~])|" + _STRING.replace("(", "(?:", 1) + r"|\x1b[0-~]"
    # Where a line that is typed goes on in the next row, shells print a blank, or the letter that stands there, first.
    r"| \r(?!\n)|\r(?<=(?P<cell>\S)\r)(?P=cell)"
    r"|[\x00-\x09\x0b-\x1f\x7f]"
)
"""What a terminal obeys and does not show; a line feed ends a line."""

_TOLD = re.compile(_STRING)
_KEPT_OR_SHOWN = re.compile(rf"({_ESCAPE.pattern})|\S")

_SECRET = r"(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key)"
_QUOTED = r"""(?:"((?:[^"\\\n]|\\.){,400}+)"|\\"([^"\\\n]{,400}+)\\"|'([^'\n]{,400}+)')"""

_PATTERNS = {
    # Behind a name in quotes stands a value in quotes; "cannot open '/etc/passwd': No such file" holds none. What ends
    # a command is none of the value: without it the rest of the line would be another command.
    "password": (
        ("passw", "passphrase", "secret", "token", "api"),
        re.compile(
            rf"""(?i){_SECRET}\w{{,64}}+(\\?["'])?[ \t]*+[:=]=?>?[ \t]*+(?:{_QUOTED}|(?(1)(?!)|(\S*[^\s;&|)])))"""
        ),
    ),
    # No value stands in --token <token>, --token $TOKEN, --password --force.
    "password of an option": (
        ("--",),
        re.compile(rf"(?i)--(?=[a-z])[a-z-]{{,40}}?{_SECRET}[ \t]++(?:{_QUOTED}|([^\s<[$|(-]\S*))"),
    ),
    "credentials in a header": (
        ("authorization", "bearer"),
        re.compile(
            r"""(?i)(?:authorization\\?["']?[ \t]*+[:=][ \t]*+\\?["']?(?:(?:basic|bearer|digest|token)[ \t]++)?"""
            r"""|\bbearer[ \t]++(?=[\w.~+/-]{8})(?=[a-z_.~+/-]{,200}\d))([^\s"'\\]++)"""
        ),
    ),
    "credentials in a URL": (("://",), re.compile(r"://[^\s/:@]*:([^\s/@]+)@")),
}
"""What is found by what stands before it; each pattern with words of which one is in every text in which it finds
something, in small letters: looking for those is quick. Neither these nor those below look at a letter again and again:
a line may be a million of them."""

_ASKS = re.compile(
    r"(?i)(?:passw(?:or)?[dt]|passphrase|passcode|secret|token|api[-_ ]?key|\b(?:pin|otp)\b)[^\n]{,160}:\s*\Z"
)
"""How output ends that asks for what is not to be seen."""

ASKED = 600
"""Characters of it that are looked at."""

_SENT = re.compile(r"[\r\n\x03\x04]")
"""Keys with which an answer ends."""

_DOMAIN = re.compile(r"@[\w-]++(?:\.[\w-]+)+")
_LOCAL = re.compile(r"(?<![\w.+-])[\w.+-]+\Z")
"""The two parts of a mail address."""

LONGEST = 320
"""Characters of a mail address, at most (RFC 3696, erratum 1690)."""

_WORD = re.compile(r"[\w.-]+")

_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def scrubbed(recording: Recording, names: Sequence[str] = ()) -> tuple[Recording, Counter[str]]:
    """A recording with its secrets crossed out, and how many there were of each kind.

    Args:
        recording: not changed; given back as it is if nothing was found.
        names: of hosts, users and what else is to be crossed out.
    """
    found = Counter[str]()
    events = list(recording.events)
    _cross_answers(events, found)
    for code in ("o", "i", "m"):
        at = [number for number, event in enumerate(events) if event.code == code]
        # A marker stands for itself; what is printed and typed goes on from event to event.
        for group in [[number] for number in at] if code == "m" else [at]:
            _scrub(events, group, names, found, typed=code == "i")
    if not found:
        return recording, found
    # Markers that tell typed bytes in hex (`neuralsh.recording`) hide what is crossed out elsewhere.
    told = [event for event in events if not (event.code == "m" and event.data.startswith("keys:"))]
    return replace(recording, events=told), found


def _cross_answers(events: list[Event], found: Counter[str]) -> None:
    """Cross out what was typed where a password was asked for: nothing of it shows, and it looks like any line."""
    said, asked, counted = list[str](), False, False
    for number, event in enumerate(events):
        if event.code == "o":
            said.append(event.data)
        elif event.code == "i":
            if not asked:
                asked, counted = _ASKS.search(_ESCAPE.sub("", "".join(said)[-ASKED:])) is not None, False
            said.clear()
            if not asked:
                continue
            sent = _SENT.search(event.data)
            end = sent.start() if sent else len(event.data)
            crossed = _KEPT_OR_SHOWN.sub(lambda hit: hit[1] or CROSS, event.data[:end]) + event.data[end:]
            asked = sent is None
            if crossed != event.data:
                found["typed password"] += not counted
                events[number], counted = structs.replace(event, data=crossed), True


def _scrub(events: list[Event], chosen: list[int], names: Sequence[str], found: Counter[str], *, typed: bool) -> None:
    """Cross out what stands in events that are read one behind the other."""
    whole = "".join(events[number].data for number in chosen)
    if typed:
        # Enter ends a line.
        whole = whole.replace("\r", "\n")
    crossed = set[int]()
    for text, stretches, between in (
        (_ESCAPE.sub("", whole), _shown, 0),
        ("\n".join(_TOLD.findall(whole)), _told, 1),
    ):
        letters = set[int]()
        for kind, start, end in _spans(text, names):
            if not letters.issuperset(range(start, end)):
                found[kind] += 1
                letters.update(range(start, end))
        if letters:
            crossed.update(_places((at for at in letters if not text[at].isspace()), stretches(whole), between))
    # The letter that a shell prints twice where a line goes on in the next row.
    crossed |= {at + 2 for at in crossed if whole[at + 1 : at + 3] == f"\r{whole[at]}"}
    events_at = list(accumulate((len(events[number].data) for number in chosen), initial=0)) if crossed else []
    changed = dict[int, list[str]]()
    for place in crossed:
        one = bisect_right(events_at, place) - 1
        letters_of = changed.get(chosen[one]) or changed.setdefault(chosen[one], list(events[chosen[one]].data))
        letters_of[place - events_at[one]] = CROSS
    for number, data in changed.items():
        events[number] = structs.replace(events[number], data="".join(data))


def _shown(whole: str) -> list[tuple[int, int]]:
    """The stretches of what was printed or typed that show."""
    gaps = [gap.span() for gap in _ESCAPE.finditer(whole)]
    return list(zip((0, *(end for _, end in gaps)), (*(start for start, _ in gaps), len(whole)), strict=True))


def _told(whole: str) -> list[tuple[int, int]]:
    """The stretches that a terminal is told and does not show."""
    return [told.span(1) for told in _TOLD.finditer(whole)]


def _places(letters: Iterable[int], stretches: Sequence[tuple[int, int]], between: int) -> Iterator[int]:
    """Where letters of a text stand in the whole of which it is stretches, so many characters between them."""
    begins = list(accumulate((end - start + between for start, end in stretches), initial=0))
    for at in letters:
        one = bisect_right(begins, at) - 1
        yield stretches[one][0] + at - begins[one]


def _spans(text: str, names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """What is found in a text: its kind, where it starts and where it ends."""
    for block in _KEY_BLOCK.finditer(text):
        yield "private key", *block.span(1)
    small = text.lower()
    for kind, (words, pattern) in _PATTERNS.items():
        for hit in pattern.finditer(text) if any(word in small for word in words) else ():
            yield kind, *hit.span(hit.lastindex or 0)
    for span in _addresses(text):
        yield "mail address", *span
    for name in names:
        for hit in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            yield "name", *hit.span()
    # Most texts hold nothing, and a pattern that begins with letters runs through a whole text at once.
    detectors = [detector for detector, patterns in _detectors() if any(one.search(text) for one in patterns)]
    start = 0
    for line in text.split("\n") if detectors else ():
        for detector in detectors:
            for value in set(detector.analyze_string(line)):
                for first, end in _words_with(value, line) if value else ():
                    yield str(detector.secret_type), start + first, start + end
        start += len(line) + 1


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where mail addresses stand: from what only they have to what stands before it."""
    over = 0
    for domain in _DOMAIN.finditer(text):
        at = domain.start()
        local = _LOCAL.search(text[max(over, at - LONGEST) : at])
        if local is not None:
            over = domain.end()
            yield at - len(local[0]), over


def _words_with(value: str, line: str) -> Iterator[tuple[int, int]]:
    """Where a value stands in a line, with what goes on of a word before and behind it."""
    words = [word.span() for word in _WORD.finditer(line)]
    at = line.find(value)
    while at >= 0:
        end = at + len(value)
        before, behind = (bisect_right(words, (place, len(line))) - 1 for place in (at, end))
        yield (
            words[before][0] if before >= 0 and at <= words[before][1] else at,
            max(words[behind][1], end) if behind >= 0 else end,
        )
        at = line.find(value, end)


@cache
def _detectors() -> list[tuple[RegexBasedDetector, list[re.Pattern[str]]]]:
    """Detectors of secrets in a line, each with what finds something in every text with a line in which it does."""
    classes: dict[str, Any] = get_mapping_from_secret_type_to_class()
    made = [each() for kind, each in classes.items() if kind not in NOT_USED and kind != "Private Key"]
    return [(one, [re.compile(each.pattern, each.flags | re.MULTILINE) for each in one.denylist]) for one in made]
