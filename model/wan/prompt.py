"""What the Wan machine is told of an action: its caption, or one made of its keys, as regular as the paper's."""

from model.protocol import Action

WAITING = "A terminal shows a shell prompt and waits for input."

NAMES = {b"\r": "Enter", b"\x03": "Ctrl-C", b"\x04": "Ctrl-D", b"\x0c": "Ctrl-L", b"\x1b": "Escape", b"\t": "Tab"}
"""Keys that are told by name."""


def prompt_of(action: Action) -> str:
    """The text that conditions the clip of an action."""
    if action.caption:
        return action.caption
    if not action.keys:
        return WAITING
    if action.keys in NAMES:
        return f"The user presses {NAMES[action.keys]} in the terminal."
    typed = action.keys.decode("utf-8", "replace")
    line = typed.removesuffix("\r")
    shown = "".join(c if c.isprintable() else "?" for c in line)
    entered = ", presses Enter and the output appears below" if typed != line else ""
    return f"The user types `{shown}` in the terminal{entered}."
