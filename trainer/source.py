"""A recording as all here take it: its secrets crossed out, its actions whole lines, inferred where it has none.

No torch is loaded for it: processes that only make clips start in a moment.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from trainer.casts import Recording, read_cast
from trainer.evaluate.typed import by_line
from trainer.record import read_script, record
from trainer.record.tape import SUFFIX


def recording_of(path: Path, names: Sequence[str] = ()) -> Recording:
    """A cast, its secrets and `names` crossed out and its typed lines whole, or a tape, which is recorded first."""
    if path.suffix == SUFFIX:
        return record(read_script(path, seed=0))
    # Imported here, so that training on shards runs where no detector is installed (a rented GPU).
    from trainer.inferred import inferred
    from trainer.privacy import scrubbed

    recording, found = scrubbed(read_cast(path), names)
    if found:
        told = ", ".join(f"{kind} ({count})" for kind, count in sorted(found.items()))
        print(f"{path}: crossed out: {told}", file=sys.stderr)
    return by_line(inferred(recording))
