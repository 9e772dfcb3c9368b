"""Where files of the user live: one home, or the XDG folders."""

import os
from dataclasses import dataclass
from pathlib import Path

from neuralsh.errors import UsageError

HOME_VARIABLE = "NEURALSH_HOME"

CONFIG = "config.toml"
"""The name of the file of settings."""

FILES = {
    "~/.config/neuralsh/config.toml": "the settings; neuralsh config --init writes one to start from",
    "~/.local/share/neuralsh/history": "the lines typed so far, one a line",
    "~/.local/share/neuralsh/ledger.db": "who installed what, when and why",
    "~/.local/share/neuralsh/store": "the files that it names, by their hash",
}
"""The files of a user who has set no home, for the manual page."""

VARIABLES = {
    HOME_VARIABLE: "a folder for all of these files, as --home",
    "XDG_CONFIG_HOME, XDG_DATA_HOME": "where they are otherwise, in place of ~/.config and ~/.local/share",
}
"""What tells where they are."""


@dataclass(frozen=True, slots=True)
class Home:
    """Folders of one user.

    Attributes:
        data: what must be kept: the history of lines.
        cache: what can be made again.
        config: the file of settings; see `neuralsh.config`.
    """

    data: Path
    cache: Path
    config: Path

    @property
    def history(self) -> Path:
        """The lines typed so far, one a line."""
        return self.data / "history"


def find_home(home: str | Path | None = None) -> Home:
    """The home given, else that of ``NEURALSH_HOME``, else the XDG folders. Nothing is created."""
    chosen = home or os.environ.get(HOME_VARIABLE)
    if chosen:
        root = Path(chosen).expanduser()
        return Home(data=root, cache=root / "cache", config=root / CONFIG)
    # Imported here, so that training runs where it is not installed (a rented GPU).
    from platformdirs import PlatformDirs

    places = PlatformDirs("neuralsh")
    config = Path(places.user_config_path) / CONFIG
    return Home(data=Path(places.user_data_path), cache=Path(places.user_cache_path), config=config)


def check_input(option: str, *paths: Path | None) -> None:
    """Raise UsageError if something that the command line names is not there.

    Args:
        option: that names it, for the message; empty where it stands by itself.
        paths: files or folders; None: not given.
    """
    for path in paths:
        if path is not None and not path.exists():
            raise UsageError(f"{option} {path}: no such file or folder".lstrip())


def check_output(option: str, path: Path | None) -> None:
    """Raise UsageError if a file that the command line asks for, by this option, has no folder to lie in."""
    if path is not None and not path.absolute().parent.is_dir():
        raise UsageError(f"{option} {path}: no such folder to write to".lstrip())
