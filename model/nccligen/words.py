"""Words: what the machine is told of the keys beside the bytes themselves, as extra symbols of single bytes.

A number's digits are told their place value (Abacus embeddings, McLeish et al. 2024, arXiv 2405.17399): units stand
under units only from the right. A word's last byte is told which word it is, as a sum of hashed symbols (as the n-gram
embeddings of BLT, arXiv 2412.09871): whether two names are the same is one product, not a comparison letter by letter.
"""

import re
from hashlib import blake2b

PLACES = 8
"""Place values told apart; higher ones share the last symbol."""

HASHES = 4
"""Symbols a word is told by."""

BUCKETS = 256
"""Symbols each of them is one of."""

WORD_SYMBOLS = PLACES + HASHES * BUCKETS
"""Symbols in all: the places, then the buckets of each hash."""

_NAME = re.compile(rb"\w+")
"""What a variable can be called, or a number."""

_PATH = re.compile(rb"[\w.+-]+")
"""What a file can be called."""

_LETTER = re.compile(rb"[A-Za-z_]")


def word_symbols(keys: bytes) -> list[tuple[int, int]]:
    """What is told of keys: pairs of an index into them and a symbol in 0..WORD_SYMBOLS-1, by index.

    A file's name comes before a variable's that ends on the same byte.
    """
    told = list[tuple[int, int]]()
    for number in _NAME.finditer(keys):
        if number[0].isdigit():
            told += [(at, min(number.end() - 1 - at, PLACES - 1)) for at in range(*number.span())]
    for last, word in _words(keys).items():
        told += [(last, PLACES + BUCKETS * i + bucket) for i, bucket in enumerate(_buckets(word))]
    return sorted(told)


def word_ids(keys: bytes) -> tuple[int, ...]:
    """The words of keys as numbers of `HASHES` bytes, each once: two actions share a word where they share a number."""
    return tuple(sorted({int.from_bytes(_buckets(word), "big") for word in _words(keys).values()}))


def _words(keys: bytes) -> dict[int, bytes]:
    """The words of keys by the index of their last byte."""
    words = {name.end() - 1: name[0] for name in _NAME.finditer(keys) if not name[0].isdigit()}
    return words | {path.end() - 1: path[0] for path in _PATH.finditer(keys) if _LETTER.search(path[0])}


def _buckets(word: bytes) -> bytes:
    """Which symbol of each hash tells a word."""
    return blake2b(word, digest_size=HASHES).digest()
