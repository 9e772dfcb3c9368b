"""Three tiers of captions for one and the same turn, made by rules from what was typed and what it printed.

As the paper's are ("Neural Computers", arXiv 2604.06425, CLIGen), from the least that is told to the most: semantic
says what is being done, regular names the command and how much it prints, literal spells what is printed.
"""

from collections.abc import Sequence
from enum import StrEnum

LONGEST = 240
"""Characters of a literal caption: a long output is told up to there."""


class Tier(StrEnum):
    """How much a caption tells, the least first."""

    SEMANTIC = "semantic"
    REGULAR = "regular"
    LITERAL = "literal"


MEANT = {
    "alias": "Give a command another name",
    "bc": "Work out a sum",
    "cat": "Show what is in a file",
    "cd": "Go to another folder",
    "chmod": "Change who may use a file",
    "clear": "Clear the screen",
    "cp": "Copy a file",
    "cut": "Cut columns out of lines",
    "date": "Ask for the time",
    "echo": "Print a line",
    "export": "Set a variable for other programs",
    "expr": "Work out a sum",
    "false": "Fail on purpose",
    "find": "Look for files",
    "for": "Do something for each of a list",
    "grep": "Look for lines",
    "head": "Show the first lines",
    "history": "Show what was typed",
    "if": "Do something on a condition",
    "ls": "List the files",
    "mkdir": "Make a folder",
    "mv": "Move a file",
    "printenv": "Show a variable",
    "printf": "Print text in a form",
    "pwd": "Ask for the folder",
    "rm": "Remove a file",
    "rmdir": "Remove a folder",
    "seq": "Count",
    "sort": "Sort lines",
    "tail": "Show the last lines",
    "touch": "Make a file",
    "tr": "Change characters",
    "uname": "Ask for the system",
    "wc": "Count lines and words",
    "whoami": "Ask for the user",
}
"""What the commonest commands are for."""


def caption_of(tier: Tier, line: str, printed: Sequence[str]) -> str:
    """The caption of a turn.

    Args:
        tier: how much it tells.
        line: what was typed, without its Enter.
        printed: the rows between the line and the next prompt.
    """
    if tier is Tier.SEMANTIC:
        return _meant(line) + "."
    if tier is Tier.REGULAR or not printed:
        return f"The user runs `{line}`; {_count(printed)} printed."
    return f"The terminal prints: {' / '.join(printed)}"[:LONGEST]


def caption_of_lines(tier: Tier, lines: Sequence[str], printed: Sequence[str]) -> str:
    """The caption of some time at a terminal.

    Args:
        tier: how much it tells.
        lines: what was typed, in order; none: the terminal was watched.
        printed: the rows that came to the screen.
    """
    if not lines:
        if tier is Tier.SEMANTIC:
            return "Watch what the terminal shows."
        if tier is Tier.REGULAR or not printed:
            return f"The terminal goes on; {_count(printed)} printed."
    if tier is Tier.SEMANTIC:
        return " ".join(caption_of(tier, line, ()) for line in lines)
    if tier is Tier.REGULAR or not printed:
        return f"The user runs {', then '.join(f'`{line}`' for line in lines)}; {_count(printed)} printed."
    return caption_of(tier, "", printed)


def _count(printed: Sequence[str]) -> str:
    return "nothing is" if not printed else "one line is" if len(printed) == 1 else f"{len(printed)} lines are"


def _meant(line: str) -> str:
    """What a line is for."""
    if "$((" in line:
        return "Work out a sum"
    words = line.split()
    if not words:
        return "Ask for a new prompt"
    if "=" in words[0]:
        return "Set a variable"
    return MEANT.get(words[0], "Run a command")
