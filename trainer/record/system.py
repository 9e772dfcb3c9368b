"""The files under /etc that make the recorded machine what it is: names, prompt, marks, clock."""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from trainer.record.clock import build_library
from trainer.record.errors import RecordError

_INSTALLED = datetime(2019, 7, 6, tzinfo=UTC).timestamp()
"""The date of every file: before any session begins."""

_FILES = Path(__file__).with_name("etc")
_PYTHON = "sitecustomize.py"


def prepare_system() -> Path:
    """The folder that the sandbox shows as /etc, made where it is missing and kept for the next recording.

    Returns:
        A folder that any user can read, since the recorder gives up its privileges.

    Raises:
        RecordError: if it cannot be made.
    """
    base = _public_folder() / f"neuralsh-record-{os.geteuid()}"
    base.mkdir(mode=0o755, exist_ok=True)
    found = base.lstat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022 or not stat.S_ISDIR(found.st_mode):
        raise RecordError(f"{base}: someone else's: remove it")
    sources = [*sorted(_FILES.iterdir()), Path(__file__)]
    library = build_library(base)
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources if path.is_file()) + library.name.encode())
    folder = base / key.hexdigest()[:16]
    if not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        made = Path(tempfile.mkdtemp(dir=base))
        _fill(made, library)
        made.chmod(0o755)
        try:
            made.rename(folder)
        except OSError:
            # Another recorder was first.
            shutil.rmtree(made)
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether nothing is missing, as after a clean-up of old temporary files."""
    names = [path.name for path in _FILES.iterdir() if path.name != _PYTHON and path.is_file()]
    return all((folder / name).exists() for name in (*names, "clock.so", "ld.so.preload"))


def _public_folder() -> Path:
    """A folder for temporary files that every user can reach."""
    for path in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        resolved = path.resolve()
        if all(p.stat().st_mode & 0o001 for p in (resolved, *resolved.parents)) and os.access(resolved, os.W_OK):
            return resolved
    raise RecordError("no folder for temporary files that every user can reach: make /tmp one")


def _fill(folder: Path, library: Path) -> None:
    for source in _FILES.iterdir():
        if source.is_file() and source.name != _PYTHON:
            shutil.copy(source, folder)
    shutil.copy(library, folder / "clock.so")
    (folder / "ld.so.preload").write_text("/etc/clock.so\n")
    with (folder / "bash.bashrc").open("a") as file:
        file.write(_colours())
    for python in Path("/usr/lib").glob(f"python3.*/{_PYTHON}"):
        home = folder / python.parent.name
        home.mkdir()
        shutil.copy(_FILES / _PYTHON, home)
    for name in ("ld.so.cache", "alternatives", "os-release", "debian_version"):
        _copy(Path("/etc") / name, folder / name)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)
            os.utime(path, (_INSTALLED, _INSTALLED))


def _copy(source: Path, target: Path) -> None:
    """A file or folder of the host, its links as links; nothing if it is not there."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        shutil.copy(source, target)


def _colours() -> str:
    """The colours of `ls`, as Debian's own .bashrc sets them."""
    tool = shutil.which("dircolors")
    if tool is None:
        return ""
    done = subprocess.run([tool, "-b"], env={"TERM": "xterm-256color"}, capture_output=True, text=True, check=False)
    return done.stdout
