"""The line being typed: readline's editing keys over a string and a cursor. Pure: no screen, no terminal."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

UNDONE = 256
"""Changes of a line that can be taken back."""


@dataclass
class LineEditor:
    """One line, its cursor, what was cut last, and the place in the history.

    Attributes:
        history: lines typed before, oldest first; never changed here.
        text: the line.
        cursor: 0 (before the first character) to ``len(text)``.
        cut: the text `yank` puts back.
        undone: lines and cursors before each change, oldest first, for `undo`.
    """

    history: Sequence[str] = ()
    text: str = ""
    cursor: int = 0
    cut: str = ""
    undone: deque[tuple[str, int]] = field(default_factory=lambda: deque(maxlen=UNDONE))
    _typing: bool = False
    _back: int = 0
    _edited: dict[int, str] = field(default_factory=dict)

    def insert(self, text: str) -> None:
        """Put printable text at the cursor; a tab becomes a space and other control characters are dropped."""
        kept = "".join(c for c in text.replace("\t", " ") if c.isprintable())
        typing = len(kept) == 1
        if kept and not (typing and self._typing):
            self._keep()
        self._typing = typing
        self.text = self.text[: self.cursor] + kept + self.text[self.cursor :]
        self.cursor += len(kept)

    def clear(self) -> str:
        """Empty the line and leave the history; gives the line as it was."""
        line = self.text
        self.text, self.cursor, self._back = "", 0, 0
        self._edited.clear()
        self._forget()
        return line

    def replace(self, text: str) -> None:
        """Put another line in place of this one."""
        if text != self.text:
            self._keep()
            self.text = text
        self.cursor = len(text)

    def undo(self) -> None:
        """Take back the last change (Ctrl-_); characters typed in a row are one."""
        # A change may leave the line as it was: two letters alike, swapped at its end.
        before = (self.text, self.cursor)
        while self.undone and (self.text, self.cursor) == before:
            self.text, self.cursor = self.undone.pop()
            self._typing = False

    @property
    def suggestion(self) -> str:
        """What the latest line of the history that begins like this one has after it; empty unless at the end."""
        if not self.text or self.cursor < len(self.text) or self._back:
            return ""
        found = (line for line in reversed(self.history) if line.startswith(self.text))
        return next(found, "")[len(self.text) :]

    def backspace(self) -> None:
        """Remove the character before the cursor."""
        if self.cursor:
            self._remove(self.cursor - 1, self.cursor)

    def delete(self) -> None:
        """Remove the character under the cursor."""
        self._remove(self.cursor, self.cursor + 1)

    def left(self) -> None:
        """One character to the left."""
        self.cursor = max(0, self.cursor - 1)

    def right(self) -> None:
        """One character to the right; at the end of the line, take what is suggested."""
        self.insert(self.suggestion)
        self.cursor = min(len(self.text), self.cursor + 1)

    def home(self) -> None:
        """To the start of the line."""
        self.cursor = 0

    def end(self) -> None:
        """To the end of the line; there already, take what is suggested."""
        self.insert(self.suggestion)
        self.cursor = len(self.text)

    def word_left(self) -> None:
        """To the start of the word, a word being letters and digits."""
        self.cursor = self._word_start(str.isalnum)

    def word_right(self) -> None:
        """To the end of the word."""
        self.cursor = self._word_end()

    def cut_word_left(self) -> None:
        """Cut back to the blank before the cursor's word (Ctrl-W)."""
        self._cut(self._word_start(lambda c: not c.isspace()), self.cursor)

    def cut_word_start(self) -> None:
        """Cut back to the start of the word of letters and digits (Alt-Backspace)."""
        self._cut(self._word_start(str.isalnum), self.cursor)

    def cut_word_right(self) -> None:
        """Cut to the end of the word (Alt-D)."""
        self._cut(self.cursor, self._word_end())

    def cut_to_end(self) -> None:
        """Cut from the cursor to the end (Ctrl-K)."""
        self._cut(self.cursor, len(self.text))

    def cut_to_start(self) -> None:
        """Cut from the start to the cursor (Ctrl-U)."""
        self._cut(0, self.cursor)

    def yank(self) -> None:
        """Put back what was cut last (Ctrl-Y)."""
        self.insert(self.cut)

    def transpose(self) -> None:
        """Swap the two characters around the cursor (Ctrl-T)."""
        at = min(self.cursor, len(self.text) - 1)
        if at > 0:
            self._keep()
            self.text = self.text[: at - 1] + self.text[at] + self.text[at - 1] + self.text[at + 1 :]
            self.cursor = at + 1

    def previous(self) -> None:
        """The line before in the history (Up)."""
        self._visit(self._back + 1)

    def next(self) -> None:
        """The line after in the history (Down); the line being typed comes last."""
        self._visit(self._back - 1)

    def _visit(self, back: int) -> None:
        if not 0 <= back <= len(self.history):
            return
        self._edited[self._back] = self.text
        self._back = back
        self.text = self._edited.get(back, self.history[-back] if back else "")
        self.cursor = len(self.text)
        self._forget()

    def _keep(self) -> None:
        """Remember the line for `undo`, before it changes."""
        self.undone.append((self.text, self.cursor))
        self._typing = False

    def _forget(self) -> None:
        self.undone.clear()
        self._typing = False

    def _remove(self, start: int, end: int) -> str:
        removed = self.text[start:end]
        if removed:
            self._keep()
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        return removed

    def _cut(self, start: int, end: int) -> None:
        if end > start:
            self.cut = self._remove(start, end)

    def _word_start(self, inside: Callable[[str], bool]) -> int:
        at = self.cursor
        while at and not inside(self.text[at - 1]):
            at -= 1
        while at and inside(self.text[at - 1]):
            at -= 1
        return at

    def _word_end(self) -> int:
        at = self.cursor
        while at < len(self.text) and not self.text[at].isalnum():
            at += 1
        while at < len(self.text) and self.text[at].isalnum():
            at += 1
        return at


KEYS: dict[str, Callable[[LineEditor], None]] = {
    "backspace": LineEditor.backspace,
    "ctrl+h": LineEditor.backspace,
    "delete": LineEditor.delete,
    "ctrl+d": LineEditor.delete,
    "left": LineEditor.left,
    "ctrl+b": LineEditor.left,
    "right": LineEditor.right,
    "ctrl+f": LineEditor.right,
    "home": LineEditor.home,
    "ctrl+a": LineEditor.home,
    "end": LineEditor.end,
    "ctrl+e": LineEditor.end,
    "alt+b": LineEditor.word_left,
    "ctrl+left": LineEditor.word_left,
    "alt+f": LineEditor.word_right,
    "ctrl+right": LineEditor.word_right,
    "ctrl+w": LineEditor.cut_word_left,
    "alt+backspace": LineEditor.cut_word_start,
    "alt+d": LineEditor.cut_word_right,
    "ctrl+k": LineEditor.cut_to_end,
    "ctrl+u": LineEditor.cut_to_start,
    "ctrl+y": LineEditor.yank,
    "ctrl+t": LineEditor.transpose,
    "ctrl+underscore": LineEditor.undo,
    "up": LineEditor.previous,
    "ctrl+p": LineEditor.previous,
    "down": LineEditor.next,
    "ctrl+n": LineEditor.next,
}
"""What each key does, by Textual's names of keys."""


def press(editor: LineEditor, key: str, character: str | None) -> bool:
    """Give the editor a key.

    Args:
        editor: changed in place.
        key: the key's name, such as ``left`` or ``ctrl+k``.
        character: what the key types, if it types anything.

    Returns:
        Whether the key was one of the editor's.
    """
    action = KEYS.get(key)
    if action is not None:
        editor._typing = False
        action(editor)
        return True
    if character is not None and character.isprintable() and not key.startswith(("ctrl+", "alt+")):
        editor.insert(character)
        return True
    return False
