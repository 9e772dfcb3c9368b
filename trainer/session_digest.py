"""The hash of a session, by which it is held out or not: the same wherever the session is read."""

from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from model.protocol import Action
from trainer.split import session_hash
from trainer.targets import exchanges

if TYPE_CHECKING:
    from trainer.casts import Recording


def session_digest(actions: Iterable[Action]) -> bytes:
    """`session_hash` of the actions before the first that changes the size of the terminal, where a shard ends too."""
    return session_hash(action.keys for action in takewhile(lambda one: one.geometry is None, actions))


def recording_digest(recording: "Recording") -> bytes:
    """The same of a recording whose lines stand whole."""
    return session_digest(exchange.action for exchange in exchanges(recording))


def typed_digest(path: Path) -> bytes:
    """The same of a cast as it was typed, nothing crossed out.

    Raises:
        CastError: if it cannot be read.
    """
    # Imported here, so that training on shards runs where no reader of casts is installed (a rented GPU).
    from trainer.casts import read_cast
    from trainer.evaluate.typed import by_line

    return recording_digest(by_line(read_cast(path)))
