"""Free arguments: words, phrases, names of files, folders and variables, numbers.

Each function takes the `Random` it draws from and returns text that bash reads as one plain word without quotes, unless
its docstring says otherwise.
"""

import string
from random import Random

from trainer.grammar import vocabulary
from trainer.grammar.reserved import RUNNABLE

_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_VOWELS = "aeiouy"
_ALPHANUMERIC = string.ascii_letters + string.digits
_INSIDE = "-_.:/@%+=,"
"""Signs that stay what they are inside an unquoted word."""


def invented(r: Random, low: int = 2, high: int = 10) -> str:
    """A pronounceable lower-case word of `low` to `high` letters that is in no dictionary."""
    length = r.randint(low, high)
    vowel = r.random() < 0.4
    letters: list[str] = []
    while len(letters) < length:
        letters.append(r.choice(_VOWELS if vowel else _CONSONANTS))
        if r.random() < 0.85:
            vowel = not vowel
    return "".join(letters)


def alphanumeric(r: Random, low: int = 2, high: int = 8) -> str:
    """Letters of both cases and digits without any pattern."""
    return "".join(r.choices(_ALPHANUMERIC, k=r.randint(low, high)))


def number(r: Random) -> str:
    """A whole number of one to five digits, mostly short."""
    return str(r.randrange(10 ** r.choice((1, 1, 2, 2, 2, 3, 3, 4, 5))))


def date(r: Random) -> str:
    """A day, a year or a time of day as people write them."""
    year, month, day = r.randint(1970, 2039), r.randint(1, 12), r.randint(1, 28)
    return r.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{year}",
            f"{day:02}/{month:02}/{year}",
            f"{r.randint(0, 23):02}:{r.randint(0, 59):02}",
            f"{year}{month:02}{day:02}",
        )
    )


def _joined(r: Random) -> str:
    return r.choice(_INSIDE).join((known(r), known(r)))


def _version(r: Random) -> str:
    return r.choice(("v", "")) + ".".join(str(r.randint(0, 19)) for _ in range(r.randint(2, 3)))


def known(r: Random) -> str:
    """A lower-case word of the lists."""
    return r.choice(vocabulary.COMMON if r.random() < 0.6 else vocabulary.TECHNICAL)


_WORDS = (known, invented, alphanumeric, number, date, _joined, _version)
_WORD_WEIGHTS = (50, 30, 7, 6, 2, 3, 2)


def word(r: Random) -> str:
    """Any plain word: known, invented, random letters, a number, a date, two words joined by a sign."""
    (kind,) = r.choices(_WORDS, _WORD_WEIGHTS)
    text = kind(r)
    case = r.random()
    if case < 0.12:
        return text.capitalize()
    return text.upper() if case < 0.2 else text


def letters(r: Random) -> str:
    """A word of lower-case letters only."""
    return known(r) if r.random() < 0.5 else invented(r)


def words(r: Random, low: int, high: int, limit: int = 36) -> list[str]:
    """Between `low` and `high` words whose joined length stays within `limit` characters, at least one."""
    found = [word(r) for _ in range(r.randint(low, high))]
    while len(found) > 1 and len(" ".join(found)) > limit:
        found.pop()
    return found


def phrase(r: Random, low: int = 1, high: int = 6, limit: int = 36) -> str:
    """Words with a little punctuation that is safe without quotes: commas, and a stop or mark at the end."""
    found = words(r, low, high, limit)
    if len(found) > 2 and r.random() < 0.15:
        where = r.randrange(len(found) - 1)
        found[where] += r.choice(",,:")
    if r.random() < 0.12:
        found[0] = found[0].capitalize()
    tail = r.choice(".!?") if r.random() < 0.12 else ""
    return " ".join(found) + tail


def quoted_text(r: Random, limit: int = 36) -> str:
    """A phrase that needs quotes: signs that bash would read, runs of spaces.

    Holds no quote, backslash, ``$``, ``!`` or backquote, so that both kinds of quotes print it as it stands.
    """
    found = words(r, 1, 5, limit)
    draw = r.random()
    if draw < 0.3:
        found.insert(r.randint(0, len(found)), r.choice(vocabulary.SIGNS))
        return " ".join(found)
    if draw < 0.5:
        return (" " * r.randint(2, 5)).join(found)
    if draw < 0.58:
        left, right = r.choice(("()", "[]", "{}", "<>", "##", "**", "--"))
        return f"{left}{' '.join(found)}{right}"
    return " ".join(found)


def file_name(r: Random) -> str:
    """A name for a file, mostly with an extension."""
    draw = r.random()
    if draw < 0.5:
        stem = r.choice(vocabulary.STEMS)
    elif draw < 0.62:
        stem = known(r)
    elif draw < 0.86:
        stem = invented(r)
    elif draw < 0.93:
        stem = r.choice("-_.").join((letters(r), r.choice((letters(r), number(r)))))
    else:
        stem = alphanumeric(r)
    if r.random() < 0.06:
        stem += str(r.randint(1, 99))
    if stem[0].isupper() and stem.isalpha() and r.random() < 0.6:
        return stem
    return f"{stem}.{r.choice(vocabulary.EXTENSIONS)}" if r.random() < 0.78 else stem


def folder_name(r: Random) -> str:
    """A name for a folder, mostly without a dot."""
    draw = r.random()
    if draw < 0.5:
        return r.choice(vocabulary.FOLDERS)
    if draw < 0.6:
        return known(r)
    if draw < 0.85:
        return invented(r)
    if draw < 0.93:
        return r.choice("-_").join((letters(r), r.choice((letters(r), number(r)))))
    return alphanumeric(r) + ("." + str(r.randint(0, 9)) if r.random() < 0.2 else "")


def variable_name(r: Random) -> str:
    """A name for a shell variable that nothing else uses."""
    while True:
        draw = r.random()
        if draw < 0.5:
            name = r.choice(vocabulary.VARIABLES)
        elif draw < 0.6:
            name = r.choice(string.ascii_letters)
        elif draw < 0.85:
            name = invented(r, 2, 8)
        elif draw < 0.94:
            name = r.choice(("_", "")).join((invented(r, 2, 5), r.choice((known(r), str(r.randint(0, 99))))))
        else:
            name = r.choice(string.ascii_letters + "_") + alphanumeric(r, 1, 5)
        if 0.5 <= draw < 0.94 and len(name) > 1 and r.random() < 0.35:
            name = name.upper()
        if name not in vocabulary.TAKEN:
            return name


_ABSENT = (
    "cowsay",
    "fortune",
    "figlet",
    "emacs",
    "nvim",
    "zsh",
    "brew",
    "yarn",
    "cls",
    "ipconfig",
    "quit",
    "htop",
    "ll",
    "hlep",
)


def unknown_command(r: Random) -> str:
    """A word that is no command: misspelt, invented, meant otherwise, or a program that is seldom installed."""
    while True:
        name = _stranger(r)
        if name not in RUNNABLE and name[0].isalpha():
            return name


def _stranger(r: Random) -> str:
    draw = r.random()
    if draw < 0.25:
        return misspelt(r, r.choice(vocabulary.COMMANDS))
    if draw < 0.31:
        return r.choice(_ABSENT)
    if draw < 0.45:
        return known(r)
    if draw < 0.85:
        return invented(r, 3, 10)
    return r.choice("-_.").join((letters(r), letters(r))) if draw < 0.93 else alphanumeric(r, 3, 8)


def misspelt(r: Random, text: str) -> str:
    """One slip of the finger: a letter doubled, dropped, swapped or changed."""
    at = r.randrange(len(text))
    slip = r.randrange(4)
    if slip == 0:
        return text[: at + 1] + text[at:]
    if slip == 1 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if slip == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + r.choice(string.ascii_lowercase) + text[at + 1 :]
