"""Processes that train one machine together: each has its share of the rows of a batch, and all take the same step.

The step is the one that a process alone would take with all rows: losses are weighted by what each share holds, and
gradients are summed. ``torchrun --nproc_per_node N -m neuralsh train ...`` starts the processes. Each holds the whole
machine, or a share of it (``--shard``: weights, gradients and moments, as in ZeRO, Rajbhandari et al. 2019, arXiv
1910.02054), which is put together block by block as it is needed.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

from model.nccligen.network import Network
from trainer.objective import LEAST, Objective, Outcome


@dataclass(frozen=True, slots=True)
class Team:
    """A process among others.

    Attributes:
        rank: its number, from 0.
        size: how many there are.
        shards: whether each holds a share of the machine, so that all have to take part where it is used.
    """

    rank: int = 0
    size: int = 1
    shards: bool = False

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
        cells, addresses = own / whole.clamp(min=LEAST)
        loss: Tensor = outcome.cells * cells + outcome.addresses * addresses
        return loss

    def share_out(self, objective: Objective) -> None:
        """Leave each process its share of the machine, if it is to be so; before there is an optimiser of it."""
        if not self.shards:
            return
        from torch.distributed.fsdp import FSDPModule, fully_shard

        for block in objective.network.transformer.blocks:
            fully_shard(block)
        # A single number has no shares.
        fully_shard(objective, ignored_params={objective.sharpness})
        for module in objective.modules():
            if isinstance(module, FSDPModule):
                # Summed: the losses are weighted. gloo knows no other way.
                module.set_gradient_divide_factor(1.0)
                module.set_force_sum_reduction_for_comms(True)

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """The gradients of all processes, added up, in place; those of shares are already."""
        if self.size > 1:
            for parameter in parameters:
                if parameter.grad is not None and not is_share(parameter):
                    distributed.all_reduce(parameter.grad)

    def clip(self, parameters: Sequence[Tensor], most: float) -> None:
        """Scale gradients, in place, so that the norm of all of them is at most so large."""
        if not self.shards:
            nn.utils.clip_grad_norm_(parameters, most)
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        norm = float(torch.stack([whole(gradient.norm()) for gradient in gradients]).norm())
        for gradient in gradients:
            gradient.mul_(min(1.0, most / (norm + 1e-6)))

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


def is_share(tensor: Tensor) -> bool:
    """Whether it is a process's share of a tensor, torch's `DTensor`, whose class takes a second to import."""
    return hasattr(tensor, "full_tensor")


def whole(tensor: Tensor) -> Tensor:
    """A tensor, put together if each process has a share of it: then all have to ask."""
    return tensor.full_tensor() if is_share(tensor) else tensor  # type: ignore[attr-defined, no-any-return]


def shared_as(tensor: Tensor, like: Tensor) -> Tensor:
    """This process's share of a whole tensor that all have, if `like` is shared out; else the tensor."""
    if not is_share(like):
        return tensor
    from torch.distributed.tensor import DTensor, distribute_tensor

    assert isinstance(like, DTensor)
    return distribute_tensor(tensor.to(like.device), like.device_mesh, like.placements, src_data_rank=None)


def whole_network(network: Network) -> Network:
    """A network as it is saved: itself, or a whole one put together of its shares."""
    tensors = network.state_dict()
    if not any(map(is_share, tensors.values())):
        return network
    put_together = Network(network.config)
    put_together.load_state_dict({name: whole(tensor) for name, tensor in tensors.items()})
    return put_together


def team_of(device: str, shards: bool = False) -> tuple[Team, str]:
    """The team that this process was started in, and the device it has there.

    Args:
        device: ``cpu`` or ``cuda``.
        shards: whether each is to hold a share of the machine.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE, device
    from accelerate import PartialState

    state = PartialState(cpu=device == "cpu")
    return Team(state.process_index, state.num_processes, shards), str(state.device)
