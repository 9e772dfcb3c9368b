"""Teaches the machine that the options name, and records what is to be kept. Under the command and under the mode."""

from argparse import Namespace
from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from neuralsh.errors import ShellError
from neuralsh.install.user import user
from neuralsh.ledger.demonstrations import Demonstration, Demonstrations
from neuralsh.ledger.entry import Entry, find_bad_words
from neuralsh.ledger.ledger import Ledger
from neuralsh.machines import base_machine
from neuralsh.paths import find_home

if TYPE_CHECKING:
    from model.nccligen.machine import NCCLIGen
    from model.wan.machine import WanNCCLIGen
    from trainer.install.evidence import Bench, Shown
    from trainer.install.recordings import Learned
    from trainer.install.teach import Lesson, Taught

MISSES = 4
"""Turns that are not as wanted and are shown."""


class Teacher:
    """A base machine of its own, taught away from the one in use.

    Attributes:
        base: the hash of the weights of the machine in use, without routines; None where it is not known.
    """

    def __init__(self, options: Namespace, seconds: float | None = None, seed: int = 0) -> None:
        """Nothing is loaded yet.

        Args:
            options: those of every command: `home`, `model`, `device`.
            seconds: of fitting a routine; None: the usual time.
            seed: of the fitting.
        """
        self.options = options
        self.seconds = seconds
        self.seed = seed
        self.base: str | None = None
        # What is made once is asked for by the thread that warms and by the one that fits.
        self._making = RLock()

    @property
    def machine(self) -> "NCCLIGen | WanNCCLIGen":
        """The base machine."""
        with self._making:
            return self._machine

    @cached_property
    def _machine(self) -> "NCCLIGen | WanNCCLIGen":
        return base_machine(self.options)

    def warm(self) -> "Bench | None":
        """Where the machine is taught, made once, in any thread, in some seconds; None for one that needs no bench."""
        with self._making:
            return self._bench

    @cached_property
    def _bench(self) -> "Bench | None":
        from model.nccligen.machine import NCCLIGen

        if not isinstance(self.machine, NCCLIGen):
            return None
        from trainer.install.contexts import contexts
        from trainer.install.evidence import Bench

        return Bench(self.machine, contexts())

    def check(self, name: str, why: str = "") -> None:
        """Raise ShellError if what is taught could not be recorded: under this name, for this reason."""
        if (fault := find_bad_words(self.seed, user(), why)) is not None:
            raise ShellError(f"cannot record {name}: {fault}")
        with self.ledger() as ledger:
            if name in [one.install.name for one in ledger.installed(self.machine.base_hash)]:
                raise ShellError(f"{name} is installed already: neuralsh revert {name} first")

    def ledger(self) -> Ledger:
        """The ledger of the user's home."""
        return Ledger.open(find_home(self.options.home).data)

    def prepare(self, demonstrations: Demonstrations) -> "Lesson":
        """What is to be learned. Raises ValueError (one line) if the demonstrations contradict each other."""
        from trainer.install.example import Example
        from trainer.install.teach import prepare

        def example(demo: Demonstration) -> Example:
            return Example(demo.command, tuple(demo.lines), tuple(map(example, demo.before)))

        shown = [example(one) for one in demonstrations.demos]
        return prepare(demonstrations.name, shown, self.seed)

    def teach(
        self,
        lesson: "Lesson",
        report: Callable[[float, float], None],
        stopped: Callable[[], bool] = lambda: False,
    ) -> "Taught":
        """Fit a lesson; see `trainer.install.teach.teach`."""
        from model.nccligen.machine import NCCLIGen

        asked: dict[str, Any] = {} if self.seconds is None else {"seconds": self.seconds}
        if isinstance(self.machine, NCCLIGen):
            from trainer.install.fit_routine import RoutineConfig
            from trainer.install.teach import teach

            config = RoutineConfig(seed=self.seed, **asked)
            return teach(self.machine, lesson, config, report, stopped, self.warm())
        from trainer.wan.teach import WanRoutineConfig
        from trainer.wan.teach import teach as teach_wan

        return teach_wan(self.machine, lesson, WanRoutineConfig(seed=self.seed, **asked), report, stopped)

    def commit(self, demonstrations: bytes, taught: "Taught | Learned", why: str = "") -> Entry:
        """Record a routine, which answers from now on. Raises ValueError (one line) if it cannot be recorded."""
        with self.ledger() as ledger:
            return ledger.install(
                self.machine.base_hash,
                demonstrations,
                taught.adapter,
                taught.gate,
                seed=self.seed,
                figures=taught.figures,
                who=user(),
                why=why,
            )


def plan(lesson: "Lesson") -> str:
    """What is going to be learned, in a line."""
    if lesson.template is None:
        return "no rule found that all demonstrations follow: just these lines are learned"
    return f"learning {lesson.template.describe()}"


def evidence(lesson: "Lesson", taught: "Taught") -> list[str]:
    """What the routine does now, in a few lines."""
    said = []
    for what, turns in (("demonstrations", taught.shown), ("other arguments", taught.unseen)):
        if turns:
            said.append(f"{what}: {sum(turn.exact for turn in turns)} of {len(turns)} exact")
    if taught.neighbours:
        same = sum(one.same for one in taught.neighbours)
        said.append(f"other commands: {same} of {len(taught.neighbours)} answered as before, to the last pixel")
        said += [f"  changed: {one.command}" for one in taught.neighbours if not one.same]
    for turn in [turn for turn in (*taught.shown, *taught.unseen) if not turn.exact][:MISSES]:
        said += _miss(turn)
    if lesson.template is not None and not lesson.unseen:
        said.append("no other arguments: what is learned by heart answers nothing else")
    return said


def _miss(turn: "Shown") -> list[str]:
    """The rows in which what was drawn differs from what was wanted."""
    from neuralsh.reading.cells import frame_lines

    said = [f"  {turn.example.command}"]
    for wanted, drawn in zip(frame_lines(turn.wanted), frame_lines(turn.drawn), strict=True):
        if wanted != drawn:
            said += [f"    wanted {wanted}", f"    drew   {drawn}"]
    return said
