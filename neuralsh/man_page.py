"""Writes the manual page from the parsers: ``python -m neuralsh.man_page > docs/neuralsh.1``."""

import os

from argparse_manpage.manpage import Manpage

from neuralsh import __version__
from neuralsh.completions import whole_parser
from neuralsh.options import DESCRIPTION


def man_page() -> str:
    """The page as roff; it has no date, so that it changes only when the parsers do."""
    parser = whole_parser()
    # The words of the commands have sections of their own here.
    parser.epilog = None
    page = Manpage(parser)
    page.date, page.manual, page.source = "", "User commands", f"neuralsh {__version__}"
    page.description = DESCRIPTION.partition(":")[0].partition(".")[0]
    return str(page)


if __name__ == "__main__":
    # Usage lines are folded to the width of the terminal.
    os.environ["COLUMNS"] = "100"
    print(man_page(), end="")
