"""The tree at the left on the screen: what is found in it, what is chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from nicegui import ui

from engine.measure.compared import Articles
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.pages.rules.contents import ARTICLE, Contents, contents_of, mark_files

_NODE = {
    ":class": "'wb-node wb-node-' + (props.node.state || '')", ":textContent": "props.node.label", ":id": "undefined",
}  # fmt: skip
"""Of the element that shows a node. It stays the same element when nodes change, as one of a template would not."""
_FOUND = """(node, filter) => {
  const wanted = filter.split(/\\s+/).join("");
  return (node.label + " " + (node.words || "")).includes(wanted);
}"""
"""Whether a node is found: by its label or, of an article, by its text, whatever blanks stand in it."""

_IN_SIGHT = """setTimeout(() => {
  const room = getHtmlElement(ID), chosen = room?.querySelector(".q-tree__node--selected");
  if (chosen) room.scrollTop += chosen.getBoundingClientRect().top - room.getBoundingClientRect().top - 60;
}, 300)"""


class ContentsTree:
    """``chosen`` gets what a node is and what it is called, as :mod:`contents` has them."""

    def __init__(self, desk: Desk, chosen: Callable[[str, str], Awaitable[None]]) -> None:
        self.desk, self.chosen = desk, chosen
        self.contents = Contents()
        self._wanted = self._marked = ""
        self._opened: list[str] = []
        self._tree: ui.tree | None = None
        find = ui.input(placeholder="找条款、名字、文件").props("dense outlined clearable aria-label=找")
        find.on_value_change(lambda event: self._find(_plain(event.value)))
        self.room = ui.element("div").classes("wb-contents-tree")

    async def grow(self, articles: Articles | None) -> None:
        """As the region is now."""
        looked = await aside(self.desk.look)
        self.contents = await aside(contents_of, self.desk, articles, looked.problems)
        if self._tree is None:
            self._tree = self._begun()
        else:  # what is open, chosen, or just being clicked stays where it stands
            self._tree.props["nodes"] = self.contents.nodes
        self._find(self._wanted)

    def _begun(self) -> ui.tree:
        """With documents and what lies in them open."""
        with self.room:
            tree = ui.tree(self.contents.nodes, on_select=lambda event: self._chosen(str(event.value or "")))
        tree.props('dense no-connectors no-nodes-label="没有" no-results-label="没有找到"')
        documents = [node for node in self.contents.nodes if str(node["id"]).startswith("d")]
        opened = [*self.contents.nodes, *(inner for node in documents for inner in node.get("children", ()))]
        tree.props[":filter-method"] = _FOUND
        tree.expand([str(node["id"]) for node in opened])
        with tree.add_slot("default-header"):
            ui.element("span").props.update(_NODE)
        return tree

    async def follow(self) -> None:
        """Drafts and errors are others now; what is open in the tree stays."""
        looked = await aside(self.desk.look)
        if self._tree is not None and await aside(mark_files, self.contents, self.desk, looked.problems):
            self._tree.props["nodes"] = self.contents.nodes

    def mark(self, article: str) -> None:
        """Shows where an article stands."""
        key = next((key for key, meant in self.contents.meant.items() if meant == (ARTICLE, article)), None)
        if self._tree is not None and key is not None:
            self._tree.select(key)
            self._marked = key
            self.room.client.run_javascript(_IN_SIGHT.replace("ID", str(self.room.id)))

    def _find(self, wanted: str) -> None:
        """Shows what is found, with what it lies in opened; what was opened for an earlier search closes again."""
        self._wanted = wanted
        tree = self._tree
        if tree is None:
            return
        tree.props(f'filter="{wanted}"')
        tree.collapse(self._opened)
        open_ = set(tree.props.get("expanded", ()))
        plain = "".join(wanted.split())
        self._opened = [key for key in _above(self.contents.nodes, plain) if key not in open_] if plain else []
        tree.expand(self._opened)

    async def _chosen(self, key: str) -> None:
        """Whoever clicks again on what is marked goes there again."""
        if not key and self._tree is not None:
            self._tree.select(self._marked)
        self._marked = key = key or self._marked
        kind, what = self.contents.meant.get(key, ("", ""))
        if kind:
            await self.chosen(kind, what)


def _above(nodes: Sequence[dict[str, Any]], wanted: str) -> Iterator[str]:
    """The nodes below which something is found, as :data:`_FOUND` finds it."""
    for node in nodes:
        below = node.get("children", [])
        inner = list(_above(below, wanted))
        if inner or any(wanted in f"{one['label']} {one.get('words', '')}" for one in below):
            yield str(node["id"])
            yield from inner


def _plain(text: object) -> str:
    return str(text or "").replace('"', "").replace("\\", "")
