"""Traces as streams: who stands where, what follows what, and that nothing leaks."""

from itertools import islice

import numpy as np
import pytest
import torch
from sessions import echo_session, echo_traces

from model.nccligen.address import Address, Kind
from model.nccligen.tokens import ACTION, CELL, FIRST_WORD, NOISY_CELL, NOISY_WRITE, STEERS, WRITE, steer, unsteer
from model.nccligen.words import PLACES
from model.protocol import Geometry
from trainer import corpus
from trainer.batches import ahead, batches, collate
from trainer.casts import Event, Recording
from trainer.corpus import NO_CELL, NO_TARGET, Index, Piece, build, build_spans, pack
from trainer.targets import trace


def test_a_stream_holds_every_write_twice_noisy_first() -> None:
    item = trace(echo_session(1, turns=1))
    index = Index()
    (stream,) = build([item], 1024, index)
    writes = [write for turn in item.turns for write in turn.writes]
    assert (stream.symbol == WRITE).sum() == (stream.symbol == NOISY_WRITE).sum() == len(writes)
    typed = {id(turn.writes[0]) for turn in item.turns if turn.action.keys}
    for kind, of_kind in ((NOISY_CELL, writes), (CELL, [write for write in writes if id(write) not in typed])):
        ids = stream.cell[stream.symbol == kind]
        assert (index.table()[ids] == np.concatenate([write.cells for write in of_kind])).all()
    noisy, clean = np.flatnonzero(stream.symbol == NOISY_WRITE), np.flatnonzero(stream.symbol == WRITE)
    assert (noisy < clean).all()
    assert (stream.block[noisy] == stream.block[clean]).all()
    assert (stream.column[noisy] == stream.column[clean]).all()


def test_addresses_are_read_off_clean_heads_alone_and_end_with_a_yield() -> None:
    item = trace(echo_session(2, turns=2))
    (stream,) = build([item], 1024, Index())
    read = stream.steer != NO_TARGET
    assert set(stream.symbol[read]) == {ACTION, WRITE}
    expected = []
    for turn in item.turns:
        expected += [write.address for write in turn.writes] + [Address(Kind.YIELD)]
    assert [int(s) for s in stream.steer[read]] == [steer(address) for address in expected]
    assert all(0 <= s < STEERS for s in stream.steer[read])
    assert unsteer(int(stream.steer[read][-1])) == (Kind.YIELD, 0)


def test_the_keys_and_the_clock_are_in_the_action() -> None:
    (stream,) = build([trace(echo_session(3, turns=1))], 1024, Index())
    heads = np.flatnonzero(stream.symbol == ACTION)
    assert len(heads) == 2
    end = int(np.flatnonzero(stream.block > stream.block[heads[1]])[0])
    told = stream.extra_symbol[(stream.extra_at >= heads[1]) & (stream.extra_at < end)]
    assert (told < FIRST_WORD - PLACES).sum() == 2
    assert stream.column[heads[1]] == -1
    clock = np.flatnonzero(stream.block == stream.block[heads[1]] - 1)
    assert len(clock) == 14 and stream.column[clock].tolist() == list(range(-1, 13))
    assert np.isin(stream.extra_at, clock).sum() == 12


def test_a_session_too_long_ends_after_a_turn() -> None:
    item = trace(echo_session(4, turns=9))
    (whole,) = build([item], 4096, Index())
    (cut,) = build([item], 300, Index())
    assert len(cut) <= 300 < len(whole)
    assert (cut.symbol == whole.symbol[: len(cut)]).all()
    assert whole.turn[len(cut)] == cut.turn[-1] + 1


def test_rehearsing_none_draws_outputs_and_the_first_prompt_alone() -> None:
    (stream,) = build([trace(echo_session(5, turns=3))], 1024, Index(), rehearse=0.0)
    (whole,) = build([trace(echo_session(5, turns=3))], 1024, Index())
    clean = whole.noisy == 0
    assert (stream.symbol[stream.noisy == 0] == whole.symbol[clean]).all()
    assert (stream.steer[stream.noisy == 0] == whole.steer[clean]).all()
    assert stream.turn[stream.symbol == NOISY_WRITE].tolist() == [0, 1, 2, 3]


def test_a_new_prompt_is_drawn_and_the_same_one_again_is_not() -> None:
    events = [Event(0.0, "o", "~$ ")]
    for at, prompt in enumerate(("~/a$ ", "~/a$ ", "~$ "), 1):
        events += [Event(float(at), "i", "cd a\r"), Event(float(at), "o", f"cd a\r\n{prompt}")]
    (stream,) = build([trace(Recording(Geometry(), 1_700_000_000, events, {}))], 1024, Index(), rehearse=0.0)
    assert stream.turn[stream.symbol == NOISY_WRITE].tolist() == [0, 1, 3]


def test_of_typed_lines_later_blocks_see_the_heads_alone_and_all_of_the_rest() -> None:
    item = trace(echo_session(5, turns=3))
    (stream,) = build([item], 1024, Index())
    writes = [(turn, write) for turn in item.turns for write in turn.writes]
    drawn = [len(write.cells) for _, write in writes]
    typed = [len(w.cells) for turn, w in writes if turn.action.keys and w.address.kind.is_typed]
    assert (stream.symbol == WRITE).sum() == len(writes)
    assert (stream.symbol == NOISY_CELL).sum() == sum(drawn)
    assert sum(typed) > 0
    # What stood there before anything was typed is seen too: the first prompt.
    assert (stream.symbol == CELL).sum() == sum(drawn) - sum(typed) > 0


def test_rows_are_filled_and_pieces_end_with_turns() -> None:
    sessions = build(echo_traces(60), 512, Index())
    rows = pack(sessions, np.arange(60), 512, cut=True)
    for row in rows:
        assert sum(piece.tokens for piece in row) <= 512
        for piece in row:
            session = sessions[piece.session]
            ends = piece.tokens == len(session) or session.turn[piece.tokens] != session.turn[piece.tokens - 1]
            assert ends
    whole = pack(sessions, np.arange(60), 512, cut=False)
    assert sorted(piece.session for row in whole for piece in row) == list(range(60))
    assert all(piece.tokens == len(sessions[piece.session]) for row in whole for piece in row)


def test_a_batch_places_sessions_behind_one_another() -> None:
    sessions = build(echo_traces(2), 512, Index())
    a, b = len(sessions[0]), len(sessions[1])
    batch = collate(sessions, [[Piece(0, a), Piece(1, b)], []], 1024)
    assert batch.symbol.shape == (2, 1024)
    assert batch.symbol[0, a : a + b].tolist() == sessions[1].symbol.tolist()
    assert batch.session[0].tolist() == [0] * a + [1] * b + [-1] * (1024 - a - b)
    assert (batch.session[1] == -1).all()
    assert (batch.cell[0, a + b :] == NO_CELL).all()
    assert torch.equal(batch.extra_at[-len(sessions[1].extra_at) :], torch.tensor(sessions[1].extra_at + a))


def test_batches_made_ahead_are_the_same_batches() -> None:
    sessions = build(echo_traces(8), 512, Index())
    plain, early = batches(sessions, 2, 512, seed=3), ahead(batches(sessions, 2, 512, seed=3))
    for one, other in islice(zip(plain, early, strict=True), 6):
        assert torch.equal(one.symbol, other.symbol) and torch.equal(one.extra_symbol, other.extra_symbol)


def test_batches_are_the_same_again_and_can_be_skipped() -> None:
    sessions = build(echo_traces(8), 256, Index())
    first = [next(stream).symbol for stream in [batches(sessions, 2, 256, seed=3)] for _ in range(6)]
    again = batches(sessions, 2, 256, seed=3, start=4)
    assert torch.equal(next(again).symbol, first[4])
    assert torch.equal(next(again).symbol, first[5])


def test_the_spans_of_a_long_session_draw_each_turn_once_behind_turns_that_are_seen() -> None:
    item = trace(echo_session(4, turns=60))
    spans = build_spans(item, 512, Index())
    drawn = [sorted(set(span.turn[span.steer != NO_TARGET].tolist())) for span in spans]
    assert [turn for turns in drawn for turn in turns] == list(range(61))
    for span, turns in zip(spans, drawn, strict=True):
        assert len(span) <= 512
        assert set(span.turn[span.noisy == 1].tolist()) <= set(turns)
        assert (np.diff(span.turn) >= 0).all() and span.turn[-1] == turns[-1]
        assert span.block[0] == 0 and set(np.diff(span.block).tolist()) <= {0, 1}
    # Behind every later span the first turn is seen, and the turn just before it.
    assert all(span.turn[0] == 0 for span in spans)
    assert all(turns[0] - 1 in span.turn for turns, span in zip(drawn[1:], spans[1:], strict=True))


def test_a_span_sees_what_its_words_were_said_of() -> None:
    said = [f"echo {word}" for word in ("needle", *(f"w{i}" for i in range(40)), "needle")]
    events = [Event(0.0, "o", "$ ")]
    for at, line in enumerate(said, 1):
        events += [Event(float(at), "i", f"{line}\r"), Event(float(at), "o", f"{line}\r\n{line[5:]}\r\n$ ")]
    spans = build_spans(trace(Recording(Geometry(), 1_700_000_000, events, {})), 512, Index())
    assert 1 in spans[-1].turn and 20 not in spans[-1].turn


def test_of_a_very_long_session_the_latest_turns_are_asked_and_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    item = trace(echo_session(6, turns=40))
    whole = build_spans(item, 1024, Index(), span=1)
    monkeypatch.setattr(corpus, "RECALLED", 10)
    for seen, span in zip(whole, build_spans(item, 1024, Index(), span=1), strict=True):
        drawn, turns = span.turn[-1], set(span.turn.tolist())
        assert turns == {0, *range(max(drawn - 10, 1), drawn + 1)}
        assert turns == set(seen.turn.tolist()) if drawn <= 11 else turns < set(seen.turn.tolist())


def test_a_turn_too_long_for_a_span_is_left_out() -> None:
    assert build_spans(trace(echo_session(5, turns=1)), 16, Index()) == []
