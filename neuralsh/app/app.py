"""The app: the keys, the line editor and the machine's frames brought together."""

from argparse import Namespace
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from itertools import chain, islice

from textual import events, work
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.events import Resize

from model.protocol import MAX_COLUMNS, MAX_ROWS, Geometry, NeuralComputer
from neuralsh.app.help import HELP
from neuralsh.app.inside_panel import InsidePanel
from neuralsh.app.install_screen import InstallScreen
from neuralsh.app.layout import Typed
from neuralsh.app.messages import (
    FrameDrawn,
    Looked,
    MachineFailed,
    MachineReady,
    RoutinesChanged,
    RowsLeft,
    StateMoved,
    TurnDone,
)
from neuralsh.app.runner import LineReader, Runner, SessionFactory
from neuralsh.app.scrollback_screen import ScrollbackScreen
from neuralsh.app.status import Status, StatusLine
from neuralsh.app.termination import leave_on_sigterm
from neuralsh.app.text_screen import TextScreen
from neuralsh.app.themes import DEFAULTS, THEMES
from neuralsh.app.view import FUNCTION_KEYS, TerminalView
from neuralsh.colon import ColonCommand, colon_command
from neuralsh.errors import TOLD, one_line
from neuralsh.history import History
from neuralsh.history_search import HistorySearch
from neuralsh.inside import DOUBTFUL
from neuralsh.install.mode import InstallMode
from neuralsh.install.teacher import Teacher
from neuralsh.ledger.demonstrations import Demonstration
from neuralsh.ledger.entry import Entry
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.text import NAME
from neuralsh.line_editor import LineEditor, press
from neuralsh.options import LEDGER_COMMANDS
from neuralsh.prompts import Prompt
from neuralsh.raw_keys import keys_of
from neuralsh.scrollback import Scrollback
from neuralsh.showing.detect import Display

STATUS_FROM_ROWS = 3
"""A terminal of fewer rows has no status line."""


SEEN = 64
"""Lines that can be pointed at as demonstrations."""

AHEAD = 4
"""Lines that wait and are told at the bottom."""

SEARCH_HELP = "search: type a part of a line; Ctrl-R for older ones, Enter to send, Esc to leave"


STEPS = {"shift+up": (-1, 0), "shift+down": (1, 0), "shift+left": (0, -1), "shift+right": (0, 1)}
"""Rows and columns by which keys choose another cell to look into."""


class Phase(Enum):
    """What the machine is doing."""

    LOADING = auto()
    WAITING = auto()
    """For the user."""
    SENT = auto()
    """A line was sent and nothing was drawn yet."""
    DRAWING = auto()


class ShellApp(App[str | None], inherit_bindings=False):
    """The shell. Its result is why it had to end, in one line, or None.

    Textual's own binding of Ctrl-Q would quit and lose the state at any time; it is a key for programs.
    """

    TITLE = "neuralsh"
    CSS_PATH = "shell.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding(key, action, show=False) for key, action in FUNCTION_KEYS.items()]  # noqa: RUF012

    def __init__(
        self,
        factory: SessionFactory,
        *,
        history: History | None = None,
        display: Display = Display.TEXT,
        theme: str = "dark",
        ocr: str = "cells",
        reread: LineReader | None = None,
        teacher: Teacher | None = None,
        routines: Callable[[NeuralComputer], object] = lambda machine: None,
    ) -> None:
        """A pure factory: nothing is loaded or read before the app runs.

        Args:
            factory: opens the session, in the machine's thread.
            history: lines typed before.
            display: how frames are shown at first.
            theme: the colours around them, one of `THEMES`.
            ocr: what reads the frames, for the status line.
            reread: the reader `ocr` names, if it is not that of cells.
            teacher: teaches routines; None: none are taken.
            routines: puts beside a machine what is installed.
        """
        super().__init__()
        for one in THEMES.values():
            self.register_theme(one)
        self.theme = THEMES[theme].name
        self.history = history or History()
        self.editor = LineEditor(self.history.lines)
        self.phase = Phase.LOADING
        self.view = TerminalView(display)
        self.panel = InsidePanel()
        self.status = StatusLine(Status(ocr=ocr, display=display.value))
        self._prompt = Prompt(0, 0, 0)
        self._sent = ""
        self._queue: deque[str] = deque()
        self._pressed: deque[tuple[str, str | None]] = deque()
        self._program = False
        self._forced: bool | None = None
        self._search: HistorySearch | None = None
        self.scrollback = Scrollback()
        self._seen: deque[Demonstration] = deque(maxlen=SEEN)
        self._teacher = teacher
        self._runner = Runner(factory, self.post_message, reread, routines)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """See `App.get_theme_variable_defaults`: what the style sheet asks for."""
        return DEFAULTS

    def compose(self) -> ComposeResult:
        """See `App.compose`."""
        yield self.view
        yield self.panel
        yield self.status

    def on_mount(self) -> None:
        """Load the machine once the first paint is out."""
        leave_on_sigterm(self)
        self.view.focus()
        self._show_typed()
        self.call_after_refresh(lambda: self._runner.start(self._geometry()))

    def on_unmount(self) -> None:
        """Leave no thread and no picture behind."""
        self.view.hide_pixels()
        self._runner.close()

    def on_resize(self, event: Resize) -> None:
        """Make room; the machine is told the new size with the next action."""
        self.status.display = event.size.height >= STATUS_FROM_ROWS

    def on_machine_ready(self, message: MachineReady) -> None:
        """The machine is loaded and draws its first prompt."""
        self.status.change(machine=message.name, device=message.device, routines=message.routines, drawing=True)

    def on_machine_failed(self, message: MachineFailed) -> None:
        """There is no shell without a machine."""
        self.exit(message.error)

    def on_frame_drawn(self, message: FrameDrawn) -> None:
        """Show the frame; from the first one on, the machine's echo is the typed line."""
        if self.phase is Phase.SENT:
            self.phase = Phase.DRAWING
        self.view.show_frame(message.frame, message.cells)
        self._show_typed()

    def on_looked(self, message: Looked) -> None:
        """Show what is seen inside."""
        self.panel.show(message.look)
        self._tint()

    def on_terminal_view_pointed(self, message: TerminalView.Pointed) -> None:
        """Tell what a cell was drawn from, where mouse reports are asked for."""
        self.panel.choose(message.row, message.column)
        self._tint()

    def _tint(self) -> None:
        """Show in the frame what the panel is about."""
        look = self.panel.seen
        if self.panel.display and look is not None:
            self.view.tint(look.doubt > DOUBTFUL, self.panel.cell)
            self.view.update()

    def on_rows_left(self, message: RowsLeft) -> None:
        """Keep what leaves the screen."""
        self.scrollback.add(message.rows)

    def on_turn_done(self, message: TurnDone) -> None:
        """Type on at the new prompt, or send the next line that waits."""
        self._prompt = message.prompt
        self.phase = Phase.WAITING
        notice = (
            message.error
            or message.notice
            or ("" if message.timing.complete or message.interrupted else "stopped: it drew on and on")
        )
        self.status.change(timing=message.timing, drawing=False, notice=notice, answered=message.routine)
        self._remember(message)
        self._see_program(message.program)
        if self._raw:
            self._press_next()
        elif message.interrupted:
            # An Enter asks for the prompt that the stopped turn would have ended with.
            self._send("", goes_on=True)
        else:
            self._submit()
        self._show_typed()

    def _remember(self, message: TurnDone) -> None:
        """Keep what a line drew, so that it can be pointed at as a demonstration."""
        whole = message.timing.complete and not message.interrupted and not message.program
        if self._sent.strip() and whole and message.error is None:
            # What no demonstration can hold cannot be pointed at.
            with suppress(LedgerError):
                self._seen.append(Demonstration(self._sent, "\n".join(message.output)))

    def on_routines_changed(self, message: RoutinesChanged) -> None:
        """Say what may answer from now on."""
        self.status.change(routines=message.routines, notice=message.notice)
        self._go_on()

    def on_state_moved(self, message: StateMoved) -> None:
        """Type on where the other state has its prompt."""
        self._prompt = message.prompt
        self._see_program(False)
        self.status.change(notice=message.notice)
        self._go_on()

    def _go_on(self) -> None:
        """Wait for the user, or send the next line that waits."""
        self.phase = Phase.WAITING
        self._submit()
        self._show_typed()

    def on_terminal_view_pressed(self, message: TerminalView.Pressed) -> None:
        """A key: the app's, or the line editor's."""
        if self.status.status.notice:
            self.status.change(notice="")
        if self._raw and message.key != "shift+pageup":
            self._press(message.key, message.character)
            return
        if self._searches(message.key, message.character):
            self._show_typed()
            return
        match message.key:
            case "ctrl+r":
                self._search = HistorySearch(self.history.lines)
                self.status.change(notice=SEARCH_HELP)
            case "enter" | "ctrl+j":
                self._enter()
            case "ctrl+c":
                self._interrupt()
            case "ctrl+d" if not self.editor.text:
                self.exit()
            case "pageup" | "shift+pageup":
                self._go_back()
            case key if key in STEPS and self.panel.display:
                self.panel.move(*STEPS[key])
                self._tint()
            case "ctrl+l":
                if self.phase is Phase.WAITING:
                    self._send("\x0c", enter=False)
            case key:
                press(self.editor, key, message.character)
        self._show_typed()

    def on_terminal_view_pasted(self, message: TerminalView.Pasted) -> None:
        """Whole lines of a paste run one by one; the last stays in the editor. A program gets it key by key."""
        if self._raw:
            for character in message.text.replace("\r\n", "\n").replace("\n", "\r"):
                self._press("enter" if character == "\r" else character, character)
            return
        self._take_found()
        *whole, last = message.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            self.editor.insert(line)
            self._enter()
        self.editor.insert(last)
        self._show_typed()

    def _searches(self, key: str, character: str | None) -> bool:
        """A key while the history is searched; False if it ends the search, with the line found, and is still to do."""
        search = self._search
        if search is None:
            return False
        match key:
            case "ctrl+r":
                search.older()
            case "backspace" | "ctrl+h":
                search.shorten()
            case "escape" | "ctrl+g" | "ctrl+c":
                self._search = None
                return True
            case _ if character is not None and character.isprintable() and not key.startswith(("ctrl+", "alt+")):
                search.extend(character)
            case _:
                self._take_found()
                return False
        self.status.change(notice=f"search{', nothing more' if search.failed else ''}: {search.query}")
        return True

    def _take_found(self) -> None:
        """End the search, if there is one, with the line found."""
        if self._search is not None and self._search.line is not None:
            self.editor.replace(self._search.line)
        self._search = None

    def action_help(self) -> None:
        """F1: show the help."""
        self.view.hide_pixels()
        self.push_screen(TextScreen("help", HELP.splitlines()), lambda _: self.view.repaint())

    def action_display(self) -> None:
        """F2: show frames in the next way; the panel of F3 is for text alone."""
        if self.panel.display:
            self.action_inside()
        self.view.use(self.view.way.next())
        self.status.change(display=self.view.way.value)

    def action_inside(self) -> None:
        """F3: look inside the machine, or no longer. The panel is text, so the frame is shown as text beside it."""
        opened = self.panel.display = not self.panel.display
        if opened and self.view.way is not Display.TEXT:
            self.view.use(Display.TEXT)
            self.status.change(display=self.view.way.value)
        self.view.tint(None)
        self.view.update()
        self._runner.look(opened)

    def action_keys(self) -> None:
        """F4: keys go to the program that the machine draws, or to the line, whatever is seen."""
        to_program = not self._raw
        self._forced = None if to_program == self._program else to_program
        self._say_keys()

    @property
    def _raw(self) -> bool:
        """Whether keys go to the program that the machine draws."""
        return self._program if self._forced is None else self._forced

    def _see_program(self, program: bool) -> None:
        """A full-screen program has the screen, or none has; what was forced holds until it is so."""
        if self._forced is False and not program:
            self._forced = None
        begins = program and not self._program
        self._program = program
        self._say_keys()
        if begins and self._raw:
            # What was typed before it was seen was meant for it.
            self._pressed += [(character, character) for character in self.editor.clear()]

    def _say_keys(self) -> None:
        """Tell where keys go; what was typed ahead goes there too."""
        self.status.change(keys=self._raw)
        while self._queue and self._raw:
            self._pressed += [*((character, character) for character in self._queue.popleft()), ("enter", None)]
        while self._pressed and not self._raw:
            press(self.editor, *self._pressed.popleft())
        self._show_typed()

    def _press(self, key: str, character: str | None) -> None:
        """A key for the program: now, or when those before it were drawn. Ctrl-C stops the drawing first."""
        if key == "ctrl+c" and self.phase in (Phase.SENT, Phase.DRAWING):
            self._pressed.clear()
            self._runner.interrupt()
        elif keys_of(key, character) is not None:
            self._pressed.append((key, character))
            self._press_next()

    def _press_next(self) -> None:
        """Send the key that has waited longest, once the machine waits."""
        if self.phase is not Phase.WAITING or not self._pressed:
            return
        keys = keys_of(*self._pressed.popleft())
        assert keys is not None
        self._sent = ""
        self.phase = Phase.SENT
        self.status.change(drawing=True)
        # The whole program is undone as one line.
        self._runner.send(keys, self._geometry(), goes_on=True)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel, where mouse reports are asked for."""
        self._go_back()

    def _go_back(self) -> None:
        """Page Up: go through what was drawn before; the machine draws on meanwhile."""
        rows = self.scrollback.above(self.view.cells)
        if rows and self.screen is self.screen_stack[0]:
            self.view.hide_pixels()
            self.push_screen(ScrollbackScreen(rows), lambda _: self.view.repaint())

    def _enter(self) -> None:
        """Send the line, now or when its turn comes."""
        self._queue.append(self.editor.clear())
        if self.phase is Phase.WAITING:
            self._submit()

    def _submit(self) -> None:
        """Do the app's commands among the lines that wait, and send the first that is none, unless the app ends."""
        while self._queue and self.phase is Phase.WAITING and self.return_code is None:
            line = self._queue.popleft()
            self.history.add(line)
            command = colon_command(line)
            if command is None:
                self._send(line)
            else:
                self._do(command)

    def _do(self, command: ColonCommand) -> None:
        """Do a command of the app; one that takes a thread sets the phase, and tells when it is done."""
        match command:
            case ColonCommand(usage=str(usage)):
                self.status.change(notice=usage)
            case ColonCommand("help"):
                self.action_help()
            case ColonCommand("quit"):
                self.exit()
            case ColonCommand("pixels"):
                self.action_display()
            case ColonCommand("inside"):
                self.action_inside()
            case ColonCommand("keys"):
                self.action_keys()
            case ColonCommand(name) if self._teacher is None and name in ("install", *LEDGER_COMMANDS):
                self.status.change(notice="this machine takes no routines")
            case ColonCommand("install", name):
                self._install(name)
            case ColonCommand(name) if name in LEDGER_COMMANDS:
                self._sent = ""
                self.phase = Phase.SENT
                self._ask_ledger(name, command.words)
            case ColonCommand(name, argument):
                self._sent = ""
                self.phase = Phase.SENT
                self._runner.move(name, argument)

    def _install(self, name: str) -> None:
        """Open the update mode; lines that wait are sent when it is left."""
        assert self._teacher is not None
        if not NAME.fullmatch(name):
            self.status.change(notice=f"{name}: take 1 to 40 of the characters A-Z a-z 0-9 _ . -")
            return
        self._sent = ""
        self.phase = Phase.SENT
        self.view.hide_pixels()
        self.push_screen(InstallScreen(self._teacher, InstallMode(name, list(self._seen))), self._installed)

    def _installed(self, entry: Entry | None) -> None:
        """Back from the update mode."""
        self.view.repaint()
        if entry is None:
            self._go_on()
        else:
            self._reload(f"installed {entry.name} ({entry.hash[:12]}); :revert {entry.name} takes it back")

    @work(thread=True)
    def _ask_ledger(self, command: str, words: list[str]) -> None:
        """Do a command of the ledger as it is done without a screen, in a thread: `:verify` loads a machine."""
        assert self._teacher is not None
        from neuralsh.install.ledger_commands import typed_lines

        given = Namespace(**vars(self._teacher.options), base=self._teacher.base)
        try:
            lines = typed_lines(command, words, given)
        except TOLD as error:
            self.call_from_thread(self._refused, one_line(error))
            return
        self.call_from_thread(self._told, command, words, lines)

    def _refused(self, why: str) -> None:
        """Nothing was done."""
        self.status.change(notice=why)
        self._go_on()

    def _told(self, command: str, words: list[str], lines: list[str]) -> None:
        """What a command of the ledger says; the machine is told of what it changed."""
        match command:
            case "log" | "show" | "diff" | "verify":
                self.view.hide_pixels()
                title = " ".join([f":{command}", *words])
                self.push_screen(TextScreen(title, lines or ["nothing was installed yet"]), self._read)
            case "export":
                self.status.change(notice=lines[0])
                self._go_on()
            case _:
                self._reload(lines[0])

    def _read(self, _: None) -> None:
        """Back from a screen of text."""
        self.view.repaint()
        self._go_on()

    def _reload(self, notice: str) -> None:
        """Let the machine's thread ask what is installed now."""
        self._sent = ""
        self.phase = Phase.SENT
        self._runner.reload(notice)

    def _send(self, text: str, *, enter: bool = True, goes_on: bool = False) -> None:
        self._sent = text if enter else ""
        self.phase = Phase.SENT
        self.status.change(drawing=True)
        keys = text + "\r" if enter else text
        self._runner.send(keys.encode("utf-8", "replace"), self._geometry(), goes_on=goes_on)

    def _interrupt(self) -> None:
        """Ctrl-C: stop the drawing and drop what waits, or clear the line."""
        self.editor.clear()
        self._queue.clear()
        if self.phase in (Phase.SENT, Phase.DRAWING):
            self._runner.interrupt()

    def _show_typed(self) -> None:
        """Put the line where the machine drew its cursor; while it draws, the screen is its own."""
        row, column, found = self._prompt.row, self._prompt.column, self._search.line if self._search else None
        match self.phase:
            case Phase.DRAWING:
                typed = None
            case _ if self._raw:
                typed = None
            case Phase.SENT:
                typed = Typed(row, column, self._sent, None)
            case _ if found is not None:
                typed = Typed(row, column, found, len(found))
            case _:
                typed = Typed(row, column, self.editor.text, self.editor.cursor, self.editor.suggestion)
        drawing = self.phase in (Phase.SENT, Phase.DRAWING) and not self._raw
        self.status.change(ahead=self._ahead() if drawing else "")
        self.view.show_typed(typed)
        self.view.update()

    def _ahead(self) -> str:
        """What is typed ahead, of any number of lines of any length what may fit at the bottom, and how many follow."""
        typed = (self.editor.text,) if self.editor.text else ()
        shown = [line[:MAX_COLUMNS] for line in islice(chain(self._queue, typed), AHEAD)]
        more = len(self._queue) + len(typed) - len(shown)
        return " ⏎ ".join([*shown, f"{more} more"] if more else shown)

    def _geometry(self) -> Geometry:
        """The size of the screen the machine draws."""
        size = self.view.size
        return Geometry(min(max(1, size.height), MAX_ROWS), min(max(1, size.width), MAX_COLUMNS))
