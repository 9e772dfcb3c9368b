"""The shell in a terminal: a Textual app, one widget a file."""

import os

# Textual paints at most so many times a second, 60 if nobody says otherwise: a key would be seen up to 17 ms late.
os.environ.setdefault("TEXTUAL_FPS", "120")
