"""The shell without a screen: a line in, its output below.

For terminals that cannot draw one (``TERM=dumb``, output to a pipe), and with ``--plain`` for those who listen to it.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator

from neuralsh.errors import DONE
from neuralsh.headless import open_session, show
from neuralsh.machines import MachineFactory, frame_reader
from neuralsh.script import script_lines
from neuralsh.turns import Typist


def run_line_mode(options: Namespace, factory: MachineFactory) -> int:
    """Ask for lines at the prompt the machine drew, until the input ends.

    Prompts go to standard error, as shells do it, so that output in a pipe is output alone.
    """
    with open_session(options, factory) as session:
        typist = Typist(session, read_lines=frame_reader(options.ocr), digest=options.json)
        for line, caption in script_lines(_asked(typist)):
            turn = typist.type(line, caption)
            show(turn, as_json=options.json, transcript=options.transcript)
            problem = turn.to_json().get("error")
            if problem:
                print(f"neuralsh: {problem}", file=sys.stderr)
    print(file=sys.stderr)
    return DONE


def _asked(typist: Typist) -> Iterator[bytes]:
    while True:
        print(typist.prompt_text, end="", file=sys.stderr, flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            return
        yield line
