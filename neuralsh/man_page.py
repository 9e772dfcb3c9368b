"""Writes the manual page from the parsers: ``python -m neuralsh.man_page > docs/neuralsh.1``.

What no parser tells (keys, settings, files, exit codes) is taken from where the program itself has it.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict

from argparse_manpage.manpage import Manpage

from neuralsh import __version__
from neuralsh.app.help import HELP
from neuralsh.cli import NO_SCREEN
from neuralsh.completions import whole_parser
from neuralsh.config import MEANING, Config, toml
from neuralsh.errors import CODES
from neuralsh.install.mode import HELP as INSTALL_HELP
from neuralsh.options import DESCRIPTION
from neuralsh.paths import FILES, VARIABLES


def man_page() -> str:
    """The page as roff; it has no date, so that it changes only when what it tells does."""
    parser = whole_parser()
    # The words of the commands have sections of their own here.
    parser.epilog = None
    (words,) = (action for action in parser._actions if action.metavar == "COMMAND")
    for part in dict(words.choices or {}).values():
        # The page has no place for what stands at the end of a command's help.
        part.description = part.epilog
    page = Manpage(parser)
    page.date, page.manual, page.source = "", "User commands", f"neuralsh {__version__}"
    page.description = DESCRIPTION.partition(":")[0].partition(".")[0]
    settings = {f"{name} = {toml(value)}": MEANING[name] for name, value in asdict(Config()).items()}
    for heading, content in (
        ("keys and commands of the shell", _as_it_is(HELP)),
        ("commands behind :install", _as_it_is(INSTALL_HELP)),
        ("settings", _listed(settings)),
        ("files", _listed(FILES)),
        ("environment", _listed({**VARIABLES, "TERM": f"{' or '.join(NO_SCREEN)}: no screen, as with --plain"})),
        ("exit status", _listed({str(code): meaning for code, meaning in CODES.items()})),
    ):
        page.add_section(heading, ">", content)
    return str(page)


def _listed(items: Mapping[str, str]) -> str:
    """Names and what they mean."""
    return "\n".join(f".TP\n\\fB{_roff(name)}\\fR\n{_roff(meaning)}" for name, meaning in items.items())


def _as_it_is(text: str) -> str:
    """Lines that stay lines."""
    return "\n".join([".nf", *(f"\\&{_roff(line)}" for line in text.strip().splitlines()), ".fi"])


def _roff(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")


if __name__ == "__main__":
    # Usage lines are folded to the width of the terminal.
    os.environ["COLUMNS"] = "100"
    print(man_page(), end="")
