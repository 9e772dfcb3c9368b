"""Actions of recordings that hold none, inferred from what the terminal showed.

Most recordings hold output alone. Where the cursor came to rest behind a prompt, and the line was left with something
typed behind it, that was a command; it was typed when the prompt's row first changed ("Neural Computers", arXiv
2604.06425, infers the actions of its public recordings so). What is typed into a program that asks without a prompt,
and keys of full-screen programs, cannot be seen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trainer.casts import Event, Recording, parse_size
from trainer.emulator import Emulator

_PROMPT = re.compile(
    r"""(?:
        [$#»❯➜›λ▶⟩❱✗✘\ue0b0]    # a shell's or a REPL's last character
      | [^\d\s%] \s? %            # a percentage is none
      | (?: ^ | [\w\])~/\\:>] \s?) >      # nor is an arrow
      | ^ \.\.\.                  # a REPL that waits for more
      | ^ In\ \[\d+\]:            # IPython
      | ^ ➜\ .*                   # a theme whose prompt ends in a path
    )\s?$""",
    re.VERBOSE,
)
"""How a prompt ends, up to the cursor."""

_BREAK = re.compile(r"\r?\n|\x1b\[\?1049h")
"""What leaves a line: a line break, or a full-screen program that starts at once."""

_MAY_PROMPT = re.compile("[]$#%»❯➜›λ▶⟩❱✗✘\ue0b0>.:]|\x1b\\[[0-9;]*[A-HJKfdsu]|\x1b[78]")
"""What is in output that ends in a prompt: a last character of one, or what moves the cursor behind one."""

_WAITS, _WORKS = "\x1b[?2004h", "\x1b[?2004l"
"""What a shell or a REPL says when it begins to wait for a line, whatever its prompt (it takes pastes as such), and
when it has got one."""

_LONGEST = 2000
"""Characters of the longest command line."""


@dataclass(slots=True)
class _Rest:
    """The cursor rests behind a prompt.

    Attributes:
        prompt: the text of the row up to the cursor.
        row: of the screen, as it has scrolled since.
        event: index of the event that came next.
    """

    prompt: str
    row: int
    event: int


def inferred(recording: Recording) -> Recording:
    """A recording with the actions that its prompts tell of; as it is, if it holds input."""
    if any(event.code == "i" and event.data for event in recording.events):
        return recording
    found = dict(_commands(recording))
    events = list[Event]()
    for at, event in enumerate(recording.events):
        if at in found:
            events.append(Event(event.time, "i", found[at]))
        events.append(event)
    return replace(recording, events=events)


def _commands(recording: Recording) -> Iterator[tuple[int, str]]:
    """Keys of each line that was sent, and the index of the event that they came before."""
    emulator, rest = Emulator(recording.geometry), None
    prompts, unfed = set[str](), list[str]()

    def feed(text: str) -> None:
        """Print what waits, and a text: a call takes longer than a character."""
        scrolled = emulator.show("".join((*unfed, text)))
        unfed.clear()
        if rest is not None:
            rest.row -= scrolled

    for at, event in enumerate(recording.events):
        size = parse_size(event.data) if event.code == "r" else None
        if size is not None:
            feed("")
            emulator.resize(size)
            rest = None
        if event.code != "o":
            continue
        left = _BREAK.search(event.data) if rest is not None else None
        if rest is not None and left is not None:
            feed(event.data[: left.start()])
            typed = _typed(emulator, rest)
            # Enter at a prompt that nothing was ever typed at may be no prompt.
            if typed is not None and (typed or rest.prompt in prompts):
                prompts.add(rest.prompt)
                yield rest.event, f"{typed[:-2]}\x03" if typed.endswith("^C") else f"{typed}\r"
            rest = None
            unfed.append(event.data[left.start() :])
        else:
            unfed.append(event.data)
            if rest is not None and len(event.data) == 1 and event.data.isprintable() and event.data != " ":
                # Typed behind the prompt: no other prompt, and most events are so.
                continue
        waits = event.data.rfind(_WAITS) > event.data.rfind(_WORKS)
        if rest is None and not waits and not _MAY_PROMPT.search(event.data):
            continue
        feed("")
        prompt = _prompt(emulator, waits=waits and not emulator.full_screen)
        if prompt is not None and not _goes_on(rest, *prompt):
            rest = _Rest(prompt[1], prompt[0], at + 1)


def _goes_on(rest: _Rest | None, row: int, text: str) -> bool:
    """Whether a row that looks like a prompt is one at which something was typed that looks so, such as a comment."""
    if rest is None or row != rest.row or not text.startswith(rest.prompt):
        return False
    return bool(text.removeprefix(rest.prompt).strip())


def _prompt(emulator: Emulator, *, waits: bool) -> tuple[int, str] | None:
    """The row of the cursor and its text up to there, if that is a prompt and nothing stands behind it.

    Args:
        emulator: what is shown.
        waits: whether something has just begun to wait for a line: then a prompt may end in anything and a blank.
    """
    row, column = emulator.position()
    if column == 0:
        return None
    text = emulator.text(row)
    before, behind = text[:column], text[column:]
    if behind.strip() or not before.strip() or not ((waits and before.endswith(" ")) or _PROMPT.search(before)):
        return None
    return row, before


def _typed(emulator: Emulator, rest: _Rest) -> str | None:
    """What stands behind the prompt at which the cursor rested, over as many rows as it fills; None if it is gone."""
    last, _ = emulator.position()
    if not 0 <= rest.row <= last:
        return None
    rows = [emulator.text(row) for row in range(rest.row, last + 1)]
    line = "".join(rows)
    if not line.startswith(rest.prompt) or any(len(row.rstrip()) < len(row) - 1 for row in rows[:-1]):
        return None
    typed = line[len(rest.prompt) :].strip()
    return typed if len(typed) <= _LONGEST and typed.isprintable() else None
