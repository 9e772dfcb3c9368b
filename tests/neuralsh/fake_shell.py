"""``python tests/neuralsh/fake_shell.py``: the command line over the fake machine, for tests in a real terminal."""

import sys

from fakes import FakeMachine

from neuralsh.cli import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], factory=lambda name, device: FakeMachine()))
