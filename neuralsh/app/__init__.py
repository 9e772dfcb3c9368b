"""The shell in a terminal: a Textual app, one widget a file."""

import os

# Textual looks so many times a second for something to paint, 60 if nobody says otherwise, and skips a turn after each
# paint: a key would be seen up to 33 ms late. It paints what changed, so looking more often costs next to nothing.
os.environ.setdefault("TEXTUAL_FPS", "500")
