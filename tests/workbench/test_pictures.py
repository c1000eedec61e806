"""Every picture of the documentation can be taken again, and no text on it is cut."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.pictures import LOOKS, PICTURES, SIZES, TAKEN, Picture, simulated, take
from tests.workbench.served import Served, one_city, serving_apart

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench with a simulation."""
    with serving_apart(tmp_path_factory, "simulated", lambda folder: simulated(one_city(folder))) as found:
        yield found


@pytest.mark.parametrize("picture", TAKEN, ids=lambda picture: picture.name)
@pytest.mark.parametrize("look", LOOKS)
def test_a_picture_is_taken_again(
    chromium: Any, request: pytest.FixtureRequest, picture: Picture, look: str, tmp_path: Path
) -> None:
    file = tmp_path / "picture.png"
    served = request.getfixturevalue("bench" if picture.drafted else "served")
    assert take(chromium, served, picture, 1366, look, file) == []
    kept = (PICTURES / picture.file(1366, look)).read_bytes()
    assert _size(file.read_bytes()) == _size(kept) == (1366, SIZES[1366])


def test_no_picture_is_missing() -> None:
    wanted = {picture.file(width, look) for picture in TAKEN for width in SIZES for look in LOOKS}
    assert wanted <= {path.name for path in PICTURES.glob("*.png")}


def _size(png: bytes) -> tuple[int, ...]:
    return struct.unpack(">II", png[16:24])
