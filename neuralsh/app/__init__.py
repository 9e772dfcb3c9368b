"""The shell in a terminal: a Textual app, one widget a file."""
