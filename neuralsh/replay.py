"""`neuralsh --replay FILE.cast`: a recording beside what the machine draws for the same actions.

The machine sees the recording's actions and, for its first frame, what stood on the screen before them (a session of
its own it draws from the blank screen on); from then on its own frames are all it has. In open loop it draws each turn
from the recorded screens instead, so that one slip is not paid for twice. Figures are those of `trainer.evaluate`, and
the recorded side comes from its emulator.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from model.protocol import ActionError, Frame, NeuralComputer, State
from neuralsh.errors import DONE, FAILED, ShellError, one_line, tell
from neuralsh.machines import MachineFactory, load_machine, with_routines
from neuralsh.paths import check_input
from neuralsh.printable import json_line, printable
from neuralsh.prompts import find_prompt
from neuralsh.screen import ScreenReader
from neuralsh.session import Timing, frames_a_turn
from neuralsh.transcript import TurnReader
from trainer import metrics
from trainer.casts import Recording, read_cast
from trainer.evaluate.readers import Readers, TurnText
from trainer.evaluate.recorded import RecordedTurn, recorded_turns
from trainer.evaluate.rollout import Drawn, Reference, session_of
from trainer.evaluate.score import TurnScore, score_turn
from trainer.evaluate.typed import own_machine
from trainer.inferred import inferred

MEANS = ("psnr", "ssim", "char_acc", "exact_line")
"""Figures that are averaged over commands."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A frame of a replay.

    Attributes:
        number: of the turn, from 0.
        turn: what was recorded.
        recorded: the recorded frame at the end of the turn.
        drawn: the machine's frame.
        score: the figures of the turn, once it is over; None before, and where the two frames differ in size.
        text: what was read off the turn, once it is over.
        timing: how long it took, once it is over.
        error: why the machine did not take the action, or was stopped.
    """

    number: int
    turn: RecordedTurn
    recorded: Frame
    drawn: Frame
    score: TurnScore | None = None
    text: TurnText | None = None
    timing: Timing | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints of a finished turn."""
        assert self.text is not None and self.timing is not None
        figures = self.score.to_json() if self.score else {}
        shown: dict[str, Any] = {
            "command": self.turn.command,
            "output": self.text.output,
            "screen": self.text.screen,
            "recorded": {"output": self.turn.output, "screen": self.turn.lines()},
            **{name: figures.get(name) for name in (*MEANS, "exact", "pixel_exact", "changed", "changed_read")},
            "frames": self.timing.frames,
            "first_frame_ms": round(self.timing.first_frame_ms, 3),
            "total_ms": round(self.timing.total_ms, 3),
        }
        return shown | ({"error": self.error} if self.error else {})


def main(options: Namespace, factory: MachineFactory = load_machine) -> int:
    """Replays as the command line asks for it.

    Args:
        options: those of `neuralsh.options.shell_parser`.
        factory: makes the machine.

    Raises:
        UsageError: if there is no such recording.
        ShellError: one line: why there is nothing to replay.
    """
    check_input("--replay", options.replay)
    recording = open_recording(options.replay)
    if options.verify:
        from neuralsh.verify import run_verify

        return run_verify(recording, options, factory)
    check_has_input(options.replay, recording)
    if options.headless or options.json or not sys.stdout.isatty():
        return run_headless(recording, options, factory)
    from neuralsh.app.replay_screen import run_replay_app

    return run_replay_app(recording, options, factory)


def open_recording(path: Path) -> Recording:
    """A recording, with what its prompts tell was typed if it holds no input; what was done to it is told.

    Raises:
        ValueError: if it is no recording; one line.
    """
    recording = read_cast(path)
    if recording.truncated:
        tell(f"{path}: cut off at its end; what is whole of it is used: {len(recording.events)} events")
    told = inferred(recording)
    if told is not recording and (lines := len(told.events) - len(recording.events)):
        tell(f"{path}: holds no input; lines seen typed at its prompts: {lines}")
    return told


def check_has_input(path: Path, recording: Recording) -> None:
    """Raises ShellError if there is nothing to type into the machine."""
    if not any(event.code == "i" and event.data for event in recording.events):
        raise ShellError(f"{path}: holds no input, nor a prompt: record it with its keys (asciinema rec --stdin)")


def run_headless(recording: Recording, options: Namespace, factory: MachineFactory) -> int:
    """Prints the figures of every command, and a summary; returns the exit code."""
    scores: list[TurnScore | None] = []
    failed = False
    machine = with_routines(factory(options.model, options.device), options)
    for step in replay(machine, recording, shell_readers(options.ocr), open_loop=options.open_loop):
        if step.timing is None or not step.turn.action.keys:
            continue
        scores.append(step.score)
        print(json_line(step.to_json()) if options.json else one_command(step), flush=True)
        if step.error:
            failed = True
            tell(f"command {len(scores)}: {step.error}")
    summary = summary_of(scores)
    print(json_line({"summary": summary}) if options.json else shown_summary(summary), flush=True)
    return FAILED if failed else DONE


def shell_readers(ocr: str) -> Readers:
    """The shell's readers, the lines that figures compare read as `--ocr` says."""
    from neuralsh.eval_command import readers
    from neuralsh.machines import frame_reader

    return replace(readers(), lines=frame_reader(ocr))


def replay(
    machine: NeuralComputer, recording: Recording, readers: Readers, *, open_loop: bool = False
) -> Iterator[Step]:
    """Draws a recording's turns again, frame by frame.

    Args:
        machine: draws.
        recording: whose actions it takes.
        readers: read the frames.
        open_loop: whether each turn is drawn from the recorded screens before it.

    Yields:
        A step a frame, without a score, and one at the end of each turn with it.

    Raises:
        ShellError: if the machine or the recording is not made for open loop; one line.
    """
    targets = _targets(machine, recording) if open_loop else None
    state: State | None = None
    own = own_machine(recording) is not None
    start = 0
    before: Frame | None = None
    for number, turn in enumerate(recorded_turns(recording)):
        recorded = turn.frame()
        if state is None:
            first = None if own or turn.action.keys or not any(turn.lines()) else recorded
            state = machine.boot(first, recorded.geometry)
            if first is not None:
                start, before = turn.start, recorded
                yield _booted(number, turn, recorded, readers)
                continue
        aside = state if targets is None else state.fork()
        for step in _turn(machine, aside, number, turn, start, recorded, readers, before):
            yield step
        start, before = (step.text.start if step.text else 0), recorded
        if targets is not None:
            start = turn.start
            machine.absorb(state, turn.action, targets[number].writes, targets[number].frame)  # type: ignore[attr-defined]


def _targets(machine: NeuralComputer, recording: Recording) -> list[Reference]:
    """What the machine is shown of each turn in open loop."""
    if not hasattr(machine, "absorb"):
        raise ShellError(f"--open-loop: {machine.name} cannot be shown recorded screens: leave it out")
    try:
        return session_of("--open-loop", recording).references
    except ValueError as error:
        raise ShellError(str(error)) from error


def _booted(number: int, turn: RecordedTurn, recorded: Frame, readers: Readers) -> Step:
    """The turn that the machine was given as its first frame."""
    text = TurnText([], [], turn.lines(), turn.start)
    return Step(number, turn, recorded, recorded, text=text, timing=Timing(0, 0.0, 0.0))


def _turn(
    machine: NeuralComputer,
    state: State,
    number: int,
    turn: RecordedTurn,
    start: int,
    recorded: Frame,
    readers: Readers,
    before: Frame | None,
) -> Iterator[Step]:
    """The steps of one turn."""
    screen = ScreenReader(state.frame)
    prompt = replace(find_prompt(state.frame, screen.cells, None), start=start)
    reader = TurnReader(state.frame, turn.command, screen=screen, prompt=prompt)
    times: list[float] = []
    error = None
    begun = perf_counter()
    try:
        for frame in machine.step(state, turn.action):
            times.append(perf_counter() - begun)
            reader.feed(frame)
            yield Step(number, turn, recorded, frame)
            if len(times) == frames_a_turn(frame.geometry):
                error = f"stopped after {len(times)} frames"
                break
            begun = perf_counter()
    except ActionError as refusal:
        error = one_line(refusal)
    timing = Timing(len(times), 1000 * times[0] if times else 0.0, 1000 * sum(times), error is None)
    read = reader.result()
    text = TurnText(read.command, read.output, read.screen, reader.prompt.start)
    score = None
    if recorded.geometry == state.frame.geometry:
        same = before if before is not None and before.geometry == recorded.geometry else recorded
        drawn = Drawn(state.frame, text, len(times), error)
        score = score_turn(same, Reference(turn, recorded, []), drawn, readers, "closed loop")
    yield Step(number, turn, recorded, state.frame, score, text, timing, error)


def summary_of(of_commands: Sequence[TurnScore | None]) -> dict[str, Any]:
    """Means over the commands of a replay; None where there is nothing to average."""
    scores = [score for score in of_commands if score is not None]
    summary: dict[str, Any] = {"commands": len(of_commands), "exact": sum(score.exact for score in scores)}
    for name in MEANS:
        summary[name] = round(metrics.mean(getattr(score, name) for score in scores), 6) if scores else None
    return summary


def one_command(step: Step) -> str:
    """A command and its figures on one line."""
    head = f"{step.number:4} {printable(step.turn.command[:40]):<40}"
    if step.score is None:
        return f"{head}  no figures: the frames differ in size"
    score = step.score
    right = "exact" if score.exact else ""
    return (
        f"{head}  PSNR {score.psnr:6.2f}  SSIM {score.ssim:.3f}  "
        f"char {score.char_acc:.3f}  line {score.exact_line:.3f}  {right}"
    ).rstrip()


def shown_summary(summary: dict[str, Any]) -> str:
    """The summary on one line."""
    shown = f"{summary['exact']} of {summary['commands']} commands exact"
    if summary["psnr"] is None:
        return shown
    return (
        f"{shown}; mean PSNR {summary['psnr']:.2f} dB, SSIM {summary['ssim']:.3f}, "
        f"char {summary['char_acc']:.3f}, line {summary['exact_line']:.3f}"
    )
