"""Sessions in other sizes: the same lines, sizes within the limits, the same again by seed."""

from itertools import islice

from model.protocol import MAX_COLUMNS, MAX_ROWS
from trainer.grammar.plain import plain_sessions
from trainer.grammar.sizes import resized
from trainer.record import record
from trainer.targets import apply, trace


def test_only_the_size_changes_and_the_seed_sets_it() -> None:
    scripts = list(islice(plain_sessions(1, split="train"), 200))
    once, again, other = (list(resized(scripts, seed)) for seed in (1, 1, 2))
    assert once == again != other
    assert [script.lines for script in once] == [script.lines for script in scripts]
    rows, columns = ({getattr(s.geometry, name) for s in once} for name in ("rows", "columns"))
    assert min(rows) == 1 and max(rows) <= MAX_ROWS and len(rows) > 10
    assert min(columns) == 1 and max(columns) <= MAX_COLUMNS and len(columns) > 10


def test_a_tiny_terminal_is_recorded_and_its_writes_draw_it() -> None:
    script = next(s for s in resized(plain_sessions(1, split="train", turns=(2, 3)), 3) if s.geometry.columns == 1)
    item = trace(record(script))
    assert len(item.turns) == len(script.lines) + 1
    *_, screen = apply(item)
    assert screen.shape == (script.geometry.rows, 1)
