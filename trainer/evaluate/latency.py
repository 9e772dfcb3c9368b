"""Suite `latency`: how long a person waits, and how much memory it takes.

The commands are those of held-out sessions, drawn in closed loop. Only the machine's own time counts: reading, showing
and scoring are not in it. Start-up and memory are those of a fresh process of the shell, which the caller names.
"""

import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from model.protocol import Action, ActionError, Geometry, NeuralComputer
from trainer import metrics
from trainer.casts import read_cast
from trainer.evaluate.held_out import held_out_casts
from trainer.evaluate.recorded import recorded_turns
from trainer.evaluate.suite import Job, Outcome

SESSIONS = 6
"""Sessions timed if the job does not say."""

FRAMES_A_TURN = 256
"""A turn is stopped after so many frames."""

STARTS = 3
"""Fresh processes timed."""

LIMIT_SECONDS = 300
"""A fresh process that takes longer is given up."""

_MEASURE = """\
import json, resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - begun
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
sys.exit(code)
"""
"""A small process that runs the shell and tells its seconds and its peak memory in KiB (of it alone)."""


@dataclass(frozen=True, slots=True)
class TurnTime:
    """The times of one command.

    Attributes:
        command: the line.
        first_frame_ms: from Enter to the first frame.
        total_ms: from Enter to the last frame, the next prompt.
        frames: drawn.
    """

    command: str
    first_frame_ms: float
    total_ms: float
    frames: int


@dataclass(frozen=True, slots=True)
class Start:
    """A fresh process of the shell that ran one or more commands.

    Attributes:
        seconds: from its launch to its end.
        peak_mb: its largest resident memory, in 10^6 bytes.
    """

    seconds: float
    peak_mb: float


def run(job: Job) -> Outcome:
    """Times the machine of a job. Raises ValueError (one line) if there are no recordings or a process fails."""
    paths = held_out_casts(job.casts)[: job.sessions or SESSIONS]
    sessions = [[turn.action for turn in recorded_turns(read_cast(path))] for path in paths]
    lines = [action.keys.rstrip(b"\r\n") for actions in sessions for action in actions if action.keys]
    starts: list[Start] = []
    busy: Start | None = None
    if job.startup:
        for number in range(STARTS):
            starts.append(start_shell(job.startup, [b"true"]))
            job.tell(f"latency: {number + 1} of {STARTS} starts")
        busy = start_shell(job.startup, lines)
    begun = perf_counter()
    machine = job.open_machine()
    load_ms = 1000 * (perf_counter() - begun)
    times: list[TurnTime] = []
    for number, actions in enumerate(sessions):
        times += time_session(machine, actions)
        job.tell(f"latency: {number + 1} of {len(sessions)} sessions")
    document: dict[str, Any] = {
        "suite": "latency",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.weights_hash,
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "summary": summary_of(times, starts, busy),
        "load_ms": round(load_ms, 1),
        "commands": [asdict(time) for time in times],
    }
    return Outcome(document, [table_of(document)])


def time_session(machine: NeuralComputer, actions: Sequence[Action]) -> Iterator[TurnTime]:
    """The times of a session's commands in closed loop; its first prompt is drawn and not timed."""
    state = machine.boot(None, Geometry())
    for action in actions:
        begun = perf_counter()
        first, count = 0.0, 0
        try:
            for _ in machine.step(state, action):
                count += 1
                first = first or perf_counter() - begun
                if count == FRAMES_A_TURN:
                    break
        except ActionError:
            continue
        total = perf_counter() - begun
        if action.keys:
            command = action.keys.decode("utf-8", "replace").rstrip("\r\n")
            yield TurnTime(command, round(1000 * (first or total), 3), round(1000 * total, 3), count)


def start_shell(command: Sequence[str], lines: Sequence[bytes]) -> Start:
    """Runs the shell in a fresh process on lines from its standard input.

    Raises:
        ValueError: if it fails or takes longer than `LIMIT_SECONDS`.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _MEASURE, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        told, errors = process.communicate(b"".join(line + b"\n" for line in lines), timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{' '.join(command)}: no answer in {LIMIT_SECONDS} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        said = errors.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise ValueError(f"{' '.join(command)}: failed with exit code {process.returncode}: {said[-1]}")
    seconds, kibibytes = json.loads(told)
    return Start(round(seconds, 3), round(kibibytes * 1024 / 1e6, 1))


def summary_of(times: Sequence[TurnTime], starts: Sequence[Start], busy: Start | None) -> dict[str, Any]:
    """Percentiles (nearest rank) of the times, and what fresh processes of the shell took."""
    total = sum(time.total_ms for time in times)
    return {
        "commands": len(times),
        "first_frame_ms": _percentiles([time.first_frame_ms for time in times]),
        "prompt_ms": _percentiles([time.total_ms for time in times]),
        "frames_per_second": round(1000 * sum(time.frames for time in times) / total, 2) if total else None,
        "start_seconds": _percentiles([start.seconds for start in starts]),
        "peak_mb_one_command": max((start.peak_mb for start in starts), default=None),
        "peak_mb_all_commands": busy.peak_mb if busy else None,
    }


def _percentiles(values: Sequence[float]) -> dict[str, float] | None:
    """Median, 95th percentile and the most; None without values."""
    if not values:
        return None
    return {"p50": metrics.quantile(values, 0.5), "p95": metrics.quantile(values, 0.95), "max": max(values)}


def table_of(document: dict[str, Any]) -> RenderableType:
    """The table of the suite."""
    summary = document["summary"]
    table = Table(
        title=f"latency, {document['machine']} on {document['device']}, {document['cores']} cores",
        caption=f"{summary['commands']} commands in closed loop; start-up: a fresh shell, one command, to its end",
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    for name in ("figure", "p50", "p95", "most"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    for key, label, form in (
        ("first_frame_ms", "Enter to the first frame, ms", ".0f"),
        ("prompt_ms", "Enter to the next prompt, ms", ".0f"),
        ("start_seconds", "start-up, s", ".2f"),
    ):
        row = summary[key]
        table.add_row(label, *(format(row[name], form) for name in ("p50", "p95", "max")) if row else ("–",) * 3)
    table.add_row("frames a second", _shown(summary["frames_per_second"]), "", "")
    table.add_row("peak memory, one command, MB", "", "", _shown(summary["peak_mb_one_command"]))
    table.add_row("peak memory, all commands, MB", "", "", _shown(summary["peak_mb_all_commands"]))
    return table


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
