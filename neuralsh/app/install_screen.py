"""The update mode on the screen: it cannot be mistaken for the shell, and only here does the machine change."""

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input, ProgressBar, RichLog, Static

from neuralsh.app.evidence_screen import EvidenceScreen, turns_of
from neuralsh.errors import TOLD, one_line
from neuralsh.install.mode import HELP, InstallMode, Step
from neuralsh.install.teacher import Teacher, evidence, plan
from neuralsh.ledger.demonstrations import write_demonstrations
from neuralsh.ledger.entry import Entry

if TYPE_CHECKING:
    from trainer.install.teach import Taught


class InstallScreen(Screen[Entry | None]):
    """Puts a routine together; its result is the entry of the ledger, or None if nothing was changed."""

    BINDINGS = [  # noqa: RUF012
        Binding("escape", "stop", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+d", "leave", show=False, priority=True),
    ]

    def __init__(self, teacher: Teacher, mode: InstallMode) -> None:
        """Nothing is loaded before something is demonstrated.

        Args:
            teacher: fits and records.
            mode: the update.
        """
        super().__init__()
        self.teacher = teacher
        self.mode = mode
        self._taught: Taught | None = None
        self._stop = threading.Event()
        self._warmed = False

    def compose(self) -> ComposeResult:
        """See `Screen.compose`."""
        yield Static(f" UPDATE MODE: {self.mode.name} · what is committed here changes the machine", id="banner")
        yield RichLog(id="said", wrap=True, markup=False, highlight=False)
        yield ProgressBar(total=1.0, show_eta=False, id="fitting")
        yield Input(id="line", placeholder="a command, or :help")

    def on_mount(self) -> None:
        """Say what can be done."""
        self.query_one(ProgressBar).display = False
        self._say(*HELP.splitlines())
        self._ask()
        self.query_one(Input).focus()

    def on_unmount(self) -> None:
        """Leave no fitting behind."""
        self._stop.set()

    def action_stop(self) -> None:
        """Escape: end the fitting early, and see what came of it."""
        self._stop.set()

    def action_interrupt(self) -> None:
        """Ctrl-C: end the fitting, clear the line, or drop the demonstration that is typed."""
        line = self.query_one(Input)
        if line.disabled:
            self._stop.set()
        elif line.value:
            line.value = ""
        else:
            self._say(*self.mode.interrupt())
            self._ask()

    def action_leave(self) -> None:
        """Ctrl-D: leave where nothing is typed, as `:abort` does; in a line it deletes."""
        line = self.query_one(Input)
        if line.value:
            line.action_delete_right()
        elif not line.disabled:
            self.dismiss(None)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """A line of the mode."""
        message.input.value = ""
        self._say(f"{self.mode.prompt}{message.value}")
        said, step = self.mode.enter(message.value)
        self._say(*said)
        if self.mode.demos and not self._warmed:
            self._warmed = True
            self._warm()
        match step:
            case Step.FIT:
                self._busy(True)
                self._fit()
            case Step.LOOK:
                self._look()
            case Step.COMMIT:
                self._commit()
            case Step.ABORT:
                self.dismiss(None)
        self._ask()

    @work(thread=True, group="warming")
    def _warm(self) -> None:
        """Make ready what fitting needs while more is demonstrated; what goes wrong is told when it is needed."""
        with suppress(*TOLD):
            self.teacher.warm()

    @work(thread=True)
    def _fit(self) -> None:
        """Fit what was shown, in a thread."""
        call = self.app.call_from_thread
        self._stop.clear()
        try:
            self.teacher.check(self.mode.name)
            lesson = self.teacher.prepare(self.mode.demonstrations)
            call(self._say, plan(lesson))
            taught = self.teacher.teach(
                lesson, lambda share, loss: call(self._progress, share, loss), self._stop.is_set
            )
            lines = evidence(lesson, taught)
        except TOLD as error:
            call(self._failed, one_line(error))
            return
        call(self._fitted, taught, lines)

    def _progress(self, share: float, loss: float) -> None:
        self.query_one(ProgressBar).update(progress=share)
        self.query_one(Input).placeholder = f"fitting, loss {loss:.3f}: Esc stops"

    def _fitted(self, taught: "Taught", lines: list[str]) -> None:
        """What came of it; now it can be kept."""
        self._taught, self.mode.fitted = taught, True
        self._say(*lines, ":look at it again, :commit to keep it, :abort to leave, or show more and :fit again")
        self._busy(False)
        self._look()

    def _look(self) -> None:
        """Show what it did, frame beside frame."""
        assert self._taught is not None
        self.app.push_screen(EvidenceScreen(self.mode.name, turns_of(self._taught)))

    def _failed(self, why: str) -> None:
        self._say(why)
        self._busy(False)

    def _commit(self) -> None:
        """Record what was fitted."""
        assert self._taught is not None
        try:
            entry = self.teacher.commit(write_demonstrations(self.mode.demonstrations).encode(), self._taught)
        except TOLD as error:
            self._say(f"nothing was changed: {one_line(error)}")
            return
        self.dismiss(entry)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.query_one(RichLog).write(line)

    def _ask(self) -> None:
        """Say in the line what is waited for."""
        self.query_one(Input).border_title = self.mode.prompt.strip()

    def _busy(self, busy: bool) -> None:
        """While it fits, no line is taken."""
        bar, line = self.query_one(ProgressBar), self.query_one(Input)
        bar.display, line.disabled = busy, busy
        bar.update(progress=0.0)
        if not busy:
            line.placeholder = "a command, or :help"
            line.focus()
            self._ask()
