"""The sandbox: bash under bubblewrap, on a terminal of its own, with nothing of the host but its programs.

No network, own processes, own host name, a home and a /tmp that vanish with it. One sandbox a session, which no other
session can see: starting one costs about as much as two commands.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import termios
from pathlib import Path
from types import TracebackType

from model.protocol import Geometry
from trainer.record.clock import Clock
from trainer.record.errors import RecordError

HOME = "/home/user"
_TMPFS_BYTES = 16 * 2**20
_ENVIRONMENT = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "LOGNAME": "user",
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
    "SHELL": "/bin/bash",
    "TERM": "xterm-256color",
    "USER": "user",
}
_SHELL = ("/usr/bin/setsid", "-c", "bash")
"""setsid gives bash the terminal, and so job control and Ctrl-C."""
_NOBODY = 65_534
_ADDR_NO_RANDOMIZE = 0x0040000


def find_bubblewrap() -> str:
    """Path of bwrap.

    Raises:
        RecordError: if it is not installed.
    """
    path = shutil.which("bwrap")
    if path is None:
        raise RecordError("bubblewrap (bwrap) is not installed; recording needs its sandbox: apt install bubblewrap")
    return path


def drop_privileges() -> None:
    """Makes root nobody, for good: limits on processes do not bind root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def fix_addresses() -> None:
    """Lets the programs that this process starts lie at the same addresses each time.

    Bash seeds `$RANDOM` from where it lies, and Python shows where objects do. Where the host forbids it, those alone
    differ between recordings.
    """
    ctypes.CDLL(None).personality(_ADDR_NO_RANDOMIZE)


class Sandbox:
    """A bash that runs in a sandbox of its own; a context manager that kills all of it at the end.

    Attributes:
        terminal: the file descriptor of the terminal's controlling side, not blocking.
    """

    def __init__(
        self, bubblewrap: str, etc: Path, clock: Clock, geometry: Geometry, environment: dict[str, str]
    ) -> None:
        self.terminal, other_side = os.openpty()
        try:
            fcntl.ioctl(other_side, termios.TIOCSWINSZ, struct.pack("HHHH", geometry.rows, geometry.columns, 0, 0))
            os.set_blocking(self.terminal, False)
            self._process = subprocess.Popen(
                [
                    bubblewrap,
                    *_arguments(etc, clock.path),
                    *_settings(environment),
                    "--",
                    *_SHELL,
                ],
                stdin=other_side,
                stdout=other_side,
                stderr=other_side,
                cwd="/",
                env={},
                start_new_session=True,
            )
        except BaseException:
            os.close(self.terminal)
            raise
        finally:
            os.close(other_side)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # --die-with-parent takes everything inside along.
        self._process.kill()
        self._process.wait()
        os.close(self.terminal)

    @property
    def process(self) -> int:
        """The number of the process that builds the sandbox."""
        return self._process.pid

    def kill_foreground(self) -> None:
        """Kills the job in the foreground."""
        with contextlib.suppress(OSError):
            group = os.tcgetpgrp(self.terminal)
            if group > 1:
                os.killpg(group, signal.SIGKILL)


def _arguments(etc: Path, clock: str) -> list[str]:
    """What bubblewrap builds: namespaces, mounts, names."""
    arguments = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--cap-drop", "ALL"]
    arguments += ["--uid", "1000", "--gid", "1000", "--hostname", "neuralsh", "--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/") / name
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    if Path("/usr/local").is_dir():
        arguments += ["--size", "4096", "--tmpfs", "/usr/local", "--remount-ro", "/usr/local"]
    for folder in ("mnt", "opt", "root", "run", "srv", "var"):
        arguments += ["--dir", f"/{folder}"]
    arguments += ["--ro-bind", str(etc), "/etc", "--bind", clock, "/run/clock"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    for folder in ("/tmp", HOME):
        arguments += ["--size", str(_TMPFS_BYTES), "--tmpfs", folder]
    return [*arguments, "--remount-ro", "/", "--chdir", HOME, "--clearenv"]


def _settings(environment: dict[str, str]) -> list[str]:
    return [part for name, value in (_ENVIRONMENT | environment).items() for part in ("--setenv", name, value)]
