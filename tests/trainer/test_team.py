"""Two processes take the step that one would take alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

HERE = Path(__file__).parent


TORCHRUN = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "0", "--standalone")


def trained(out: Path, launcher: Sequence[str] = (), *how: str) -> dict[str, Tensor]:
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}:{HERE}", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, str(HERE / "team_worker.py"), str(out), *how]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return load_file(out)


def test_two_processes_train_as_one_each_with_all_or_a_share_of_the_machine(tmp_path: Path) -> None:
    alone = trained(tmp_path / "one")
    size, held, losses = (alone.pop(name) for name in ("size", "held", "losses"))
    assert int(size) == 1
    for how in ((), ("shard",)):
        together = trained(tmp_path / f"two{how}", TORCHRUN, *how)
        assert int(together.pop("size")) == 2
        assert int(together.pop("held")) < 0.6 * held if how else True
        together.pop("held", None)
        assert torch.allclose(losses, together.pop("losses"), atol=1e-5)
        assert alone.keys() == together.keys()
        furthest = max(float((alone[name] - together[name]).abs().max()) for name in alone)
        assert furthest < 1e-5, how
