"""Two processes take the step that one would take alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, distributed

from trainer.fit_command import main
from trainer.objective import Outcome
from trainer.reading import TrainError
from trainer.team import Team

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
    for how, most in (((), 1.0), (("shard",), 0.6)):
        together = trained(tmp_path / f"two{how}", TORCHRUN, *how)
        assert int(together.pop("size")) == 2 and int(together.pop("held")) <= most * int(held)
        assert torch.allclose(losses, together.pop("losses"), atol=1e-5)
        assert alone.keys() == together.keys()
        furthest = max(float((alone[name] - together[name]).abs().max()) for name in alone)
        assert furthest < 1e-5, how


def test_a_share_without_cells_adds_its_addresses_to_the_loss(tmp_path: Path) -> None:
    none, one = torch.tensor(0.0), torch.tensor(1.0)
    outcome = Outcome(none, torch.tensor(2.0), none, one, *[torch.zeros(0)] * 4)
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        assert Team(0, 2).loss(outcome) == 2.0
    finally:
        distributed.destroy_process_group()


def test_teaching_a_routine_does_not_load_what_only_a_team_needs() -> None:
    code = "import sys, trainer.install.teach; print('torch.distributed.tensor' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "False"


def test_a_process_alone_has_nobody_to_share_with(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="nobody to share with"):
        main(["--shard", "--out", str(tmp_path / "out"), "--device", "cpu", "nothing.npz"])
