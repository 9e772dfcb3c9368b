"""Processes that train one machine together: each has its share of the rows of a batch, and all take the same step.

The step is the one that a process alone would take with all rows: losses are weighted by what each share holds, and
gradients are summed. ``torchrun --nproc_per_node N -m neuralsh train ...`` starts the processes.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from trainer.objective import Outcome


@dataclass(frozen=True, slots=True)
class Team:
    """A process among others.

    Attributes:
        rank: its number, from 0.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether it is the one that tells, scores and saves."""
        return self.rank == 0

    def loss(self, outcome: Outcome) -> Tensor:
        """What this process adds to the loss of all: summed over the team it is the loss of the whole batch."""
        if self.size == 1:
            return outcome.loss
        own = torch.stack((outcome.cells_weight, outcome.addresses_weight)).detach()
        whole = own.clone()
        distributed.all_reduce(whole)
        cells, addresses = own / whole
        loss: Tensor = outcome.cells * cells + outcome.addresses * addresses
        return loss

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """The gradients of all processes, added up, in place."""
        if self.size > 1:
            for parameter in parameters:
                if parameter.grad is not None:
                    distributed.all_reduce(parameter.grad)

    def sum(self, number: float) -> float:
        """Over the team."""
        return self._reduced(number)

    def of_leader(self, number: float) -> float:
        """The number of the one that leads, for all."""
        return self._reduced(number if self.leads else 0.0)

    def leave(self) -> None:
        """Wait for the others, and part from them: one that just ends makes another's connections fail."""
        if self.size > 1:
            distributed.barrier()
            distributed.destroy_process_group()

    def _reduced(self, number: float) -> float:
        if self.size == 1:
            return number
        whole = torch.tensor([number], dtype=torch.float64)
        # NCCL adds up on GPUs alone.
        if distributed.get_backend() == "nccl":
            whole = whole.cuda()
        distributed.all_reduce(whole)
        return float(whole[0])


ALONE = Team()


def team_of(device: str) -> tuple[Team, str]:
    """The team that this process was started in, and the device it has there.

    Args:
        device: ``cpu`` or ``cuda``.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE, device
    from accelerate import PartialState

    state = PartialState(cpu=device == "cpu")
    return Team(state.process_index, state.num_processes), str(state.device)
