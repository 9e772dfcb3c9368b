"""Files written whole or not at all."""

import os
from pathlib import Path


def replace_file(path: Path, payload: bytes) -> None:
    """Write a file beside its place and move it there: a kill at any moment leaves the old one or the new one.

    Raises:
        OSError: if it cannot be written; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(payload)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
