"""Whether bytes are safetensors: the one form of weights that is taken."""

import safetensors

from neuralsh.ledger.errors import LedgerError

MAX_BYTES = 256 * 2**20
"""The largest adapter or gate."""


def check_tensors(payload: bytes, what: str) -> None:
    """Check that bytes are safetensors, which hold numbers and no code.

    Args:
        payload: the bytes of a file.
        what: its name in the message.

    Raises:
        LedgerError: if they are anything else, or too many.
    """
    if len(payload) > MAX_BYTES:
        raise LedgerError(f"{what}: {len(payload)} bytes: at most {MAX_BYTES} are taken")
    try:
        safetensors.deserialize(payload)  # type: ignore[no-untyped-call]
    except safetensors.SafetensorError:
        raise LedgerError(f"{what}: not safetensors; nothing else is loaded") from None
