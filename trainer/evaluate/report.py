"""From the scores of sessions to figures by family and overall, and to tables beside the paper's."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from torch import Tensor

from trainer import metrics
from trainer.evaluate.learned import fvd
from trainer.evaluate.ocr import Ocr, over_videos
from trainer.evaluate.rollout import WAYS
from trainer.evaluate.score import NEAR, TurnScore

if TYPE_CHECKING:
    from trainer.evaluate.clean import SessionScores

PAPER = {"char_acc": 0.54, "exact_line": 0.31, "psnr": 26.89, "ssim": 0.867, "vae_psnr": 40.77, "vae_ssim": 0.989}
"""The best figures of NCCLIGen in the paper; PSNR and SSIM with detailed captions, the VAE at 13 px."""

ALL = "all"


def summary_of(sessions: "Sequence[SessionScores]") -> dict[str, Any]:
    """The figures of the suite: `ways` (by way: `families` with `all`, `ocr_cells`, `ocr_tesseract`),
    `tesseract_on_true_frames`, `autoencoder`."""
    ways: dict[str, Any] = {}
    for way in WAYS:
        scores = [session.ways[way] for session in sessions]
        commands = [score for one in scores for score in one.commands]
        names = sorted({score.family for score in commands})
        families = {name: figures([score for score in commands if score.family == name]) for name in names}
        ways[way] = {
            "families": families | {ALL: figures(commands)},
            "held_out_lines": _share([score.exact for score in commands if score.held_out_line]),
            "ocr_cells": _ocr([one.cells for one in scores]),
            "ocr_tesseract": _ocr([one.tesseract for one in scores if one.tesseract]),
            "lpips": _number(metrics.mean(value for one in scores for value in one.lpips)),
            "fvd": _fvd([session.film for session in sessions], [one.film for one in scores]),
        }
    pairs = [pair for session in sessions for pair in session.autoencoder]
    return {
        "sessions": len(sessions),
        "ways": ways,
        "tesseract_on_true_frames": _ocr([session.ceiling for session in sessions if session.ceiling]),
        "autoencoder": {
            "psnr": _number(metrics.mean(psnr for psnr, _ in pairs)),
            "lowest_psnr": _number(min((psnr for psnr, _ in pairs), default=math.nan)),
            "ssim": _number(metrics.mean(ssim for _, ssim in pairs)),
            "frames": len(pairs),
        },
    }


def figures(scores: Sequence[TurnScore]) -> dict[str, Any]:
    """The figures of some commands."""
    changed = sum(score.changed for score in scores)

    def of_changed(right: Callable[[TurnScore], int]) -> float | None:
        return round(sum(map(right, scores)) / changed, 6) if changed else None

    return {
        "commands": len(scores),
        "exact": _share([score.exact for score in scores]),
        "pixel_near": _share([score.pixel_near for score in scores]),
        "pixel_exact": _share([score.pixel_exact for score in scores]),
        "psnr": _number(metrics.mean(score.psnr for score in scores)),
        "ssim": _number(metrics.mean(score.ssim for score in scores)),
        "char_acc": _number(metrics.mean(score.char_acc for score in scores)),
        "exact_line": _number(metrics.mean(score.exact_line for score in scores)),
        "changed_cells": changed,
        "changed_exact": of_changed(lambda score: score.changed_exact),
        "changed_near": of_changed(lambda score: score.changed_near),
        "changed_read": of_changed(lambda score: score.changed_read),
    }


def _share(right: Sequence[bool]) -> dict[str, Any]:
    """A share with its Wilson 95 % interval."""
    low, high = metrics.wilson(sum(right), len(right))
    share = sum(right) / len(right) if right else math.nan
    return {"right": sum(right), "of": len(right), "share": _number(share), "low": _number(low), "high": _number(high)}


def _ocr(videos: Sequence[Ocr]) -> dict[str, Any] | None:
    """Means over videos; None without any."""
    if not videos:
        return None
    mean = over_videos(videos)
    return {
        "char_acc": _number(mean.char_acc),
        "exact_line": _number(mean.exact_line),
        "videos": len(videos),
        "frames": mean.frames,
    }


def _fvd(truth: Sequence[Tensor | None], drawn: Sequence[Tensor | None]) -> float | None:
    """Of films, one a session; None where they were not asked for, or are fewer than two."""
    films = [[film for film in films if film is not None] for films in (truth, drawn)]
    return _number(fvd(*films)) if min(map(len, films)) > 1 else None


def _number(value: float) -> float | None:
    """To six places; None for what could not be computed (JSON knows no NaN)."""
    return None if math.isnan(value) else round(value, 6)


def tables_of(summary: dict[str, Any], suite: str, machine: str) -> list[RenderableType]:
    """The tables of a suite: one a way by family, and one beside the paper's figures."""
    tables: list[RenderableType] = [_family_table(suite, way, figures) for way, figures in summary["ways"].items()]
    return [*tables, _paper_table(summary, suite, machine)]


def _family_table(suite: str, way: str, way_figures: dict[str, Any]) -> Table:
    known = way_figures["held_out_lines"]
    table = Table(
        title=f"{suite}, {way}: {way_figures['families'][ALL]['commands']} held-out commands",
        caption=(
            f"lines held out by their hash: {_shown_share(known)}; training typed none of them but those without a "
            f"free argument. looks exact: every pixel of the turn's rows, colours and cursor, within {NEAR} of 255. "
            "cells: of those the recording changed, the share that reads as the same character, and that looks exact."
        ),
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    table.add_column("family", no_wrap=True)
    for name in (
        "n",
        "command-exact\n[95 %]",
        "looks\nexact",
        "PSNR",
        "SSIM",
        "char",
        "line",
        "cells\nread",
        "cells\nlook",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for name, row in way_figures["families"].items():
        if name == ALL:
            table.add_section()
        table.add_row(
            name,
            str(row["commands"]),
            _shown_share(row["exact"]),
            _shown(row["pixel_near"]["share"]),
            _shown(row["psnr"], ".1f"),
            *(_shown(row[key]) for key in ("ssim", "char_acc", "exact_line", "changed_read", "changed_near")),
        )
    return table


def _paper_table(summary: dict[str, Any], suite: str, machine: str) -> Table:
    ways = [summary["ways"][way] for way in WAYS]
    read = (ways[0]["ocr_tesseract"] or {}).get("frames", 0)
    table = Table(
        title=f"{suite}, {machine}, beside the paper's NCCLIGen",
        caption=(
            f"Tesseract read {read} frames a way, the cell reader {ways[0]['ocr_cells']['frames']}; its ceiling is "
            "what it reads on true frames against their exact text. The paper's figures are on its own recordings. "
            f"Identical frames count as {metrics.PSNR_CAP:.0f} dB.{_left_out(ways[0])}"
        ),
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    for name in ("figure", "paper", *WAYS, "ceiling"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    ceiling = summary["tesseract_on_true_frames"]
    for key, label in (("char_acc", "char_acc"), ("exact_line", "exact_line")):
        by_tesseract = [_shown((one["ocr_tesseract"] or {}).get(key)) for one in ways]
        table.add_row(f"{label}, Tesseract", f"{PAPER[key]:.2f}", *by_tesseract, _shown((ceiling or {}).get(key)))
        table.add_row(f"{label}, cell reader", "", *(_shown(one["ocr_cells"][key]) for one in ways), "")
    overall = [one["families"][ALL] for one in ways]
    table.add_row("PSNR, dB", f"{PAPER['psnr']:.2f}", *(_shown(one["psnr"], ".2f") for one in overall), "")
    table.add_row("SSIM", f"{PAPER['ssim']:.3f}", *(_shown(one["ssim"]) for one in overall), "")
    for key, label in (("lpips", "LPIPS"), ("fvd", "FVD, r3d_18")):
        if ways[0][key] is not None:
            table.add_row(label, "", *(_shown(one[key]) for one in ways), "")
    table.add_row("command-exact", "", *(_shown_share(one["exact"]) for one in overall), "")
    coder = summary["autoencoder"]
    shown = f"{_shown(coder['psnr'], '.2f')} (lowest {_shown(coder['lowest_psnr'], '.2f')})"
    table.add_row("autoencoder, PSNR, dB", f"{PAPER['vae_psnr']:.2f}", shown, "", "")
    table.add_row("autoencoder, SSIM", f"{PAPER['vae_ssim']:.3f}", _shown(coder["ssim"]), "", "")
    return table


def _left_out(way: dict[str, Any]) -> str:
    """Which metrics were not measured, and what for."""
    missing = [name for key, name in (("lpips", "LPIPS (--lpips)"), ("fvd", "FVD (--fvd)")) if way[key] is None]
    return f" Left out, without weights: {', '.join(missing)}." if missing else ""


def _shown(value: float | None, form: str = ".3f") -> str:
    return "–" if value is None else format(value, form)


def _shown_share(share: dict[str, Any]) -> str:
    """Such as ``0.812 [0.77, 0.85]``."""
    if not share["of"]:
        return "–"
    return f"{share['share']:.3f} [{share['low']:.2f}, {share['high']:.2f}]"
