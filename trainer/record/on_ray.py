"""Records many scripts on Ray Data: on the cores of one machine, or of every machine of a cluster.

A task is `BATCH` scripts and starts a recording process of its own; what dies is begun again, by Ray where a machine or
a process of Ray's is lost, by the recorder where its own process is.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any

from trainer.casts import Recording
from trainer.record.errors import RecordError
from trainer.record.recorder import record_many
from trainer.record.script import Script
from trainer.record.session import Limits
from trainer.record.wire import decode_recording, decode_script, encode_recording, encode_script

BATCH = 48
"""Scripts a task; one takes some seconds."""

PART = 40 * BATCH
"""Scripts that are drawn at a time: those of a corpus can be endless."""


def record_on_ray(scripts: Iterable[Script], limits: Limits | None = None) -> Generator[Recording]:
    """As `record_many`, on the cluster that the variable RAY_ADDRESS names, or else on this machine.

    Raises:
        RecordError: if Ray is missing, or a script cannot be recorded.
    """
    ray = started()
    source = iter(scripts)
    while part := [{"script": encode_script(0, script)} for script in islice(source, PART)]:
        tasks = ray.data.from_items(part, override_num_blocks=-(-len(part) // BATCH))
        task = partial(_recorded, limits=asdict(limits or Limits()))
        for row in tasks.map_batches(task, batch_size=BATCH).iter_rows():
            yield decode_recording(row["recording"].encode())[1]


def started() -> Any:
    """Ray, on the cluster that the variable RAY_ADDRESS names, or else on this machine; its rows come in order.

    Raises:
        RecordError: if Ray is missing.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise RecordError("this needs Ray: pip install 'neuralsh[cluster]'") from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, runtime_env=_packages())
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    ray.data.DataContext.get_current().enable_progress_bars = False
    return ray


def _packages() -> dict[str, Any]:
    """What the machines of a cluster are sent: this code."""
    import model
    import trainer

    return {"py_modules": [model, trainer]} if os.environ.get("RAY_ADDRESS") else {}


def _recorded(batch: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    """Records the scripts of a task, one after the other; the rest of a task is recorded anew if it is lost."""
    scripts = [decode_script(text.encode())[1] for text in batch["script"]]
    with closing(record_many(scripts, workers=1, limits=Limits(**limits))) as recordings:
        return {"recording": [encode_recording(0, recording) for recording in recordings]}
