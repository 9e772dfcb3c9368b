"""Records the sessions that routines are fitted behind.

python -m trainer.install.make_contexts
"""

from contextlib import closing
from itertools import islice

from trainer.casts import write_cast
from trainer.grammar.plain import plain_sessions
from trainer.install.contexts import FOLDER
from trainer.record import record_many
from trainer.record.script import Script

COUNT = 16
SEED = 1201


def main() -> None:
    """Record sessions of no turn, of one, of two, and so on to four; then again."""
    FOLDER.mkdir(exist_ok=True)
    drawn = islice(plain_sessions(SEED, split="train", turns=(4, 4)), COUNT)
    scripts = [Script(lines=script.lines[: i % 5], seed=script.seed) for i, script in enumerate(drawn)]
    with closing(record_many(scripts, workers=1)) as recordings:
        for i, recording in enumerate(recordings):
            write_cast(recording, FOLDER / f"{i:02}.cast")


if __name__ == "__main__":
    main()
