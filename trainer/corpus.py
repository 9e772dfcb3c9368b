"""Traces as streams of tokens: what `fit` trains on.

In a session's stream every write with cells stands twice under one block number: first its noisy copy, which is drawn,
then its clean copy, which later blocks see (design: "clean and noisy copies side by side under one mask"). Of a typed
line later blocks see no cells: its keys say the same.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import TOP_OF_SHEET, Address, Head, Kind, behind, item, place
from model.nccligen.memory import chosen
from model.nccligen.tokens import (
    CELL as CELL_TOKEN,
)
from model.nccligen.tokens import (
    HEAD_COLUMN,
    NOISY_CELL,
    NOISY_WRITE,
    WRITE,
    action_blocks,
    steer,
    write_extras,
)
from model.nccligen.words import word_ids
from model.protocol import Geometry
from trainer.targets import EXAMPLE, Trace, Turn, on_screen
from trainer.writes import shows

SPAN = 6
"""Turns of a span of a long session, on average."""

DRAWN = 0.6
"""Share of a span's tokens that are for the turns it draws, at most."""

RECALLED = 400
"""Of the turns before a span, the latest that are asked whether it is answered from them, beside the first: a machine
remembers some three hundred, and to ask all takes the longer the more there are."""

LASTS = 2**15 - 1
"""In `aside`: nothing has put an end to it."""

NO_TARGET = -1
"""In `steer`: a token after which no address is read off."""

NO_CELL = -1
"""In `cell`: a token that is not a cell."""

Ints = NDArray[np.int16 | np.int32]


@dataclass(slots=True)
class Stream:
    """Tokens of one or more sessions, one after another. All (tokens,) unless said; int16, cells and extras int32.

    Attributes:
        symbol, column, block: as in `model.nccligen.network.Tokens`; blocks count from 0 in each session.
        noisy: 1 in noisy copies.
        cell: of cells, the id in the table of cells.
        steer: at heads of clean blocks, the class of the next address; `NO_TARGET` elsewhere.
        row, column_to: row and column of that address, 0 unless it is a `GOTO`.
        turn: number of the turn within the session.
        family: id of the turn's family.
        aside: in writes on the scratch sheet the number of the first turn that does not see them; 0 elsewhere.
        extra_at, extra_symbol: (extras,) symbols added to the token at an index.
    """

    symbol: Ints
    column: Ints
    block: Ints
    noisy: Ints
    cell: Ints
    steer: Ints
    row: Ints
    column_to: Ints
    turn: Ints
    family: Ints
    aside: Ints
    extra_at: Ints
    extra_symbol: Ints

    def __len__(self) -> int:
        return len(self.symbol)


@dataclass(slots=True)
class Index:
    """Gives every distinct cell, and every family of commands, an id. Share one between corpora to share their ids."""

    cells: dict[bytes, int] = field(default_factory=dict)
    families: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        blank = np.zeros(1, CELL)
        blank["glyph"], blank["fg"], blank["bg"] = 32, FOREGROUND, BACKGROUND
        self.of(blank)

    def of(self, cells: NDArray[np.void]) -> list[int]:
        """Ids of cells, `CELL` (N,)."""
        payload, size = np.ascontiguousarray(cells).tobytes(), CELL.itemsize
        ids = self.cells
        return [ids.setdefault(payload[i : i + size], len(ids)) for i in range(0, len(payload), size)]

    def family(self, name: str | None) -> int:
        """Id of a family."""
        return self.families.setdefault(name or "other", len(self.families))

    def table(self) -> NDArray[np.void]:
        """`CELL` (cells,) in order of id."""
        return np.frombuffer(b"".join(self.cells), CELL)


@dataclass(slots=True)
class _Note:
    """The tokens of a note, its rows as ids of cells, and the rows of the one before."""

    rows: list[int] = field(default_factory=list)
    said: set[tuple[int, ...]] = field(default_factory=set)
    before: set[tuple[int, ...]] = field(default_factory=set)


class _Builder:
    """Writes the tokens of one session."""

    def __init__(self, trace: Trace, index: Index, rehearse: float) -> None:
        self.geometry = trace.geometry
        self.index = index
        self.rehearse = rehearse
        self.random = Random(b"\r".join(turn.action.keys for turn in trace.turns))
        self.rows: list[tuple[int, int, int, int, int, int, int, int]] = []
        self.targets: list[tuple[int, int, int, int]] = []
        self.extras: list[tuple[int, int]] = []
        self.block = 0
        self.head = Head(0, 0)
        self.prompt: list[int] = []
        self.notes: dict[bytes, _Note] = {}

    def add(
        self,
        symbols: list[int],
        cells: list[int],
        column: int,
        noisy: int,
        extras: list[tuple[int, int]],
        tag: tuple[int, int, int],
    ) -> int:
        """One copy of a block; returns the index of its head."""
        at = len(self.rows)
        self.extras += [(at + offset, symbol) for offset, symbol in extras]
        for i, symbol in enumerate(symbols):
            self.rows.append((symbol, column + i, self.block, noisy, cells[i - 1] if cells and i else NO_CELL, *tag))
        return at

    def turn(self, turn: Turn, number: int, family: int, drawn: bool = True, noted: Container[bytes] = ()) -> None:
        """An action, its writes, and the addresses that lead from one to the next.

        Args:
            turn: is added.
            number, family: of the turn.
            drawn: whether it is drawn; otherwise it is only seen.
            noted: names of the notes of a turn not drawn that are seen.
        """
        at, tag, sheet, name, counted = 0, (number, family, 0), TOP_OF_SHEET, b"", 0
        shown = on_screen(turn.writes)
        for block in action_blocks(turn.action, self.geometry):
            at = self.add([block.head, *block.body], [], HEAD_COLUMN, 0, block.extras, tag)
            self.block += 1
        typed = bool(turn.action.keys)
        for write in turn.writes:
            address = write.address
            aside = address.kind.is_aside
            if address.kind.is_note:
                name = write.cells.tobytes()
            if aside and not drawn and name not in noted:
                continue
            if drawn:
                self.targets.append((at, steer(address), address.row, address.column))
            start, _ = place(address, sheet if aside else self.head, self.geometry.rows)
            # A note lasts; what is worked out is seen in its own turn.
            tag = (number, family, (LASTS if name else number + 1) if aside else 0)
            which = item(address, start, counted)
            cells, extras = self.index.of(write.cells), write_extras(address, which)
            typed = typed and address.kind.is_typed
            is_prompt = bool(shown) and write is shown[-1]
            easy = typed or (is_prompt and cells == self.prompt)
            if aside and name:
                easy = self._noted(name, address.kind, cells, number)
            if is_prompt:
                self.prompt = cells
            if drawn and cells and not (easy and self.random.random() >= self.rehearse):
                self.add([NOISY_WRITE] + [NOISY_CELL] * len(cells), cells, start.column - 1, 1, extras, tag)
            if typed:
                cells = []
            at = self.add([WRITE] + [CELL_TOKEN] * len(cells), cells, start.column - 1, 0, extras, tag)
            if aside and name:
                self.notes[name].rows += range(at, len(self.rows))
            head = behind(start, address.length, shows(write.cells))
            if aside:
                sheet = head
            else:
                self.head, counted = head, which
            self.block += 1
        if drawn:
            self.targets.append((at, steer(Address(Kind.YIELD)), 0, 0))

    def _noted(self, name: bytes, kind: Kind, cells: list[int], number: int) -> bool:
        """A row of a note: its first puts an end to the note of the same name; whether that had the same row."""
        if kind.is_note:
            before = self.notes.get(name, _Note())
            for at in before.rows:
                self.rows[at] = (*self.rows[at][:-1], number + 1)
            self.notes[name] = _Note(before=before.said)
        note = self.notes[name]
        note.said.add(tuple(cells))
        return tuple(cells) in note.before

    def mark(self) -> tuple[int, int, int]:
        """Where it stands."""
        return len(self.rows), len(self.targets), len(self.extras)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what was written since."""
        rows, targets, extras = mark
        del self.rows[rows:], self.targets[targets:], self.extras[extras:]

    def stream(self) -> Stream:
        tokens = np.asarray(self.rows, np.int32).reshape(-1, 8).T
        target = np.full((3, tokens.shape[1]), 0, np.int32)
        target[0] = NO_TARGET
        targets = np.asarray(self.targets, np.int32).reshape(-1, 4)
        target[:, targets[:, 0]] = targets[:, 1:].T
        extras = np.asarray(self.extras, np.int32).reshape(-1, 2).T
        symbol, column, block, noisy, _, turn, family, aside = tokens.astype(np.int16)
        steers, rows, columns = target.astype(np.int16)
        return Stream(
            symbol, column, block, noisy, tokens[4], steers, rows, columns, turn, family, aside, extras[0], extras[1]
        )


def build(traces: Iterable[Trace], limit: int, index: Index, rehearse: float = 1.0, seen: int = 0) -> list[Stream]:
    """Sessions as streams of at most `limit` tokens; a longer one ends early, at the end of a turn.

    Args:
        traces: sessions.
        limit: tokens.
        index: gives ids to their cells and families.
        rehearse: share of the writes of command lines, and of prompts that are those of before, that are drawn (have a
            noisy copy): these are learned long before outputs are, and drawing them all costs a fifth of the tokens.
        seen: turns of each session that are only seen, from its start; those of the family `EXAMPLE` are too.
    """
    sessions = []
    for trace in traces:
        builder = _Builder(trace, index, rehearse)
        for i, turn in enumerate(trace.turns):
            before = builder.mark()
            builder.turn(turn, i, index.family(turn.family), drawn=i >= seen and turn.family != EXAMPLE)
            if len(builder.rows) > limit:
                builder.back_to(before)
                break
        if builder.rows:
            sessions.append(builder.stream())
    return sessions


def build_spans(
    trace: Trace, limit: int, index: Index, rehearse: float = 1.0, seen: int = 0, span: int = SPAN
) -> list[Stream]:
    """A long session as streams of at most `limit` tokens: some turns in a row, behind those they are answered from.

    The machine attends to what `model.nccligen.memory` chooses, so that is what it is trained on. What is chosen for a
    span is seen; only its own turns are drawn. A turn that alone is longer than `limit` is left out.

    Args:
        trace: the session.
        limit, index, rehearse, seen: as in `build`.
        span: turns of a span on average; 1: of each.
    """
    turns = trace.turns
    heads = [Head(0, 0)]
    for turn in turns:
        heads.append(_head_behind(turn, heads[-1], trace.geometry))
    measured = _Builder(trace, index, 0.0)
    sizes = list[int]()
    for turn in turns:
        before = len(measured.rows)
        measured.turn(turn, 0, 0, drawn=False)
        sizes.append(len(measured.rows) - before)
    said, notes = [word_ids(turn.action.keys) for turn in turns], [_notes(turn) for turn in turns]
    whole = [size + sum(tokens for _, tokens in of_turn.values()) for size, of_turn in zip(sizes, notes, strict=True)]
    random, spans, first = Random(b"\r".join(turn.action.keys for turn in turns)), list[Stream](), seen
    while first < len(turns):
        last = min(first + random.randint(1, 2 * span - 1), len(turns))
        builder = _Builder(trace, index, rehearse)
        # What is drawn stands twice, nearly; and there should be room for what it is answered from.
        while last > first + 1 and 2 * sum(whole[first:last]) > DRAWN * limit:
            last -= 1
        room = limit - 2 * sum(whole[first:last])
        words = {word for of_turn in said[first:last] for word in of_turn}
        asked = [*range(min(first, 1)), *range(max(first - RECALLED, 1), first)]
        lasting = {name: at for at in asked for name in notes[at]}
        held = {at: sizes[at] for at in asked}
        for name, at in lasting.items():
            held[at] += notes[at][name][1]
        always = {asked.index(at) for name, at in lasting.items() if notes[at][name][0] == Kind.NOTE}
        for at in map(asked.__getitem__, chosen(list(held.values()), [said[at] for at in asked], words, room, always)):
            builder.head = heads[at]
            noted = {name for name, noted_at in lasting.items() if noted_at == at}
            builder.turn(turns[at], at, index.family(turns[at].family), drawn=False, noted=noted)
        builder.head, begun = heads[first], first
        for at in range(begun, last):
            mark = builder.mark()
            builder.turn(turns[at], at, index.family(turns[at].family), drawn=turns[at].family != EXAMPLE)
            if len(builder.rows) > limit:
                builder.back_to(mark)
                break
            first = at + 1
        if builder.targets:
            spans.append(builder.stream())
        # One that does not fit is tried again at the front of a span, and left out there.
        first = max(first, begun + 1)
    return spans


def _notes(turn: Turn) -> dict[bytes, tuple[Kind, int]]:
    """The names of a turn's notes, and of each its kind and its tokens."""
    notes, name = dict[bytes, tuple[Kind, int]](), b""
    for write in turn.writes:
        if write.address.kind.is_note:
            name = write.cells.tobytes()
        if write.address.kind.is_aside and name:
            kind, tokens = notes.get(name, (write.address.kind, 0))
            notes[name] = kind, tokens + 1 + len(write.cells)
    return notes


def _head_behind(turn: Turn, head: Head, geometry: Geometry) -> Head:
    """The write head after a turn."""
    for write in turn.writes:
        if write.address.kind.is_aside:
            continue
        start, _ = place(write.address, head, geometry.rows)
        head = behind(start, write.address.length, shows(write.cells))
    return head


class Piece(NamedTuple):
    """The first `tokens` of a session, up to the end of a turn."""

    session: int
    tokens: int


def pack(sessions: list[Stream], order: NDArray[np.int64], length: int, cut: bool) -> list[list[Piece]]:
    """Sessions into rows of at most `length` tokens, in order.

    Args:
        sessions: each of at most `length` tokens.
        order: of their indices.
        length: of a row.
        cut: whether the last session of a row may end early, after a turn, so that the row is filled. Its later turns
            are left out this time; an early end of a session is a session.
    """
    rows: list[list[Piece]] = []
    room = 0
    for index in order:
        session = sessions[index]
        if len(session) <= room:
            rows[-1].append(Piece(int(index), len(session)))
            room -= len(session)
            continue
        part = int(np.searchsorted(session.turn, session.turn[room])) if cut and room else 0
        if part:
            rows[-1].append(Piece(int(index), part))
            room = 0
        else:
            rows.append([Piece(int(index), len(session))])
            room = length - len(session)
    return rows
