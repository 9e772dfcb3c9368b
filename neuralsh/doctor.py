"""``neuralsh doctor``: what is there, what is not, and what to do about it."""

import json
import shutil
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass

from neuralsh.errors import DONE, FAILED, one_line
from neuralsh.machines import load_machine
from neuralsh.paths import find_home
from neuralsh.showing.detect import Display, detect


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found.

    Attributes:
        name: what was looked for.
        fine: whether it is there and works.
        needed: whether the shell cannot run without it.
        detail: what was found.
        advice: what to do, if it is not fine or could be better; else empty.
    """

    name: str
    fine: bool
    needed: bool
    detail: str
    advice: str = ""


def run_doctor(options: Namespace) -> int:
    """Look at everything and print it; 1 if something the shell needs is not there."""
    findings = [look(options) for look in LOOKS]
    if options.json:
        print(json.dumps({finding.name: asdict(finding) for finding in findings}))
    else:
        for finding in findings:
            mark = "ok" if finding.fine else "MISSING" if finding.needed else "missing"
            print(f"{finding.name:<10} {mark:<8} {finding.detail}")
            if finding.advice:
                print(f"{'':<19} -> {finding.advice}")
    return DONE if all(finding.fine or not finding.needed for finding in findings) else FAILED


def look_at_weights(options: Namespace) -> Finding:
    """Whether the machine loads, its weights checked against their hashes."""
    try:
        machine = load_machine(options.model, options.device)
    except (ValueError, OSError, ImportError) as error:
        return Finding("weights", False, True, one_line(error), "install neuralsh again, or give --model a folder")
    return Finding("weights", True, True, f"{machine.name} on {machine.device}, {machine.weights_hash[:12]}")


def look_at_device(options: Namespace) -> Finding:
    """What torch can run on."""
    try:
        import torch
    except ImportError as error:
        return Finding("device", False, True, one_line(error), "pip install torch")
    if torch.cuda.is_available():
        return Finding("device", True, True, f"cuda: {torch.cuda.get_device_name()}")
    return Finding("device", True, True, f"cpu, {torch.get_num_threads()} threads; no GPU (none is needed)")


def look_at_font(options: Namespace) -> Finding:
    """Whether the shipped font can be read."""
    from model.font.atlas import load_atlas

    try:
        atlas = load_atlas()
    except ValueError as error:
        return Finding("font", False, True, one_line(error), "install neuralsh again")
    return Finding("font", True, True, f"{len(atlas.codes) + len(atlas.fallback_codes)} characters, 8x16 pixels each")


def look_at_home(options: Namespace) -> Finding:
    """Where the history is kept."""
    home = find_home(options.home)
    try:
        home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        return Finding("home", False, False, one_line(error), "give --home a folder that can be written")
    return Finding("home", True, False, str(home.data))


def look_at_graphics(options: Namespace) -> Finding:
    """How frames will be shown."""
    display = detect()
    pixels = display is not Display.TEXT
    advice = "" if pixels else "for pixels use kitty, ghostty, WezTerm, foot or xterm, outside tmux; F2 switches"
    return Finding("graphics", pixels, False, f"frames are shown as {display.value}", advice)


def look_at_tesseract(options: Namespace) -> Finding:
    """Whether the reader of the paper's protocol is there and runs."""
    advice = "apt install tesseract-ocr (for --ocr tesseract and neuralsh eval)"
    try:
        from pytesseract import get_tesseract_version

        version = get_tesseract_version()
    except (ImportError, OSError, SystemExit) as error:
        return Finding("tesseract", False, False, one_line(error), advice)
    return Finding("tesseract", True, False, f"version {version}")


def look_at_sandbox(options: Namespace) -> Finding:
    """Whether `neuralsh record` can make the sandbox its bash runs in."""
    path = shutil.which("bwrap")
    if path is None:
        return Finding(
            "sandbox", False, False, "bwrap is not installed", "apt install bubblewrap (for neuralsh record)"
        )
    return Finding("sandbox", True, False, path)


LOOKS: tuple[Callable[[Namespace], Finding], ...] = (
    look_at_weights,
    look_at_device,
    look_at_font,
    look_at_home,
    look_at_graphics,
    look_at_tesseract,
    look_at_sandbox,
)
"""All that is looked at, in order."""
