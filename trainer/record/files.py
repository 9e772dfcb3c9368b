"""What lies in a sandbox's folders, looked at from outside: nothing that the session itself could see or print.

A mark behind each answer (``files:`` and JSON) tells what changed since the answer before: of folders what they hold,
as ``ls -A`` orders it, a folder with ``/`` and a link with ``@`` behind its name; of files what they say. Training
makes notes of it (`trainer.notes`).
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from trainer.notes import MARK
from trainer.record.sandbox import HOME

ROOTS = ((HOME, "~"), ("/tmp", "/tmp"))
"""Folders that a session can write in, and what its prompt calls them."""

MAX_FOLDERS = 64
"""Folders that are looked into at a time; what a program unpacks is not a session's own."""

MAX_TEXT = 512
"""Bytes of a file that are read."""

_GUARDS = os.O_NOFOLLOW | os.O_NONBLOCK

Held = dict[str, list[str] | str]
"""What folders and files hold, by how the prompt names them."""


def held(inside: Path) -> Held:
    """What all folders and files hold, but for what is in folders of hidden names; `inside`: the root of a sandbox."""
    found, todo, folders = Held(), [(inside / root[1:], name) for root, name in ROOTS], 0
    while todo and folders < MAX_FOLDERS:
        folder, name = todo.pop(0)
        folders += 1
        names = list[str]()
        # What cannot be looked into, as when the session has ended, is not empty.
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                path = f"{name}/{entry.name}"
                mark = "@" if entry.is_symlink() else "/" if entry.is_dir(follow_symlinks=False) else ""
                names.append(entry.name + mark)
                if mark == "/" and not entry.name.startswith("."):
                    todo.append((folder / entry.name, path))
                elif not mark and entry.is_file(follow_symlinks=False):
                    found[path] = _text(folder / entry.name)
            found[name] = sorted(names, key=lambda one: os.fsencode(one.rstrip("/@")))
    return found


def _text(path: Path) -> str:
    """The beginning of a file; empty if it cannot be read or is not text."""
    # A job that goes on may put a link or a pipe in its place meanwhile: neither is followed or waited for.
    with suppress(OSError), open(path, "rb", opener=lambda name, flags: os.open(name, flags | _GUARDS)) as file:
        begun = file.read(MAX_TEXT)
        return "" if b"\0" in begun else begun.decode("utf-8", "replace")
    return ""


def changes(before: Held, after: Held) -> str | None:
    """The mark of what changed, or None. A folder that is new and empty has changed, a file has not."""
    changed = {name: now for name, now in after.items() if before.get(name, "" if now == "" else None) != now}
    return f"{MARK}:{json.dumps(changed, ensure_ascii=False)}" if changed else None


def root_of(process: int) -> Path | None:
    """The root of what runs under a bubblewrap process, as this process can open it; None: nothing runs there."""
    with suppress(OSError, IndexError):
        (child, *_) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return Path(f"/proc/{child}/root")
    return None
