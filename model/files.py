"""Files written whole or not at all, and files for their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_ISREG

OWNER_ALONE = 0o600
"""The mode of a file that nobody else can read."""


@contextmanager
def replaced(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A file to write, moved to `path` once it is whole: a kill at any moment leaves the old one or the new one.

    As with a shell's ``>``, a link stays and what it points to is written, a file that was there keeps its mode, and
    what is no regular file, such as a pipe or ``/dev/null``, is written itself.

    Args:
        path: of the file.
        private: whether a new file is for its owner alone; else for whom the umask lets it.

    Yields:
        Where to write: an empty file beside `path`, of a name that nobody can foresee.

    Raises:
        OSError: if it cannot be written. Then, and if the block raises, nothing is left behind.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        status = None
    if status is not None and not S_ISREG(status.st_mode):
        yield path
        return
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{token_hex(4)}.part")
    mode = OWNER_ALONE if private or status else 0o666
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield temporary
        if status is not None:
            temporary.chmod(S_IMODE(status.st_mode))
        temporary.replace(target)
    except OSError as error:
        if str(error.filename) == str(temporary):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def replace_file(path: Path, payload: bytes, *, private: bool = False) -> None:
    """Write a file, whole or not at all; see `replaced`.

    Raises:
        OSError: if it cannot be written; nothing is left behind.
    """
    with replaced(path, private=private) as temporary:
        temporary.write_bytes(payload)
