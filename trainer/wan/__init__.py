"""Training of the Wan machine: clips of recordings, what the parts make of them, and the fit."""
