"""Small routines for tests of the ledger."""

import json
import struct
from typing import Any

from neuralsh.ledger.demonstrations import Demonstration, Demonstrations, write_demonstrations
from neuralsh.ledger.entry import Entry
from neuralsh.ledger.ledger import Ledger

BASE = "b" * 64
OTHER_BASE = "c" * 64


def tensors(content: str) -> bytes:
    """Safetensors with one tensor that holds the bytes of a text."""
    values = content.encode()
    header = json.dumps({"x": {"dtype": "U8", "shape": [len(values)], "data_offsets": [0, len(values)]}}).encode()
    return struct.pack("<Q", len(header)) + header + values


def demonstrations(name: str) -> bytes:
    """A demonstration file of one command."""
    demo = Demonstration(f"{name} bob", f"hello bob\nfrom {name}")
    return write_demonstrations(Demonstrations(name, "says hello", (demo,))).encode()


def install(ledger: Ledger, name: str, base: str = BASE, **changed: Any) -> Entry:
    """Install a routine whose adapter and gate hold its name."""
    arguments: dict[str, Any] = {
        "demonstrations": demonstrations(name),
        "adapter": tensors(f"adapter of {name}"),
        "gate": tensors(f"gate of {name}"),
        "seed": 7,
        "figures": {"unseen": {"before": 0.0, "after": 0.95}, "seconds": 12},
        "who": "ada",
        "why": "a test of é",
    }
    return ledger.install(base, **(arguments | changed))
