"""``neuralsh config``: which settings there are, what they are, and where they come from."""

from argparse import Namespace
from dataclasses import asdict

from neuralsh.config import MEANING, Config, commented, read_config, toml
from neuralsh.errors import DONE, ShellError, reason
from neuralsh.paths import find_home


def run_config(options: Namespace) -> int:
    """Print the settings, or write a file to start from.

    Raises:
        ShellError: if the file cannot be used, is there already, or cannot be written; one line.
    """
    path = find_home(options.home).config
    if options.init:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(commented())
        except FileExistsError:
            raise ShellError(f"{path}: is there already: edit it") from None
        except OSError as error:
            raise ShellError(f"{path}: {reason(error)}") from error
        print(path)
        return DONE
    settings = asdict(read_config(path))
    print(f"# {path}{'' if path.exists() else ' (not there: all is as it comes; neuralsh config --init writes one)'}")
    for name, value in settings.items():
        note = MEANING[name] if value == getattr(Config(), name) else "set here"
        print(f"{name} = {toml(value)}  # {note}")
    return DONE
