"""Installs routines, to be run beside others or killed: ``ledger_installer.py HOME PREFIX COUNT [FILE_BYTES]``.

Prints ``ready``, then the name of every routine that it was told is installed, or the line of the error.
"""

import resource
import sys
from pathlib import Path

from ledger_parts import install

from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger


def main() -> int:
    home, prefix, count, *file_bytes = sys.argv[1:]
    print("ready", flush=True)
    for limit in file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        with Ledger.open(Path(home)) as ledger:
            for i in range(int(count)):
                print(install(ledger, f"{prefix}{i}").name, flush=True)
    except LedgerError as error:
        print(f"error: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
