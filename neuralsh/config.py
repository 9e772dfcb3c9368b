"""What a person sets once: a TOML file in the folder for configuration. The command line goes before it.

Every setting is declared here, with its kind and its meaning; `neuralsh config` prints them, and with `--init` writes a
file in which each stands commented out.
"""

import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from neuralsh.errors import ShellError, one_line, reason

MAX_BYTES = 64 * 2**10
"""The longest file."""

CHOICES = {
    "ocr": ("cells", "tesseract"),
    "display": ("auto", "text", "kitty", "sixel"),
    "theme": ("dark", "light", "contrast"),
}
"""Settings that take one of a few words."""

MEANING = {
    "model": "the machine: nccligen, wan, or a folder of weights; empty: the one that comes with neuralsh",
    "device": "where it runs: cpu or cuda; empty: a GPU if there is one",
    "ocr": "what reads the frames: cells or tesseract",
    "display": "how frames are shown at first: auto, text, kitty or sixel",
    "theme": "colours around the frame in the shell: dark, light or contrast",
    "history": "whether lines are remembered from one session to the next",
    "plain": "no screen: lines in, text out, as screen readers want it",
    "mouse": "whether the wheel goes back through what was drawn; the terminal's own selection then needs Shift",
}


@dataclass(frozen=True, slots=True)
class Config:
    """The settings; see `MEANING`."""

    model: str = ""
    device: str = ""
    ocr: str = "cells"
    display: str = "auto"
    theme: str = "dark"
    history: bool = True
    plain: bool = False
    mouse: bool = False


class ConfigError(ShellError):
    """A file that cannot be used; the message is one line for the user."""


def read_config(path: Path) -> Config:
    """The settings of a file; those of a fresh install if there is none.

    Raises:
        ConfigError: if it cannot be read, is no TOML, or sets something that is not there; one line that names it.
    """
    try:
        with path.open("rb") as file:
            payload = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"{path}: {reason(error)}") from error
    if len(payload) > MAX_BYTES:
        raise ConfigError(f"{path}: longer than {MAX_BYTES} bytes: no configuration")
    try:
        document = tomllib.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {one_line(error)[:200]}") from error
    kinds = {name: type(value) for name, value in asdict(Config()).items()}
    for name, value in document.items():
        if name not in kinds:
            raise ConfigError(f"{path}: {name[:60]!r} is no setting: there are {', '.join(kinds)}")
        if type(value) is not kinds[name]:
            wanted = "true or false" if kinds[name] is bool else "text in quotes"
            raise ConfigError(f"{path}: {name}: give {wanted}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ConfigError(f"{path}: {name}: {value[:60]!r} is none of {', '.join(CHOICES[name])}")
    config = Config(**document)
    return replace(config, model=str(Path(config.model).expanduser()) if config.model else "")


def commented() -> str:
    """A file in which every setting stands as it is anyway, commented out."""
    lines = ["# Settings of neuralsh. The command line goes before them."]
    for name, value in asdict(Config()).items():
        lines += ["", f"# {MEANING[name]}", f"# {name} = {toml(value)}"]
    return "\n".join(lines) + "\n"


def toml(value: object) -> str:
    """A setting as it is written."""
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'
