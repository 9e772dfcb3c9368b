"""What can keep a recording from being made."""


class RecordError(ValueError):
    """A recording cannot be made; the message is one line: what is missing or wrong, and what to do."""
