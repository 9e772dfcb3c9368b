"""Frames on the user's own terminal: as text, or as pixels by the Kitty and Sixel protocols."""
