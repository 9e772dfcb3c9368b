"""Notes of folders: made of the recorder's marks, seen until there is a newer one, recalled where they are needed."""

import json
from collections.abc import Mapping

import numpy as np
import pytest
import torch
from sessions import PROMPT

from model.nccligen.address import MAX_ASIDE, Kind
from model.nccligen.flow import sees
from model.nccligen.tokens import WRITE
from model.protocol import Geometry
from trainer.batches import collate
from trainer.captions import printed_rows
from trainer.casts import Event, Recording
from trainer.corpus import LASTS, Index, Piece, Stream, build, build_spans
from trainer.notes import MAX_LINES, MAX_ROWS_NOTED, note_writes
from trainer.targets import Trace, apply, digest_of_trace, on_screen, trace, without_notes
from trainer.writes import Write

Line = tuple[str, Mapping[str, list[str] | str] | None]


def session(*lines: Line) -> Trace:
    """Lines that print nothing, each with what folders and files hold after it if that changed."""
    events = [Event(0.0, "o", PROMPT)]
    for at, (line, files) in enumerate(lines, 1):
        events += [Event(float(at), "i", f"{line}\r"), Event(float(at), "o", f"{line}\r\n{PROMPT}")]
        if files is not None:
            events.append(Event(float(at), "m", f"files:{json.dumps(files)}"))
    return trace(Recording(Geometry(), 1_700_000_000, events, {}))


def text(write: Write) -> str:
    return "".join(map(chr, write.cells["glyph"].tolist())).rstrip()


def test_a_note_is_the_name_of_a_folder_and_a_row_for_each_of_its_names() -> None:
    made = session(("mkdir docs", {"~/docs": [], "~": ["a", "docs/"]}), ("true", None))
    (turn, quiet) = made.turns[1:]
    aside = [write for write in turn.writes if write.address.kind.is_aside]
    assert [text(write) for write in aside] == ["~", "a", "docs/", "~/docs"]
    assert [write.address.kind for write in aside] == [Kind.NOTE, Kind.SCRATCH, Kind.SCRATCH, Kind.NOTE]
    assert [write.address.row for write in aside] == [0, 1, 2, 0]
    assert turn.writes[-4:] == aside and on_screen(turn.writes) == turn.writes[:-4]
    assert not any(write.address.kind.is_aside for write in quiet.writes)


def test_the_note_of_a_text_has_a_row_a_line() -> None:
    long = "x" * 32
    writes = note_writes(json.dumps({"~/b": "hi\n\n\tyou\n", "~": ["b"], "~/a": f"{long}{long}y\n{long}\n"}))
    assert [text(write) for write in writes] == [
        "~",
        "b",
        "~/a",
        long,
        long,
        "y",
        long,
        "",
        "~/b",
        "hi",
        "",
        " " * 8 + "you",
    ]
    kinds = [write.address.kind for write in writes]
    assert [at for at, kind in enumerate(kinds) if kind == Kind.TEXT] == [2, 8]
    assert len(note_writes(json.dumps({"~/a": "a\n" * 99}))) == 1 + MAX_LINES
    assert [text(write) for write in note_writes('{"~/a": ""}')] == ["~/a"]


def test_notes_are_not_on_screen() -> None:
    bare, noted = session(("ls", None)), session(("ls", {"~": ["x"]}))
    assert [screen.tobytes() for screen in apply(noted)] == [screen.tobytes() for screen in apply(bare)]
    assert printed_rows(noted.turns[1].writes) == printed_rows(bare.turns[1].writes)


def test_notes_can_be_left_out_of_a_training() -> None:
    made = session(("mkdir docs", {"~/docs": [], "~": ["a", "docs/"]}), ("true", None))
    plain = session(("mkdir docs", None), ("true", None))
    assert digest_of_trace(without_notes(made)) == digest_of_trace(plain) != digest_of_trace(made)


def test_long_folders_are_not_noted_and_names_are_cut() -> None:
    many = [f"f{i}" for i in range(MAX_ROWS_NOTED)]
    assert MAX_ROWS_NOTED <= MAX_ASIDE
    writes = note_writes(json.dumps({"/tmp": ["x" * 99, "é\t"], "~": many}))
    assert [text(write) for write in writes] == ["/tmp", "x" * 32, "??"]


@pytest.mark.parametrize("mark", ["", "list", "[]", "3", '{"~": 3}', '{"~": [1]}', "[" * 100_000, '{"~": {"a": 1}}'])
def test_a_mark_of_somebody_else_is_no_note(mark: str) -> None:
    assert all(text(write) for write in note_writes(mark))
    assert len(note_writes(mark)) <= 2


def test_of_a_long_session_texts_are_seen_where_they_are_asked_for() -> None:
    filler: list[Line] = [(f"echo word{i} and more words than fit one small row", None) for i in range(30)]
    made: list[Line] = [("echo hi > a", {"~": ["a"], "~/a": "hi\n"}), ("echo ho > b", {"~": ["a", "b"], "~/b": "ho\n"})]
    for asked, seen in (("cat a", {1, 2}), ("ls", {2})):
        *_, last = build_spans(session(*made, *filler, (asked, None)), 512, Index(), span=1)
        assert {int(turn) for turn in last.turn[last.aside > 0]} == seen, asked


def seen_by(stream: Stream, turn: int, of: int) -> set[str]:
    """The rows of turn `of`'s notes that the last token of a turn sees, as their ids."""
    batch = collate([stream], [[Piece(0, len(stream))]], len(stream))
    mask = sees(batch.session, batch.turn, batch.block, batch.noisy.bool(), batch.aside)[0, 0]
    query = int(np.flatnonzero(stream.turn == turn)[-1])
    rows = np.flatnonzero((stream.turn == of) & (stream.aside > 0) & (stream.symbol == WRITE))
    return {str(row) for row in rows if mask[query, row]}


LINES: tuple[Line, ...] = (
    ("touch a", {"~": ["a"]}),
    ("mkdir d", {"~": ["a", "d/"], "~/d": []}),
    ("true", None),
    ("touch b", {"~": ["a", "b", "d/"]}),
    ("ls", None),
)


def test_a_note_is_seen_until_the_next_of_its_folder() -> None:
    (stream,) = build([session(*LINES)], 4096, Index())
    seen = {(turn, of): len(seen_by(stream, turn, of)) for turn in range(1, 6) for of in (1, 2, 4)}
    assert [seen[turn, 1] for turn in range(1, 6)] == [2, 2, 0, 0, 0]
    # Its own turn draws the next note from it; that of the other folder lasts.
    assert [seen[turn, 2] for turn in range(2, 6)] == [4, 4, 4, 1]
    assert [seen[turn, 4] for turn in range(4, 6)] == [4, 4]
    assert set(stream.aside.tolist()) == {0, 3, 5, LASTS}


def test_rows_of_a_note_that_were_there_before_are_drawn_as_rarely_as_other_copies() -> None:
    (never,) = build([session(*LINES)], 4096, Index(), rehearse=0.0)
    drawn = [
        int(((never.turn == turn) & (never.noisy > 0) & (never.aside > 0) & (never.cell < 0)).sum())
        for turn in (1, 2, 4)
    ]
    assert drawn == [2, 2, 1]


def test_a_span_of_a_long_session_sees_the_notes_that_last() -> None:
    filler: list[Line] = [(f"echo word{i} and more words than fit one small row", None) for i in range(30)]
    item = session(LINES[0], LINES[1], *filler, ("ls", None))
    index = Index()
    *_, last = build_spans(item, 512, index, span=1)
    assert int(last.turn[-1]) == 33
    noted = {int(turn) for turn in last.turn[last.aside > 0]}
    assert noted == {2}, "the note of turn 1 has a newer one"
    assert len(seen_by(last, 33, 2)) == 4
    assert torch.tensor(last.noisy[last.aside > 0]).sum() == 0
