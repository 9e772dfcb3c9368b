"""What `:undo`, `:save`, `:load`, `:fork`, `:switch` and `:compare` do to a session, with a screen and without."""

from pathlib import Path

from neuralsh.forks import Forks, compared
from neuralsh.session import Session
from neuralsh.undo import Past


def move(session: Session, past: Past, forks: Forks, command: str, argument: str) -> str:
    """Keep the state of a session, or go on from another; says in one line what was done.

    Raises:
        ValueError: if there is no such state; nothing is changed.
        OSError: if a file cannot be used; nothing is changed.
    """
    path = Path(argument).expanduser()
    match command:
        case "save":
            session.machine.save(session.state, path)
            return f"saved: {path}"
        case "load":
            state = session.machine.restore(path)
            past.keep(session.state)
            session.restore(state)
            return f"loaded: {path}"
        case "fork":
            forks.keep(argument, session.state)
            return f"kept as {argument}; :switch {argument} goes on from it"
        case "switch":
            kept = forks.take(argument)
            past.keep(session.state)
            session.restore(kept)
            return f"went on from {argument}; :undo comes back"
        case "compare":
            return f"{argument}: {compared(session.state, forks.take(argument))}"
        case _:
            before = past.take()
            if before is None:
                return "nothing to undo"
            session.restore(before)
            return "undone"
