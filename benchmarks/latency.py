"""Time to the first frame, time to the prompt, frames a second, start-up and memory of the shell.

    python benchmarks/latency.py [--model FOLDER] [--device cpu|cuda] [--sessions N] [--json FILE]

The suite `latency` of `neuralsh eval` with its options.
"""

import sys

from neuralsh.errors import guard
from neuralsh.eval_command import run_eval

if __name__ == "__main__":
    sys.exit(guard(lambda: run_eval(["latency", *sys.argv[1:]])))
