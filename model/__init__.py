"""The machines: everything that turns an action into the next frames of a terminal."""

import os

# On a CPU a product of matrices is compiled for its shape and kept, with the weights as it wants them laid out: a
# thousand of them if nobody says otherwise. Here nearly each length is a new shape, and twenty routines in one
# process took a gigabyte. Read by oneDNN, and by what of PyTorch calls it, when they are first used.
for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
    os.environ.setdefault(name, "64")
