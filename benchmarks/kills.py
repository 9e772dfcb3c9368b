"""Kills of an install, at random moments: ``python -m benchmarks.kills [--kills N] [--seed N]``.

``neuralsh install`` runs as a process of its own in one home, and is killed (SIGKILL) at a moment drawn evenly over the
time that a whole one takes. After each kill the ledger must verify, the routine must be wholly there or wholly absent,
and the machine must open with what is there.
"""

import argparse
import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
from argparse import Namespace
from pathlib import Path
from random import Random

from rich.console import Console

from neuralsh.ledger.ledger import Ledger
from neuralsh.machines import load_machine, with_routines

ROUTINE = """\
name = "{name}"
[[demo]]
command = "{name} bob"
output = "hello bob"
[[demo]]
command = "{name} anna"
output = "hello anna"
"""

SECONDS = 0.2
"""Of fitting: what is killed is the install; what is learned does not matter here."""


def main(argv: list[str] | None = None) -> int:
    """Kill installs and say what was left; 1 if anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(argv)
    random, console, ends = Random(options.seed), Console(stderr=True), pty.openpty()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        given = Namespace(home=str(home), model=None, device=None)
        machine = load_machine(given.model, given.device)
        base = machine.weights_hash
        began = time.perf_counter()
        assert start(home, "whole", *ends).wait() == 0
        whole = time.perf_counter() - began
        there, broken = 1, 0
        for number in range(options.kills):
            name = f"r{number}"
            process = start(home, name, *ends)
            try:
                process.wait(random.uniform(0, whole))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with Ledger.open(home) as ledger:
                problem = ledger.verify()
                names = [entry.name for entry in ledger.active(base)]
                effective = ledger.effective_hash(base)
            stands = with_routines(machine, given).weights_hash == effective
            there += name in names
            if problem is not None or len(names) != there or not stands:
                broken += 1
                console.print(f"{name}: {problem}, {len(names)} routines where {there} were expected")
            if (number + 1) % 20 == 0:
                console.print(f"{number + 1} kills: {there - 1} came after the install, {broken} left it broken")
    print(f"{options.kills} kills over {whole:.1f} s: {there - 1} came after the install was whole, {broken} broke it")
    return 1 if broken else 0


def start(home: Path, name: str, keyboard: int, terminal: int) -> "subprocess.Popen[bytes]":
    """An install in a process of its own, at a terminal where yes is typed: what it draws does not matter here."""
    file = home / f"{name}.toml"
    file.write_text(ROUTINE.format(name=name))
    command = [sys.executable, "-m", "neuralsh", "install", str(file), "--home", str(home), "--seconds", str(SECONDS)]
    # What one that was killed did not read is not for the next.
    termios.tcflush(terminal, termios.TCIFLUSH)
    os.write(keyboard, b"y\n")
    return subprocess.Popen(command, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    raise SystemExit(main())
