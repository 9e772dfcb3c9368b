"""``python tests/neuralsh/fake_shell.py``: the command line over the fake machine, for tests in a real terminal."""

import sys

from neuralsh.cli import main
from fakes import FakeMachine

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], factory=lambda name, device: FakeMachine()))
