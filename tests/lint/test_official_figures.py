"""Every official figure of the shipped rules, held against the public document that it cites, where that is at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.lint.all import linted
from engine.measure.taken_in import take_in
from engine.rulebook.book import load

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "sources"
TITLES = {
    "000": "起草说明",
    "001": "按病种付费医疗保障经办管理规程",
    "002": "广西基本医疗保险支付方式改革实施方案",
    "003": "济源产城融合示范区基本医疗保险按病组",
    "004": "关于促进三医协同发展优化医保 DRG 点数付费政策的通知",
}
AT_LEAST = 65
"""Official figures that are held against a text, of all regions and modules together; 0 and 1 say nothing."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOURCES.is_dir(), reason="the public documents are not here"),
]


@pytest.fixture(scope="module")
def with_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rules with the text of every document that there is."""
    root = tmp_path_factory.mktemp("with_texts")
    for name in ("regions", "rules"):
        shutil.copytree(ROOT / name, root / name)
    for folder in folders(root):
        for document in documents(folder):
            source = next((number for number, title in TITLES.items() if title in document[1]), None)
            if source is not None:
                (file,) = SOURCES.glob(f"{source}_*.txt")
                take_in(load(folder), file, document[0], None, replace=False)
    return root


def folders(root: Path) -> list[Path]:
    heads = (*root.glob("regions/*/region.yaml"), *root.glob("rules/*/module.yaml"))
    return sorted(head.parent for head in heads)


def documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Those that the folder's own head names: short name, title."""
    for layer in load(folder).layers:
        if layer.folder == folder:
            yield from ((one.name, one.title) for one in layer.documents.values() if one.text is None)


def test_every_official_figure_stands_in_what_it_cites(with_texts: Path) -> None:
    compared, not_there, left = 0, [], []
    for folder in folders(with_texts):
        found = linted(load(folder))
        compared += found.figures.compared
        not_there += [f"{folder.name}: {one.message}" for one in found.findings if one.code == "L301"]
        left += [f"{folder.name}: {reason} {count}" for reason, count in found.figures.without.items()]
    assert not_there == []
    assert left == []
    assert compared >= AT_LEAST
