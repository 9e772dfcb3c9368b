"""Colours around the frame. The frame itself is drawn by the machine, and keeps the colours it was drawn in."""

from textual.theme import Theme

DEFAULTS = {
    "ground": "#171717",
    "ink": "#dddddd",
    "bar": "#303030",
    "bar-ink": "#b0b0b0",
    "update": "#2a1208",
    "update-ink": "#f0e0d8",
    "update-edge": "#ff6a2a",
}
"""What the style sheet asks for, in the dark theme. The colours of the update mode are used nowhere else."""

_LIGHT = {
    "ground": "#f4f4f0",
    "ink": "#202020",
    "bar": "#dcdcd4",
    "bar-ink": "#404040",
    "update": "#fff0e6",
    "update-ink": "#3a1400",
    "update-edge": "#c23c00",
}

_CONTRAST = {
    "ground": "#000000",
    "ink": "#ffffff",
    "bar": "#000000",
    "bar-ink": "#ffff00",
    "update": "#000000",
    "update-ink": "#ffffff",
    "update-edge": "#ffff00",
}


def _theme(name: str, colours: dict[str, str], *, dark: bool) -> Theme:
    return Theme(
        f"neuralsh-{name}",
        primary=colours["update-edge"],
        foreground=colours["ink"],
        background=colours["ground"],
        surface=colours["bar"],
        dark=dark,
        variables=colours,
    )


THEMES = {
    "dark": _theme("dark", DEFAULTS, dark=True),
    "light": _theme("light", _LIGHT, dark=False),
    "contrast": _theme("contrast", _CONTRAST, dark=True),
}
"""By the name that the setting takes."""
