"""Who installs: the name that entries of the ledger tell."""

import getpass
import os


def user() -> str:
    """The name of the login, or the number of a user who has none, as in a container run by another number."""
    try:
        return getpass.getuser()
    # Until Python 3.13 it was a KeyError.
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
