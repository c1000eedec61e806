"""A city whose rules and examples a test may change, with drafts of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CITY = Path(__file__).parents[2] / "regions" / "yunxi-demo"
CHAPTER = "第三章 病组和点数.yaml"
EXAMPLES = "tests/点数和结算.yaml"
EXAMPLE = "第八条 第二个手术"
"""Its second row gives a case whose second operation is of a group of 80 points, at 50 %: 40 points more."""


def copied(to: Path, patch: pytest.MonkeyPatch) -> Path:
    patch.setenv("CASEMIX_DRAFTS", str(to / "drafts"))
    return Path(shutil.copytree(CITY, to / CITY.name))


def at_40_percent(city: Path) -> str:
    """The chapter with another share."""
    text = (city / CHAPTER).read_text("utf-8")
    assert text.count("50%") == 2  # the figure, and the words of the measure
    return text.replace("50%", "40%")
