"""Kills and rivals: whatever happens to a process, a routine is wholly there or wholly absent."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

from ledger_parts import BASE, install

from neuralsh.ledger.ledger import Ledger

SCRIPT = Path(__file__).with_name("ledger_installer.py")


def installer(home: Path, prefix: str, count: int) -> "subprocess.Popen[str]":
    """A process that installs, once it is ready to."""
    process = subprocess.Popen([sys.executable, SCRIPT, home, prefix, str(count)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_kills_at_any_moment(tmp_path: Path) -> None:
    random = Random(12)
    told: list[str] = []
    for i in range(12):
        process = installer(tmp_path, f"r{i}-", 1000)
        time.sleep(random.uniform(0, 0.12))
        process.kill()
        told += process.communicate(timeout=30)[0].split()
        with Ledger.open(tmp_path) as ledger:
            assert ledger.verify() is None
            there = [entry.name for entry in ledger.active(BASE)]
            assert len(there) == len(ledger.entries())
        # What was told to be installed is; of what was not, at most the last one of each process may be.
        assert set(told) <= set(there)
        assert len(there) <= len(told) + i + 1
    with Ledger.open(tmp_path) as ledger:
        assert install(ledger, "last").number == len(there) + 1


def test_two_install_at_once(tmp_path: Path) -> None:
    processes = [installer(tmp_path, prefix, 6) for prefix in ("a", "b")]
    told = [process.communicate(timeout=30)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert told == [[f"{prefix}{i}" for i in range(6)] for prefix in ("a", "b")]
    with Ledger.open(tmp_path) as ledger:
        assert ledger.verify() is None
        assert sorted(entry.name for entry in ledger.active(BASE)) == sorted(told[0] + told[1])


def test_two_install_the_same(tmp_path: Path) -> None:
    processes = [installer(tmp_path, "same", 1) for _ in range(2)]
    told = sorted(process.communicate(timeout=30)[0].strip() for process in processes)
    assert told == ["error: cannot install: same0 is installed: revert it first", "same0"]
    with Ledger.open(tmp_path) as ledger:
        assert ledger.verify() is None
        assert len(ledger.entries()) == 1
