"""The shell in a terminal: a Textual app, one widget a file."""

import os

# While something is to be painted Textual looks for it so many times a second, 60 if nobody says otherwise, and a key
# waits for the next look: benchmarks/keys.py says how long.
os.environ.setdefault("TEXTUAL_FPS", "500")
