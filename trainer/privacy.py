"""Secrets in recordings: found before anything of a recording is stored, and crossed out.

Keys and tokens are found by `detect-secrets` (Yelp), passwords by what stands before them, mail addresses and chosen
names by what they are. What is found is replaced letter for letter, so that the screen keeps its shape; what was found
is counted by kind and never shown.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
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

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x09\x0b-\x1f\x7f]")
"""What a terminal obeys and does not show; a line feed ends a line."""

_PATTERNS = {
    "password": re.compile(r"(?i)(?:passw(?:or)?d|secret|token|api[-_]?key)\w{,64}+\s*+[:=]\s*(\S+)"),
    "credentials in a URL": re.compile(r"://[^\s/:@]+:([^\s/@]+)@"),
}
"""These, and those below, look at no letter again and again: a line may be a million of them."""

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
    for code in ("o", "i", "m"):
        at = [number for number, event in enumerate(events) if event.code == code]
        # A marker stands for itself; what is printed and typed goes on from event to event.
        for group in [[number] for number in at] if code == "m" else [at]:
            _scrub(events, group, names, found)
    return (replace(recording, events=events) if found else recording), found


def _scrub(events: list[Event], chosen: list[int], names: Sequence[str], found: Counter[str]) -> None:
    """Cross out what stands in events that are read one behind the other."""
    whole = "".join(events[number].data for number in chosen)
    crossed = set[int]()
    for kind, start, end in _spans(_ESCAPE.sub("", whole), names):
        if not crossed.issuperset(range(start, end)):
            found[kind] += 1
            crossed.update(range(start, end))
    if not crossed:
        return
    # Where the stretches that show begin: among all that shows, and in the whole.
    gaps = [gap.span() for gap in _ESCAPE.finditer(whole)]
    begins = [0, *(end for _, end in gaps)]
    shown = [0, *accumulate(start - begin for (start, _), begin in zip(gaps, begins, strict=False))]
    events_at = list(accumulate((len(events[number].data) for number in chosen), initial=0))
    changed = dict[int, list[str]]()
    for at in crossed:
        stretch = bisect_right(shown, at) - 1
        place = begins[stretch] + at - shown[stretch]
        one = bisect_right(events_at, place) - 1
        letters = changed.get(chosen[one]) or changed.setdefault(chosen[one], list(events[chosen[one]].data))
        if not letters[place - events_at[one]].isspace():
            letters[place - events_at[one]] = CROSS
    for number, letters in changed.items():
        events[number] = structs.replace(events[number], data="".join(letters))


def _spans(text: str, names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """What is found in a text: its kind, where it starts and where it ends."""
    for block in _KEY_BLOCK.finditer(text):
        yield "private key", *block.span(1)
    for kind, pattern in _PATTERNS.items():
        for hit in pattern.finditer(text):
            yield kind, *hit.span(1)
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
