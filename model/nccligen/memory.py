"""Memory: every turn is kept, and before each action those that it needs are put in front of the network.

Attention over a whole long session sees more tokens than training ever showed, and what was set long ago drowns in
them. While a session fits a window, the machine attends to all of it. Beyond that it attends to the latest turns, and
of the older ones to those that have words in common with the action, the rarest words first. Keys and values are those
of when the turn was absorbed; only their rotary positions move, so that the context is as closely packed as a short
session.

Only which turns are attended is decided here, by names alone. What they mean is the network's.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import torch

from model.nccligen.notes import Name, Note, is_among
from model.nccligen.transformer import Cache, Rotary

RECENT = 0.3
"""Share of the window that is for the latest turns, whatever they say. The more of them, the more can be mistaken for
what is meant (docs/training.md)."""

NOTED = 0.7
"""Share of the window that the latest turns and those that hold a note take at most."""

CLOSE = 0.5
"""Turns are recalled that share at least so much of what the closest one shares with the action: where one turn set
`x`, `echo` alone tells nothing of `echo $x`."""

SEEDS = 3
"""Turns that share the most with the action and lend it their other words: what a file was copied from was made
before."""


ALIKE = 2
"""Turns of the same words that are recalled, the latest: a value that is set and added to, but not ten listings."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it was absorbed.

    Attributes:
        cache: keys and values of its tokens, in float16; of a turn longer than the window, of its last ones.
        words: `word_ids` of its keys.
        block: the rotary position of its first block.
        blocks: how many positions it takes.
        notes: those that it holds.
        digest: SHA-256 over the above.
    """

    cache: Cache
    words: tuple[int, ...]
    block: int
    blocks: int
    notes: tuple[Note, ...]
    digest: bytes

    @property
    def tokens(self) -> int:
        """How many tokens are held."""
        return self.cache.tokens


def kept(cache: Cache, words: tuple[int, ...], block: int, blocks: int, notes: tuple[Note, ...] = ()) -> Turn:
    """A turn to be remembered. Half the precision is half the memory: a session of 300 turns is 75 MB and not 150."""
    cache = cache.to(torch.float16)
    total = sha256(repr((words, block, blocks, notes)).encode())
    for tensor in (cache.keys, cache.values, cache.said):
        total.update(tensor.cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return Turn(cache, words, block, blocks, notes, total.digest())


def superseded(memory: Sequence[Turn], names: Collection[Name]) -> tuple[Turn, ...]:
    """The memory without the notes of some names: there are newer ones."""
    return tuple(_without(turn, names) if any(is_among(n.name, names) for n in turn.notes) else turn for turn in memory)


def _without(turn: Turn, names: Collection[Name]) -> Turn:
    keep_T = torch.ones(turn.tokens, dtype=torch.bool, device=turn.cache.keys.device)
    notes, gone = list[Note](), 0
    for note in turn.notes:
        if is_among(note.name, names):
            keep_T[note.first : note.first + note.count] = False
            gone += note.count
        else:
            notes.append(replace(note, first=note.first - gone))
    return kept(turn.cache.of_tokens(keep_T), turn.words, turn.block, turn.blocks, tuple(notes))


def trimmed(memory: Sequence[Turn], tokens: int) -> tuple[Turn, ...]:
    """The memory with at most so many tokens: the oldest turns are forgotten, but not the first."""
    held, start = sum(turn.tokens for turn in memory), 1
    while held > tokens and start < len(memory):
        held -= memory[start].tokens
        start += 1
    return (*memory[:1], *memory[start:])


def chosen(
    sizes: Sequence[int],
    said: Sequence[Collection[int]],
    words: Collection[int],
    window: int,
    noted: Collection[int] = (),
) -> list[int]:
    """Which turns an action is answered from, as indices in order.

    Args:
        sizes: tokens of each turn, the oldest first.
        said: words of each.
        words: of the action.
        window: tokens to choose at most; the latest turn is chosen even if it is longer.
        noted: turns that hold a note that is always recalled.

    Returns:
        All turns, if they fit. Otherwise the latest up to `RECENT` of the window and the first, then those that hold a
        note, the latest first, until `NOTED` of the window is taken, then those that share
        words with the action and those that share words with these, the closest first, of those of the same words the
        latest `ALIKE`, as far as there is room; then the latest of the others.
    """
    if sum(sizes) <= window or not sizes:
        return list(range(len(sizes)))
    taken, room = {len(sizes) - 1}, window - sizes[-1]

    def take(turn: int) -> bool:
        nonlocal room
        fits = turn in taken or sizes[turn] <= room
        if fits and turn not in taken:
            taken.add(turn)
            room -= sizes[turn]
        return fits

    take(0)
    for turn in range(len(sizes) - 2, 0, -1):
        if window - room + sizes[turn] > RECENT * window or not take(turn):
            break
    for turn in sorted(noted, reverse=True):
        if window - room + sizes[turn] <= NOTED * window:
            take(turn)
    told = Counter[frozenset[int]]()
    for turn in _ranked(said, words):
        told[frozenset(said[turn])] += 1
        if told[frozenset(said[turn])] <= ALIKE:
            take(turn)
    for turn in range(len(sizes) - 1, 0, -1):
        if not take(turn):
            break
    return sorted(taken)


def _ranked(said: Sequence[Collection[int]], words: Collection[int]) -> list[int]:
    """Turns that share words with an action, or with the turns that share most with it; the closest and latest first.

    A word weighs as in `tf-idf`: the more turns say it, the less.
    """
    counts = Counter(word for turn in said for word in turn)
    weights = {word: math.log((1 + len(said)) / count) for word, count in counts.items()}
    close = _closest(said, {word: weights[word] for word in words if word in weights})
    lent = {word for turn in close[:SEEDS] for word in said[turn]}.difference(words)
    return list(dict.fromkeys([*close, *_closest(said, {word: weights[word] for word in lent})]))


def _closest(said: Sequence[Collection[int]], weights: Mapping[int, float]) -> list[int]:
    """Turns by the weight of their words, but for those far below the highest; the latest of equals first."""
    scores = {turn: sum(weights.get(word, 0.0) for word in of_turn) for turn, of_turn in enumerate(said)}
    least = CLOSE * max(scores.values(), default=0.0)
    close = [turn for turn, score in scores.items() if score > 0 and score >= least]
    return sorted(close, key=lambda turn: (-scores[turn], -turn))


def attended(memory: Sequence[Turn], words: Collection[int], window: int) -> list[int]:
    """Which turns of a memory an action of some words is answered from: `chosen`."""
    noted = [at for at, turn in enumerate(memory) if any(note.name.always for note in turn.notes)]
    return chosen([turn.tokens for turn in memory], [turn.words for turn in memory], words, window, noted)


def recalled(memory: Sequence[Turn], words: Collection[int], window: int, rotary: Rotary, block: int) -> Cache:
    """The context of an action whose first block is `block`, from a memory of one turn or more."""
    turns = [memory[at] for at in attended(memory, words, window)]
    parts = list[Cache]()
    for turn in reversed(turns):
        block -= turn.blocks
        cache = turn.cache.to(torch.float32)
        parts.insert(0, cache if turn.block == block else rotary.moved(cache, block - turn.block))
    return Cache.of(parts)
