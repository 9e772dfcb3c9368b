"""What a machine in training gets right on held-out sessions, each write drawn from noise in the recorded context."""

from dataclasses import dataclass

import numpy as np
import torch

from trainer.batches import collate
from trainer.corpus import Stream, pack
from trainer.objective import Objective


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares, 0 to 1.

    Attributes:
        cells: of non-blank cells drawn right.
        addresses: of addresses right.
        turns: of turns with every cell and address right.
        families: the last, for each family.
    """

    cells: float
    addresses: float
    turns: float
    families: dict[str, float]


@torch.no_grad()
def validate(
    objective: Objective,
    sessions: list[Stream],
    families: list[str],
    rows: int,
    length: int,
    half: bool,
    device: str,
) -> Scores | None:
    """Score `sessions`, in rows of at most `length` tokens, `rows` at a time. None without sessions."""
    if not sessions:
        return None
    wrong: list[tuple[int, int, int]] = []
    turns: dict[tuple[int, int, int], int] = {}
    counts = np.zeros(4)
    packed = pack(sessions, np.arange(len(sessions)), length, cut=False)
    for first in range(0, len(packed), rows):
        chosen = packed[first : first + rows]
        chosen += [[]] * (rows - len(chosen))
        batch = collate(sessions, chosen, length).to(device)
        times = torch.where(batch.noisy.bool(), 0.0, 1.0)
        outcome = objective(batch, times, half)
        row = torch.arange(rows, device=device)[:, None].expand_as(batch.turn)
        key = torch.stack((first + row, batch.session, batch.turn), -1).flatten(0, 1)
        family = batch.family.flatten()
        shows = batch.cell.flatten()[outcome.cell_at] > 0
        counts += [
            int((outcome.cell_right & shows).sum()),
            int(shows.sum()),
            int(outcome.address_right.sum()),
            len(outcome.address_right),
        ]
        for at in outcome.address_at.tolist():
            turns[tuple(key[at].tolist())] = int(family[at])
        for right, at in ((outcome.cell_right, outcome.cell_at), (outcome.address_right, outcome.address_at)):
            wrong += [tuple(k) for k in key[at[~right]].tolist()]
    missed = set(wrong)
    by_family: dict[str, list[bool]] = {}
    for turn, name in turns.items():
        by_family.setdefault(families[name], []).append(turn not in missed)
    return Scores(
        cells=float(counts[0] / max(counts[1], 1)),
        addresses=float(counts[2] / max(counts[3], 1)),
        turns=1 - len(missed) / max(len(turns), 1),
        families={name: sum(right) / len(right) for name, right in sorted(by_family.items())},
    )
