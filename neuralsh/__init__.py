"""What a person touches: command line, terminal app, reading and showing frames, replay."""

__version__ = "0.1.0"
