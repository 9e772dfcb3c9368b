"""Keys as the bytes that a terminal sends for them, for programs that read keys one by one.

The sequences are xterm's (Control Sequences, "PC-Style Function Keys").
"""

MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}
"""What a key held down adds to xterm's parameter, which is 1 without any."""

LETTERED = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
"""Keys sent as ``CSI letter``."""

NUMBERED = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
NUMBERED |= {"f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24}
"""Keys sent as ``CSI number ~``."""

FIRST_KEYS = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
"""Keys sent as ``CSI 1 ; modifiers letter``. Alone they are the app's."""

SHIFTED = {f"f{number + 12}": f"f{number}" for number in range(1, 13)}
"""Function keys with Shift, which terminals and Textual call by further numbers."""

SINGLE = {"enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "shift+tab": "\x1b[Z", "space": " "}
"""Keys with a sequence of their own."""

CONTROLS = {"at": "@", "left_square_bracket": "[", "backslash": "\\", "right_square_bracket": "]", "underscore": "_"}
"""Names of what is no letter and is held down with Control."""


def keys_of(key: str, character: str | None) -> bytes | None:
    """What a terminal sends for a key.

    Args:
        key: Textual's name of it, such as ``ctrl+k`` or ``shift+left``.
        character: what it types, if it types anything.

    Returns:
        The bytes, or None for a key that sends nothing.
    """
    if key in SINGLE:
        return SINGLE[key].encode()
    if len(key) == 1:
        return (character or key).encode("utf-8", "replace")
    *held, name = key.split("+")
    if name in SHIFTED and "shift" not in held:
        held, name = [*held, "shift"], SHIFTED[name]
    if not set(held) <= MODIFIERS.keys():
        return None
    parameter = 1 + sum(MODIFIERS[one] for one in held)
    if name in LETTERED:
        return f"\x1b[{LETTERED[name]}".encode() if parameter == 1 else f"\x1b[1;{parameter}{LETTERED[name]}".encode()
    if name in FIRST_KEYS:
        return None if parameter == 1 else f"\x1b[1;{parameter}{FIRST_KEYS[name]}".encode()
    if name in NUMBERED:
        return f"\x1b[{NUMBERED[name]}{'' if parameter == 1 else f';{parameter}'}~".encode()
    if "alt" in held:
        typed = character or (name if len(name) == 1 else None)
        rest = keys_of("+".join(one for one in (*held, name) if one != "alt"), typed)
        return None if rest is None else b"\x1b" + rest
    if "ctrl" in held:
        symbol = CONTROLS.get(name, name.upper())
        return bytes([ord(symbol) & 0x1F]) if len(symbol) == 1 and "@" <= symbol <= "_" else None
    return character.encode("utf-8", "replace") if character is not None else None
