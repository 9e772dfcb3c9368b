"""Sessions with programs that are typed to: Python, bc, here-documents, less, vi, and what Ctrl-C or Ctrl-D ends.

A block is a program from its start to its end. What is typed to it is drawn from the same free arguments and obeys the
same split as other lines; keys that are pressed one by one are in both.
"""

from collections.abc import Callable, Iterator
from random import Random

from trainer.grammar.arithmetic import addends, difference, operation
from trainer.grammar.blocks import Blocks, block_sessions
from trainer.grammar.drills import Fits, fitting
from trainer.grammar.words import file_name, letters, variable_name, words
from trainer.record.script import Line, Script
from trainer.split import Split

BETWEEN = 3
"""Lines between two programs, at most."""

CTRL_C, CTRL_D, ESCAPE = "\x03", "\x04", "\x1b"


def _keys(family: str, *presses: str) -> Iterator[Line]:
    """Keys that no Enter follows."""
    for press in presses:
        yield Line(press, family, raw=True)


def _fitting(fits: Fits, draw: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Lines that belong together, drawn until each fits, empty ones aside."""

    def all_fit(text: str) -> bool:
        return all(fits(line) for line in text.split("\n") if line)

    return tuple(fitting(all_fit, lambda: "\n".join(draw())).split("\n"))


def _expression(r: Random) -> str:
    """A sum as it is typed at a prompt of Python or bc."""
    kind = r.random()
    if kind < 0.4:
        a, b = addends(r)
        return f"{a}+{b}"
    if kind < 0.6:
        a, b = difference(r)
        return f"{a}-{b}"
    return operation(r)


def _python_line(r: Random, names: list[str]) -> str:
    """A line of a session in Python; what it assigns is added to `names`."""
    text = letters(r)
    lines = [
        *[_expression(r).replace("/", "//") for _ in range(4)],
        f"print('{text}')",
        f"'{text}'.upper()",
        f"len('{text}')",
        f"'{text}'[::-1]",
        f"'{text}' * {r.randint(2, 3)}",
        f"[{', '.join(str(r.randint(0, 20)) for _ in range(r.randint(2, 4)))}]",
        f"sorted([{', '.join(str(r.randint(0, 30)) for _ in range(3))}])",
        f"list(range({r.randint(2, 6)}))",
        f"'{' '.join(words(r, 2, 3, 16))}'.split()",
        f"{r.randint(0, 40)} > {r.randint(0, 40)}",
        f"int('{r.randint(0, 99)}') + 1",
        text,
        "1 / 0",
    ]
    if names:
        name = r.choice(names)
        lines += [*[name] * 4, f"print({name})", f"{name} * 2", f"str({name}) + '!'"]
    if r.random() < 0.3:
        name = variable_name(r)
        names.append(name)
        return f"{name} = {r.choice((str(r.randint(0, 99)), repr(text), repr([text, letters(r)])))}"
    return r.choice(lines)


def _loop(r: Random) -> tuple[str, ...]:
    name = letters(r)[0]
    return f"for {name} in range({r.randint(2, 4)}):", f"    print({name}, '{letters(r)}')", ""


def _function(r: Random) -> tuple[str, ...]:
    name = letters(r)
    return f"def {name}(x):", f"    return x + {r.randint(1, 9)}", "", f"{name}({r.randint(1, 40)})"


def _condition(r: Random) -> tuple[str, ...]:
    return f"if {r.randint(0, 9)} < {r.randint(0, 9)}:", f"    print('{letters(r)}')", ""


def python(r: Random, fits: Fits) -> Iterator[Line]:
    """Python's own prompt, with a state of its own: names, loops, functions, errors."""
    yield Line(r.choice(("python3 -q", "python3 -q", "python3")), "repl")
    names = list[str]()
    for _ in range(r.randint(3, 9)):
        if r.random() < 0.15:
            block = r.choice((_loop, _function, _condition))
            for line in _fitting(fits, lambda: block(r)):  # noqa: B023 (it is called at once)
                yield Line(line, "repl")
        else:
            yield Line(fitting(fits, lambda: _python_line(r, names)), "repl")
    if r.random() < 0.3:
        yield from _keys("repl", CTRL_D)
    else:
        yield Line(r.choice(("exit()", "exit()", "quit()")), "repl")


def bc(r: Random, fits: Fits) -> Iterator[Line]:
    """Sums at the prompt of ``bc``, which has none."""
    yield Line("bc -q", "repl")
    for _ in range(r.randint(2, 6)):
        yield Line(fitting(fits, lambda: _expression(r).replace("**", "^").replace(" == ", "==")), "repl")
    yield Line("quit", "repl")


def here_document(r: Random, fits: Fits) -> Iterator[Line]:
    """Lines between a word and the same word, printed, counted or kept in a file."""
    end = r.choice(("EOF", "EOF", "END", "DONE"))

    def kept() -> tuple[str, ...]:
        name = file_name(r)
        return f"cat > {name} <<{end}", f"cat {name}"

    shown = f"cat <<{end}", f"cat <<'{end}'", f"sort <<{end}", f"wc -l <<{end}"
    command, *after = _fitting(fits, kept) if r.random() < 0.2 else (r.choice(shown),)
    yield Line(command, "heredoc")
    for _ in range(r.randint(1, 4)):
        yield Line(fitting(fits, lambda: r.choice((" ".join(words(r, 1, 3, 24)), "$USER", "$((2+3))"))), "heredoc")
    yield Line(end, "heredoc")
    for line in after:
        yield Line(line, "heredoc")


def pager(r: Random, fits: Fits) -> Iterator[Line]:
    """A long file in ``less``, by its keys."""
    count = r.randint(30, 90)

    def lines() -> tuple[str, ...]:
        name = file_name(r)
        filled = r.choice((f"seq {count}", f"for i in {{1..{count}}}; do echo line $i {letters(r)}; done"))
        return f"{filled} > {name}", f"less {name}"

    for line in _fitting(fits, lines):
        yield Line(line, "fullscreen")
    yield from _keys("fullscreen", *r.choices((" ", "b", "j", "j", "k", "G", "g", "d", "u"), k=r.randint(2, 7)))
    if r.random() < 0.4:
        yield from _keys("fullscreen", f"/{r.randint(1, count)}\r", "n")
    yield from _keys("fullscreen", "q")


def editor(r: Random, fits: Fits) -> Iterator[Line]:
    """A small file written in ``vi`` and read back."""

    def opened() -> tuple[str, ...]:
        name = file_name(r)
        return f"vi -u NONE {name}", f"cat {name}"

    def text() -> str:
        return fitting(fits, lambda: " ".join(words(r, 1, 3, 24)))

    first, last = _fitting(fits, opened)
    yield Line(first, "fullscreen")
    yield from _keys("fullscreen", "i", text())
    if r.random() < 0.6:
        yield from _keys("fullscreen", "\r" + text())
    yield from _keys("fullscreen", ESCAPE)
    if r.random() < 0.4:
        yield from _keys("fullscreen", *r.choice((("g", "g"), ("d", "d"), ("x",), ("u",))))
    yield from _keys("fullscreen", r.choice((":wq\r", ":wq\r", ":x\r")))
    yield Line(last, "fullscreen")


def ended(r: Random, fits: Fits) -> Iterator[Line]:
    """What goes on until Ctrl-C, or reads until Ctrl-D."""
    way = r.random()
    if way < 0.4:
        yield Line(fitting(fits, lambda: f"sleep {r.randint(20, 900)}"), "ended")
        yield from _keys("ended", CTRL_C)
    elif way < 0.6:
        # One action, as it is of a person's keys that were recorded one by one (`by_line`).
        yield from _keys("ended", fitting(fits, lambda: f"echo {' '.join(words(r, 1, 2, 16))}") + CTRL_C)
    else:
        yield Line(r.choice(("cat", "cat", "tr a-z A-Z", "wc -l", "sort")), "ended")
        for _ in range(r.randint(1, 3)):
            yield Line(fitting(fits, lambda: " ".join(words(r, 1, 3, 24))), "ended")
        yield from _keys("ended", CTRL_D)


def in_place(r: Random, fits: Fits) -> Iterator[Line]:
    """A line that is drawn again and again: a bar, a share, a sign that turns."""

    def line() -> str:
        word, count = letters(r), r.randint(3, 6)
        return r.choice(
            (
                f"for i in {{1..{count}}}; do printf '\\r{word} %d/{count}' $i; sleep 0.1; done; echo",
                f"for i in {{1..{count}}}; do printf '\\r%3d%%' $((i*100/{count})); sleep 0.1; done; echo",
                f"for i in {{1..{count}}}; do printf '#'; sleep 0.1; done; echo ' {word}'",
            )
        )

    yield Line(fitting(fits, line), "inplace")


BLOCKS: Blocks = (
    (4, python),
    (1, bc),
    (2, here_document),
    (2, pager),
    (2, editor),
    (2, ended),
    (1, in_place),
)
"""Programs and their weights."""


def program_sessions(seed: int, *, split: Split, turns: tuple[int, int] = (4, 14)) -> Iterator[Script]:
    """Scripts without end, of at least so many turns: programs, and a few plain lines between them."""
    return block_sessions("programs", BLOCKS, seed, split=split, turns=turns, between=BETWEEN, answers=True)
