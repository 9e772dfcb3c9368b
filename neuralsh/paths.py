"""Where files of the user live: one home, or the XDG folders."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "NEURALSH_HOME"

CONFIG = "config.toml"
"""The name of the file of settings."""


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
