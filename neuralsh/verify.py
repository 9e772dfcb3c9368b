"""`neuralsh --replay FILE.cast --verify`: proves that a session of the machine's own comes out the same again.

A session that `neuralsh --record` wrote holds every action with its clock and geometry, and after every turn the hash
of the whole state: cache, frame and all. The same weights must give the same hashes. A turn that was stopped in its
middle is drawn again to the frame it was stopped at; any other, with what the machine does behind its last frame.
"""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest

from model.protocol import Action, ActionError, Geometry, NeuralComputer, State
from neuralsh.ansi import RESET
from neuralsh.errors import DONE, FAILED, ShellError, one_line
from neuralsh.machines import MachineFactory, with_routines
from neuralsh.reading.cells import frame_lines
from trainer.casts import Recording, parse_size
from trainer.evaluate.recorded import recorded_turns
from trainer.evaluate.typed import own_keys, own_machine, typed_text


@dataclass(slots=True)
class Turn:
    """A turn of a machine's own session.

    Attributes:
        action: as it was taken.
        frames: drawn for it.
        yielded: whether it was not stopped; False where the recording does not tell, since older ones do not.
        state: the hash after it; None if the recording ends before.
    """

    action: Action
    frames: int = 0
    yielded: bool = False
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a session went on from another state, whose hash this is."""

    state: str


@dataclass(frozen=True, slots=True)
class Check:
    """A turn drawn again.

    Attributes:
        command: the line.
        recorded: the hash in the recording.
        state: the hash now.
        screen: the text of the screen now.
        error: why the machine did not take the action now.
    """

    command: str
    recorded: str
    state: str
    screen: list[str]
    error: str | None = None

    @property
    def exact(self) -> bool:
        """Whether the state is the same, every bit of it."""
        return self.recorded == self.state


def run_verify(recording: Recording, options: Namespace, factory: MachineFactory) -> int:
    """Draws a session again and prints whether every state is as recorded; stops at the first that is not.

    Raises:
        ShellError: if it is not a session of a machine, or one of other weights.
    """
    drawn_by = own_machine(recording)
    if drawn_by is None:
        raise ShellError(
            f"{options.replay}: not a session of a machine: only what neuralsh --record wrote can be verified"
        )
    name, weights = drawn_by
    turns = [turn for turn in own_turns(recording) if turn.state is not None]
    if not any(isinstance(turn, Turn) for turn in turns):
        raise ShellError(f"{options.replay}: ends before its first turn does; there is nothing to verify")
    machine = with_routines(factory(options.model, options.device), options)
    if machine.weights_hash != weights:
        raise ShellError(
            f"{options.replay}: drawn by {name} with other weights ({weights[:12]}, here {machine.weights_hash[:12]}): "
            "name its weights with --model"
        )
    done = 0
    for check in verify(machine, recording.geometry, turns):
        if options.json:
            print(json.dumps({"command": check.command, "recorded": check.recorded, "state": check.state}), flush=True)
        if not check.exact:
            _say(options, f"turn {done} ({check.command!r}) differs: {difference(check, recording, done)}", done, False)
            return FAILED
        done += 1
    _say(options, f"{done} turns of {machine.name}: every state is as recorded", done, True)
    return DONE


def difference(check: Check, recording: Recording, turn: int) -> str:
    """What is not as recorded after a turn, in words: the first row that reads differently, or the state alone."""
    if check.error:
        return check.error
    recorded = next(islice(recorded_turns(recording), turn, None)).lines()
    for row, (was, now) in enumerate(zip_longest(recorded, check.screen, fillvalue="")):
        if was != now:
            return f"row {row} was {was!r} and is {now!r}"
    return "the same text in another state; another processor rounds differently"


def _say(options: Namespace, message: str, turns: int, exact: bool) -> None:
    print(json.dumps({"summary": {"exact": exact, "turns": turns}}) if options.json else message, flush=True)


def verify(machine: NeuralComputer, geometry: Geometry, turns: list[Turn | Restored]) -> Iterator[Check]:
    """Draws turns again from a blank screen, and compares the state after each.

    Raises:
        ShellError: if the session went on from a state that it did not draw itself.
    """
    state = machine.boot(None, geometry)
    wanted = {turn.state for turn in turns if isinstance(turn, Restored)}
    kept = dict[str, State]()
    for number, turn in enumerate(turns):
        if isinstance(turn, Restored):
            if turn.state not in kept:
                raise ShellError(
                    f"after {number} turns the session goes on from a saved state, which the recording does not hold: "
                    "only what comes before can be verified"
                )
            state = kept[turn.state].fork()
            continue
        error = None
        frames = machine.step(state, turn.action)
        try:
            # One that draws more than was recorded may not end.
            for _ in islice(frames, max(1, turn.frames + turn.yielded)):
                pass
        except ActionError as refusal:
            error = one_line(refusal)
        finally:
            close = getattr(frames, "close", None)
            if close is not None:
                close()
        screen, digest = frame_lines(state.frame), state.digest()
        if digest in wanted:
            kept[digest] = state.fork()
        yield Check(typed_text(turn.action.keys), turn.state or "", digest, screen, error)


def own_turns(recording: Recording) -> Iterator[Turn | Restored]:
    """The turns of a session that `neuralsh --record` wrote, and where it went on from another state."""
    turn: Turn | None = None
    marks: dict[str, str] = {}
    geometry: Geometry | None = None
    for event in recording.events:
        match event.code:
            case "r":
                geometry = parse_size(event.data)
            case "m":
                name, _, text = event.data.partition(":")
                if name == "yielded" and turn is not None:
                    turn.yielded = True
                if name == "state" and turn is not None:
                    turn.state = text
                    yield turn
                    turn = None
                if name == "restored":
                    yield Restored(text)
                    # A size before it is that of the state, which no action changed.
                    geometry = None
                marks[name] = text
            case "i":
                clock = datetime.fromisoformat(marks["clock"]) if "clock" in marks else None
                turn = Turn(Action(own_keys(event.data, marks), marks.get("caption"), clock, geometry))
                marks, geometry = {}, None
            case "o" if turn is not None and event.data != RESET:
                turn.frames += 1
