"""A recording as all here take it: its secrets crossed out, its actions whole lines, inferred where it has none.

No torch is loaded for it: processes that only make clips start in a moment.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from trainer.casts import Recording, read_cast
from trainer.evaluate.typed import by_line
from trainer.record import read_script, record
from trainer.record.tape import SUFFIX
from trainer.session_digest import recording_digest
from trainer.split import held_out_session


class SplitError(ValueError):
    """A recording that is held out, though its actions no longer tell; the message is one line."""


def digest_of_files(files: Sequence[Path], names: Sequence[str] = ()) -> str:
    """SHA-256 in hex over the names of recordings, and what is crossed out beside secrets, which it does not tell."""
    hidden = "".join(f"\0{name}" for name in sorted(set(names)))
    return hashlib.sha256(
        ("\n".join(path.name for path in files) + hidden).encode("utf-8", "surrogateescape")
    ).hexdigest()


def recording_of(path: Path, names: Sequence[str] = ()) -> Recording:
    """A cast, its typed lines whole, or a tape, which is recorded first; secrets and `names` crossed out."""
    return _crossed(path, _recorded(path), names)


def recording_to_train_on(path: Path, names: Sequence[str] = ()) -> Recording:
    """As `recording_of`, of a recording that training may take.

    Raises:
        SplitError: if it is held out by what was typed, and no longer by what is left of that.
    """
    recorded = _recorded(path)
    made = _crossed(path, recorded, names)
    if held_out_session(recording_digest(by_line(recorded))) and not held_out_session(recording_digest(made)):
        raise SplitError(f"{path}: held out for evaluation by what was typed, of which something is crossed out")
    return made


def _recorded(path: Path) -> Recording:
    return record(read_script(path, seed=0)) if path.suffix == SUFFIX else read_cast(path)


def _crossed(path: Path, recorded: Recording, names: Sequence[str]) -> Recording:
    # Imported here, so that training on shards runs where no detector is installed (a rented GPU).
    from trainer.inferred import inferred
    from trainer.privacy import scrubbed

    recording, found = scrubbed(recorded, names)
    if found:
        told = ", ".join(f"{kind} ({count})" for kind, count in sorted(found.items()))
        print(f"{path}: crossed out: {told}", file=sys.stderr)
    return recording if path.suffix == SUFFIX else by_line(inferred(recording))
