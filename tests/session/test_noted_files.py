"""Files that note what was asked of them."""

from __future__ import annotations

from pathlib import Path

from engine.files.named_files import DISK
from engine.files.noted_files import NotedFiles


def test_what_was_asked_may_grow_while_it_is_asked_again(tmp_path: Path) -> None:
    """As when a page reads on with rules that another thread looks after."""
    for name in ("甲", "乙"):
        (tmp_path / name).write_text(name)
    first = NotedFiles(DISK)
    first.read(tmp_path / "甲")

    class ReadsOn(NotedFiles):
        def read(self, path: Path) -> bytes:
            first.read(tmp_path / "乙")
            return super().read(path)

    assert ReadsOn(DISK).answers_still(first.answers)
    assert len(first.answers) == 2
