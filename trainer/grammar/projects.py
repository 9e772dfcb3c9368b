"""Sessions about a project: git, make, a program that is compiled, packages that are asked for, what was typed before.

Blocks as programs are: what is typed is drawn from the same free arguments and obeys the same split.
Where git prints the hash of a commit, nobody could foretell it; most lines are asked so that it prints none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from trainer.grammar.blocks import Blocks, block_sessions
from trainer.grammar.drills import Fits, fitting
from trainer.grammar.words import file_name, folder_name, known, letters, words
from trainer.record.script import Line, Script
from trainer.split import Split

BETWEEN = 2
"""Lines between two blocks, at most."""


def _message(r: Random) -> str:
    """A commit's message, in quotes."""
    mark = r.choice('\'""')
    return f"{mark}{' '.join((known(r), *words(r, 1, 2, 18)))}{mark}"


def git(r: Random, fits: Fits) -> Iterator[Line]:
    """A repository from its start: files are written, looked at, staged, committed, put aside on branches."""
    if r.random() < 0.3:
        yield Line("git status", "git")
    folder = _all_fit(fits, lambda: folder_name(r), "git init {}", "cd {}")
    for text in r.choice((("git init",), ("git init -q",), (f"git init {folder}", f"cd {folder}"))):
        yield Line(text, "git")
    repository = _Repository()
    for _ in range(r.randint(4, 10)):
        for text in _git_step(r, fits, repository):
            yield Line(text, "git")


@dataclass(slots=True)
class _Repository:
    """What of a repository its lines can name."""

    files: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=lambda: ["main"])
    here: str = "main"
    committed: bool = False


def _git_step(r: Random, fits: Fits, repository: _Repository) -> Iterator[str]:
    """A few lines that belong together."""
    way, files = r.random(), repository.files
    if not files or way < 0.25:
        known_file = files and r.random() < 0.6
        name = r.choice(files) if known_file else _all_fit(fits, lambda: file_name(r), "git add {}")
        yield fitting(fits, lambda: f"echo {' '.join(words(r, 1, 3, 20))} {'>>' if known_file else '>'} {name}")
        files += [] if known_file else [name]
    elif way < 0.5 or not repository.committed:
        if r.random() < 0.4:
            yield r.choice(("git status", "git status -s"))
        yield r.choice(("git add .", "git add .", "git add -A", f"git add {r.choice(files)}"))
        if r.random() < 0.4:
            yield r.choice(("git status", "git status -s", "git diff --cached --stat"))
        yield fitting(fits, lambda: f"git commit {r.choice(('-m', '-qm', '-qm', '-qam'))} {_message(r)}")
        repository.committed = True
    elif way < 0.8:
        yield r.choice(_LOOKS)
    elif way < 0.93:
        others = [one for one in repository.branches if one != repository.here]
        if others and r.random() < 0.5:
            repository.here = r.choice(others)
            yield f"git {r.choice(('switch', 'checkout'))} {repository.here}"
        else:
            makes = r.choice(("git switch -c {}", "git checkout -b {}"))
            repository.here = _all_fit(fits, lambda: letters(r), makes, "git switch {}", "git checkout {}")
            repository.branches.append(repository.here)
            yield makes.format(repository.here)
        if r.random() < 0.4:
            yield "git branch"
    else:
        missing = ("git {}", "git switch {}", "git add {}", "git rm {}")
        yield fitting(fits, lambda: r.choice(missing).format(letters(r)))


def _all_fit(fits: Fits, draw: Callable[[], str], *lines: str) -> str:
    """A name with which each of these lines is of the split; the last draw if none is."""
    return fitting(lambda name: all(fits(line.format(name)) for line in lines), draw)


_LOOKS = (
    "git status",
    "git status",
    "git status -s",
    "git log --format=%s",
    "git log --format=%s",
    "git log -1 --format=%s",
    "git log --format='%an: %s'",
    "git log --oneline",
    "git log",
    "git branch",
    "git branch --show-current",
    "git diff",
    "git diff --stat",
    "git ls-files",
    "git rev-list --count HEAD",
    "git tag",
    "git remote -v",
    "git stash list",
    "git config user.name",
    "git shortlog -sn HEAD",
)


def make(r: Random, fits: Fits) -> Iterator[Line]:
    """A Makefile of one or two targets, made, made again, asked for what it has not."""
    if r.random() < 0.2:
        yield Line("make", "make")
    one, two = (_all_fit(fits, lambda: letters(r), "make {}") for _ in range(2))
    quiet = r.choice(("", "@"))

    def rules() -> str:
        said, also = " ".join(words(r, 1, 2, 16)), " ".join(words(r, 1, 2, 16))
        steps = (
            rf"{one}:\n\t{quiet}echo {said}\n",
            rf"{one}: {two}\n\t{quiet}echo {said}\n{two}:\n\t{quiet}echo {also}\n",
            rf"{one}.txt:\n\techo {said} > {one}.txt\n",
            rf"{one}:\n\t@echo CC {two}.c\n\t@echo LD {two}\n",
        )
        return f"printf '{r.choice(steps)}' > Makefile"

    yield Line(fitting(fits, rules), "make")
    for _ in range(r.randint(2, 4)):
        asked = ("make", "make", "make", f"make {one}", f"make {two}", "make -n", "make -s", "cat Makefile")
        yield Line(r.choice(asked), "make")


def compiled(r: Random, fits: Fits) -> Iterator[Line]:
    """A program of one line of C, or a script of one line of bash."""
    runs = ("./{}", "chmod +x {}", "gcc {0}.c -o {0}")
    name = _all_fit(fits, lambda: letters(r), *runs)
    run, allow, translate = (line.format(name) for line in runs)

    def source(form: str) -> str:
        return fitting(fits, lambda: form % " ".join(words(r, 1, 2, 14)).replace("%", ""))

    if r.random() < 0.5:
        yield Line(source(rf"printf '#include <stdio.h>\nint main(){{puts(\"%s\");}}\n' > {name}.c"), "build")
        yield Line(translate, "build")
    else:
        yield Line(source(rf"printf '#!/bin/bash\necho %s $1\n' > {name}"), "build")
        if r.random() < 0.5:
            yield Line(run, "build")
        yield Line(allow, "build")
    yield Line(run if r.random() < 0.5 else fitting(fits, lambda: f"{run} {letters(r)}"), "build")


def log(r: Random, fits: Fits) -> Iterator[Line]:
    """What a build prints while it works: a line a step, with its share or its name."""

    def line() -> str:
        names = " ".join(letters(r) for _ in range(r.randint(2, 4)))
        count, word = r.randint(3, 5), known(r)
        ways = (
            f"for f in {names}; do echo \"  CC      $f.o\"; done; echo '  LD      {word}'",
            f'for i in {{1..{count}}}; do echo "[$i/{count}] {word} $i.c"; done',
            f"for p in {names}; do echo Collecting $p; done; echo Successfully installed {names}",
            f'for p in {names}; do echo "Setting up $p ..."; done',
            f'for t in {names}; do echo "test $t ... ok"; done; echo; echo {len(names.split())} passed',
        )
        return r.choice(ways)

    yield Line(fitting(fits, line), "logs")


def packages(r: Random, fits: Fits) -> Iterator[Line]:
    """What a user without rights and without a network is told."""
    asked = ("sudo apt install", "sudo apt install", "brew install", "pip install")
    yield Line(fitting(fits, lambda: f"{r.choice(asked)} {letters(r)}"), "packages")


def past(r: Random, fits: Fits) -> Iterator[Line]:
    """What was typed before, by `history` and by its signs."""
    yield Line(fitting(fits, lambda: f"echo {' '.join(words(r, 1, 3, 20))}"), "history")
    few = r.randint(2, 4)
    yield Line(r.choice((f"history {few}", f"history | tail -n {few}", "!!", "!echo", "echo !$")), "history")


def coloured(r: Random, fits: Fits) -> Iterator[Line]:
    """Words in colours."""

    def line() -> str:
        colour = r.choice(("31", "32", "33", "34", "35", "36", "1;31", "1;32", "1;34", "7", "1", "4"))
        ways = (
            rf"echo -e '\e[{colour}m{known(r)}\e[0m'",
            rf"printf '\e[{colour}m%s\e[0m\n' {letters(r)}",
            rf"echo -e '{known(r)} \e[{colour}m{letters(r)}\e[0m {letters(r)}'",
        )
        return r.choice(ways)

    yield Line(fitting(fits, line), "colours")


BLOCKS: Blocks = (
    (4, git),
    (2, make),
    (1, compiled),
    (2, log),
    (1, packages),
    (2, past),
    (2, coloured),
)
"""Pieces of work and their weights."""


def project_sessions(seed: int, *, split: Split, turns: tuple[int, int] = (4, 14)) -> Iterator[Script]:
    """Scripts without end, of at least so many turns: work on projects, and a few plain lines between."""
    return block_sessions("projects", BLOCKS, seed, split=split, turns=turns, between=BETWEEN, answers=False)
