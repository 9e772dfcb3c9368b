"""What the ledger raises."""


class LedgerError(ValueError):
    """Something that cannot be recorded, read or trusted; the message is one line for the user."""
