"""Shell screens made up from a seed: commands, paths, sums, errors, listings. For measuring readers of frames."""

import string

import numpy as np
from numpy.typing import NDArray

from model.protocol import Geometry
from trainer.screen import Screen, blank_cells

GREEN, BLUE = (0, 205, 0), (92, 92, 255)
_WORDS = """
    alpha build cache data draft error final guide hello index Jazz kernel Linux log main notes old photo query
    report script src temp todo user video www Xenon yellow zebra README Makefile src2 v10 lib64 O0l1I
""".split()  # noqa: SIM905
_SUFFIXES = ("", ".txt", ".py", ".log", ".tar.gz", ".md", ".JSON", "_old", "-2")


class _Writer:
    def __init__(self, random: np.random.Generator) -> None:
        self.random = random

    def word(self) -> str:
        return str(self.random.choice(_WORDS))

    def name(self) -> str:
        return self.word() + str(self.random.choice(_SUFFIXES))

    def path(self) -> str:
        return "/".join(self.name() for _ in range(self.random.integers(1, 4)))

    def number(self) -> int:
        return int(10 ** self.random.uniform(0, 5))

    def token(self) -> str:
        letters = list(string.ascii_letters + string.digits + string.punctuation)
        return "".join(self.random.choice(letters, int(self.random.integers(3, 12))))

    def turn(self) -> tuple[str, list[str]]:
        """A command and its output."""
        one, two, op = self.number(), self.number(), str(self.random.choice(list("+-*")))
        name, word, path = self.name(), self.word(), self.path()
        result = {"+": one + two, "-": one - two, "*": one * two}[op]
        turns: list[tuple[str, list[str]]] = [
            (f"echo $(({one} {op} {two}))", [str(result)]),
            (f'echo "{word} {name}" | tr a-z A-Z', [f"{word} {name}".upper()]),
            (f"cat {path}", [f"cat: {path}: No such file or directory"]),
            (f"mkdir {name}", [f"mkdir: cannot create directory ‘{name}’: File exists"]),
            (f"mkdir -p ~/{path} && cd $_", []),
            ("ls", ["  ".join(self.name() for _ in range(self.random.integers(2, 7)))]),
            ("ls -la", [self.listing() for _ in range(self.random.integers(1, 5))]),
            (f"{word}_{one}", [f"bash: {word}_{one}: command not found"]),
            (f"{word.upper()}='{name}'; echo ${{{word.upper()}#*.}} $?", [name.partition(".")[2] + " 0"]),
            (f"grep -n '{word}' *.log | head -{one % 9}", [f"{two}:{word}={one} # {self.token()}"]),
            (f'python3 -c "print({one}/{two % 90 + 1}, [{one}, {two}])"', [f"{one / (two % 90 + 1)} [{one}, {two}]"]),
            (f"for i in 1 2 3; do echo {word}$i; done", [f"{word}{i}" for i in (1, 2, 3)]),
            ("date", ["Mon Mar  4 10:17:36 UTC 2024"]),
        ]
        return turns[self.random.integers(len(turns))]

    def listing(self) -> str:
        kind, name = ("d", "rwxr-xr-x") if self.random.random() < 0.3 else ("-", "rw-r--r--")
        day, hour, minute = self.random.integers((1, 0, 0), (31, 24, 60))
        when = f"Mar {day:2d} {hour:02d}:{minute:02d}"
        return f"{kind}{name} {self.number() % 9 + 1} user user {self.number():6d} {when} {self.name()}"


def shell_screen(seed: int, geometry: Geometry | None = None) -> Screen:
    """A screen half to wholly full of commands and output, a prompt and the cursor at its end."""
    geometry = geometry or Geometry()
    random = np.random.default_rng(seed)
    writer = _Writer(random)
    cells = blank_cells(geometry.rows, geometry.columns)
    row, last, home = 0, int(random.integers(geometry.rows // 2, geometry.rows)), "~"
    while row < last:
        command, output = writer.turn()
        row = _write(cells, row, f"{home}$ {command}", GREEN, len(home))
        for line in output:
            row = _write(cells, row, line, BLUE if command == "ls" else None, len(line.split(" ")[0]))
        if command.startswith("mkdir -p"):
            home = "~/" + command.split()[2].removeprefix("~/")
    row = min(row, geometry.rows - 1)
    cells[row] = blank_cells(1, geometry.columns)[0]
    _write(cells, row, f"{home}$ ", GREEN, len(home))
    return Screen(cells, (row, min(len(home) + 2, geometry.columns - 1)))


def _write(cells: NDArray[np.void], row: int, line: str, colour: tuple[int, int, int] | None, coloured: int) -> int:
    """Writes a line, wrapped at the right edge, its first `coloured` cells in a colour; gives the row after it."""
    columns = cells.shape[1]
    for start in range(0, len(line), columns):
        if row >= len(cells):
            break
        part = line[start : start + columns]
        cells["glyph"][row, : len(part)] = [ord(character) for character in part]
        if colour and start < coloured:
            cells["fg"][row, : coloured - start] = colour
        row += 1
    return row
