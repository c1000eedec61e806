"""Every picture of the documentation can be taken again, and no text on it is cut."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.pictures import LOOKS, PICTURES, SIZES, TAKEN, Picture, take
from tests.workbench.served import Served

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("picture", TAKEN, ids=lambda picture: picture.name)
@pytest.mark.parametrize("look", LOOKS)
def test_a_picture_is_taken_again(chromium: Any, served: Served, picture: Picture, look: str, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    assert take(chromium, served, picture, 1366, look, file) == []
    kept = (PICTURES / picture.file(1366, look)).read_bytes()
    assert _size(file.read_bytes()) == _size(kept) == (1366, SIZES[1366])


def test_no_picture_is_missing() -> None:
    wanted = {picture.file(width, look) for picture in TAKEN for width in SIZES for look in LOOKS}
    assert wanted <= {path.name for path in PICTURES.glob("*.png")}


def _size(png: bytes) -> tuple[int, ...]:
    return struct.unpack(">II", png[16:24])
