"""SIGTERM ends an app as its own quit does, so that the terminal is left as it was found."""

import asyncio
import signal
from typing import Any

from textual.app import App

from neuralsh.errors import TERMINATED


def leave_on_sigterm(app: App[Any]) -> None:
    """Let SIGTERM end the app: the screen is restored, threads and files are closed, and its code is `TERMINATED`.

    Call it in the app's loop, which must be that of the main thread.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: app.exit(return_code=TERMINATED))
