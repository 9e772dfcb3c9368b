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

_NUMBER = re.compile(rb"(?<![A-Za-z0-9_])[0-9]+(?![A-Za-z0-9_])")
_WORDS = (re.compile(rb"[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*"), re.compile(rb"[\w.+-]*[A-Za-z_][\w.+-]*"))
"""What a word is: a name of a variable, and a name of a file, which comes first where both end."""


def word_symbols(keys: bytes) -> list[tuple[int, int]]:
    """What is told of keys: pairs of an index into them and a symbol in 0..WORD_SYMBOLS-1, by index."""
    told = list[tuple[int, int]]()
    for number in _NUMBER.finditer(keys):
        told += [(at, min(number.end() - 1 - at, PLACES - 1)) for at in range(number.start(), number.end())]
    words = {match.end() - 1: match[0] for kind in _WORDS for match in kind.finditer(keys)}
    for last, word in words.items():
        buckets = blake2b(word, digest_size=HASHES).digest()
        told += [(last, PLACES + BUCKETS * i + bucket) for i, bucket in enumerate(buckets)]
    return sorted(told)
