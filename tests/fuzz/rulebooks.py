"""Real regions with one file spoilt: read and checked; nothing but problems with a place may come of it."""

from __future__ import annotations

import random
import shutil
from functools import cache
from pathlib import Path

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.problems import RulebookError
from tests.fuzz.bounds import bounded
from tests.fuzz.formulas import badly_said
from tests.fuzz.spoil import bytes_spoilt, text_spoilt

ROOT = Path(__file__).parents[2]


def copied(folder: Path) -> Path:
    """All rules, regions and gallery cities in ``folder``, copied when they are not there yet."""
    if not (folder / "rules").exists():
        shutil.copytree(ROOT / "rules", folder / "rules")
        shutil.copytree(ROOT / "regions", folder / "regions")
        shutil.copytree(ROOT / "tests" / "gallery", folder / "cities", ignore=shutil.ignore_patterns("*.py"))
    return folder


@cache
def _texts() -> list[str]:
    return [p.read_text("utf-8") for kind in ("rules", "regions") for p in sorted((ROOT / kind).rglob("*.yaml"))]


def attempt(seed: int, folder: Path) -> str:
    """One spoilt file; what is wrong with how it was taken, or nothing. The file is as it was afterwards."""
    rng = random.Random(seed)
    there = copied(folder / "copy")
    regions = sorted(path.parent for path in there.glob("*/*/region.yaml"))
    region = rng.choice(regions)
    files = [*_rules(region)] + ([*_rules(there / "rules")] if rng.random() < 0.3 else [])
    file = rng.choice(sorted(files))
    before = file.read_bytes()
    if rng.random() < 0.25:
        after = bytes_spoilt(before, rng)
    else:
        after = text_spoilt(before.decode("utf-8"), rng, _texts()).encode("utf-8", "surrogatepass")
    file.write_bytes(after)
    try:
        with bounded(90):
            try:
                found = check_book(load(region))
            except RulebookError as error:
                found = error.problems
    finally:
        file.write_bytes(before)
    wrong = badly_said(found)
    return f"{region.name} {file.relative_to(there)}: {wrong}" if wrong else ""


def _rules(folder: Path) -> list[Path]:
    files = [p for kind in ("*.yaml", "*.csv") for p in folder.rglob(kind)]
    return [p for p in files if not {"tests", "演示", "示例数据"} & set(p.relative_to(folder).parts)]
