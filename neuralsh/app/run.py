"""Runs the app as the command line asks for it."""

import os
from argparse import Namespace
from contextlib import ExitStack

from model.protocol import Geometry
from neuralsh.app.app import ShellApp
from neuralsh.config import read_config
from neuralsh.errors import DONE, ShellError
from neuralsh.headless import watch
from neuralsh.history import History
from neuralsh.install.teacher import Teacher
from neuralsh.machines import MachineFactory, chosen_geometry, frame_reader, session_clock, with_routines
from neuralsh.paths import find_home
from neuralsh.session import Session
from neuralsh.showing.detect import Display, detect


def run_app(options: Namespace, factory: MachineFactory) -> int:
    """Run the shell in the terminal until the user quits; returns the exit code.

    Raises:
        ShellError: if the machine could not be used.
    """
    chosen = chosen_geometry(options)
    teacher = Teacher(options)
    with ExitStack() as stack:

        def open_session(geometry: Geometry) -> Session:
            machine = with_routines(factory(options.model, options.device), options)
            teacher.base = getattr(machine, "base_hash", None)
            session = Session(machine, chosen or geometry, clock=session_clock(options))
            watch(session, options, stack)
            return session

        for name in ("COLUMNS", "LINES"):
            # Inherited from another terminal, they would hide every new size of this one.
            os.environ.pop(name, None)
        home = find_home(options.home)
        config = read_config(home.config)
        history = History(home.history if config.history else None)
        reread = None if options.ocr == "cells" else frame_reader(options.ocr)
        app = ShellApp(
            open_session,
            history=history,
            display=detect() if config.display == "auto" else Display(config.display),
            theme=config.theme,
            ocr=options.ocr,
            reread=reread,
            teacher=teacher,
            routines=lambda machine: with_routines(machine, options),
        )
        # Without mouse reports the terminal's own selection works, as in any shell.
        problem = app.run(mouse=config.mouse)
        if problem is not None:
            raise ShellError(problem)
    # A defect ends the app with a traceback and this code, and without a result.
    return app.return_code or DONE
