"""Two processes take the step that one would take alone."""

import os
import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

HERE = Path(__file__).parent


def trained(out: Path, *launcher: str) -> dict[str, Tensor]:
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}:{HERE}", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, str(HERE / "team_worker.py"), str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return load_file(out)


def test_two_processes_train_as_one(tmp_path: Path) -> None:
    alone = trained(tmp_path / "one")
    torchrun = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "0", "--standalone")
    together = trained(tmp_path / "two", *torchrun)
    assert (int(alone.pop("size")), int(together.pop("size"))) == (1, 2)
    assert torch.allclose(alone.pop("losses"), together.pop("losses"), atol=1e-5)
    assert alone.keys() == together.keys()
    furthest = max(float((alone[name] - together[name]).abs().max()) for name in alone)
    assert furthest < 1e-5
