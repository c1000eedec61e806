"""``python -m tests.lsp.random_typing REGION SEED EDITS``: a region edited at random through the protocol.

A real client types into files of the region and of the modules below it, in the units that the protocol counts, and
writes, renames and deletes others on the disk, in encodings as they come; what is told of each file is compared with
what a check finds in the same files saved elsewhere.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from engine.rulebook.problems import RulebookError
from tests.session.random_edits import edited

ROOT = Path(__file__).parents[2]
_TYPED = (
    "：",
    "，",
    "“",
    "”",
    "\t",
    "𠮷",
    "😀",
    "\r\n",
    "\n",
    " ",
    "\ufeff",
    "甲",
    "1",
    ":",
    "}",
    '"',
    "#",
    "　",
    "%",
    "- ",
)
PATIENCE = 100
Told = tuple[str, int, str, str]


class Typing:
    """``shown``: the folder that the editor has open; ``saved``: the same files as they would be saved."""

    def __init__(self, top: Path, region: str, seed: int) -> None:
        self.shown, self.saved, self.region = top / "shown", top / "saved", region
        self.rng = random.Random(seed)
        self.client = LanguageClient("typing", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.told: dict[str, list[lsp.Diagnostic]] = {}
        self.heard: dict[str, asyncio.Event] = {}
        self.regions: set[str] = set()
        for place in (self.shown, self.saved):
            for name in ("regions", "rules"):
                shutil.copytree(ROOT / name, place / name)

    def files(self) -> list[str]:
        """Of the region, and of what it inherits."""
        book = load(Located(ROOT / "regions" / self.region, None))
        found = []
        for folder in dict.fromkeys(layer.folder for layer in book.layers):
            for suffix in ("yaml", "csv"):
                found += [path.relative_to(ROOT).as_posix() for path in folder.rglob(f"*.{suffix}")]
        return sorted(dict.fromkeys(found))

    def uri(self, file: str) -> str:
        return (self.shown / file).as_uri()

    async def wait(self, file: str) -> None:
        """Until the file was told of."""
        await asyncio.wait_for(self.heard[file].wait(), 120)

    async def settled(self) -> tuple[set[Told], set[Told]]:
        """What is said and what is right, once they are the same, or for good: regions are told of in turn."""
        right = self.right()
        for _ in range(PATIENCE):
            if self.said() == right:
                break
            await asyncio.sleep(0.1)
        return self.said(), right

    def expect(self, file: str) -> None:
        self.heard[file] = asyncio.Event()

    async def open(self, file: str) -> None:
        self.texts[file] = (self.saved / file).read_bytes().decode()
        self.versions[file] = 1
        self.regions.add("/".join(file.split("/")[:2]))
        self.expect(file)
        item = lsp.TextDocumentItem(self.uri(file), "yaml", 1, self.texts[file])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await self.wait(file)

    async def type(self, file: str) -> str:
        """One edit of a file that is open, as a range in units of UTF-16."""
        before = self.texts[file]
        if self.rng.random() < 0.5:
            at = self.rng.randrange(len(before) + 1)
            end = min(at + self.rng.choice((0, 0, 0, 1, 3, 40)), len(before))
            after = before[:at] + self.rng.choice((*_TYPED, "")) + before[end:]
        else:
            after = edited(before, self.rng)
        start, stop, new = difference(before, after)
        self.texts[file], self.versions[file] = after, self.versions[file] + 1
        self.expect(file)
        about = lsp.VersionedTextDocumentIdentifier(self.versions[file], self.uri(file))
        change = lsp.TextDocumentContentChangePartial(lsp.Range(place(before, start), place(before, stop)), new)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(about, [change]))
        (self.saved / file).write_bytes(after.encode())
        await self.wait(file)
        return f"typed {new[:20]!r} over {before[start:stop][:20]!r}"

    async def put_back(self, file: str) -> str:
        """Closed without being saved, or with what it said first."""
        self.expect(file)
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(self.uri(file))))
        del self.texts[file]
        (self.saved / file).write_bytes((self.shown / file).read_bytes())
        await self.wait(file)
        return "closed"

    async def on_disk(self, file: str) -> str:
        """Another program writes, takes away or renames a file."""
        path, how = self.shown / file, self.rng.choice(("gone", "renamed", "bom", "crlf", "gb18030", "edited", "new"))
        if path.name in ("region.yaml", "module.yaml"):
            how = "edited"  # without its head a module is sought elsewhere, where nobody types
        if how != "new" and not path.is_file():
            how, data = "back", (ROOT / file).read_bytes()
        else:
            data = path.read_bytes() if path.is_file() else b""
        text = data.decode("utf-8", "replace")
        written = {
            "bom": "\ufeff".encode() + data, "crlf": text.replace("\n", "\r\n").encode(),
            "gb18030": text.encode("gb18030"), "edited": edited(text, self.rng).encode(), "back": data,
        }  # fmt: skip
        for top in (self.shown, self.saved):
            here = top / file
            if how in written:
                here.parent.mkdir(parents=True, exist_ok=True)
                here.write_bytes(written[how])
            elif how == "new":
                here.with_name("新写的.yaml").write_text("新写的: {粒度: 病例, 公式: 费用 +}\n", "utf-8")
            else:
                if how == "renamed":
                    here.with_name(f"别名{here.suffix}").write_bytes(here.read_bytes())
                here.unlink()
        head = f"regions/{self.region}/region.yaml"
        self.expect(head)
        event = lsp.FileEvent(self.uri(file), lsp.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
        await self.wait(head)
        return how

    def right(self) -> set[Told]:
        """Of the region, and of each module of which a file was open: it is told of by itself, too."""
        found: set[Told] = set()
        for region in sorted(self.regions):
            folder = self.saved / region
            try:
                problems = check_book(load(Located(folder, None)))
            except RulebookError as error:
                problems = error.problems
            found |= {
                (
                    self._name(one.place.file, folder), max(one.place.line, 1), one.code,
                    one.message.replace("saved", "shown"),
                )
                for one in problems
            }  # fmt: skip
        return of_rules(found)

    def _name(self, file: str, folder: Path) -> str:
        path = Path(file).absolute() if file else folder / "region.yaml"
        heads = (folder / name for name in ("region.yaml", "module.yaml"))
        path = path if path.is_file() else next((head for head in heads if head.is_file()), folder)
        return path.relative_to(self.saved).as_posix()

    def said(self) -> set[Told]:
        told = {
            (file, one.range.start.line + 1, str(one.code), one.message.split("\n→ ")[0])
            for file, found in self.told.items()
            for one in found
            if one.source == "casemix" and str(one.code)[:1] in "EWI"
        }
        return of_rules(told)

    async def run(self, edits: int) -> int:
        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            file = Path(to_fs_path(params.uri) or "").relative_to(self.shown).as_posix()
            self.told[file] = list(params.diagnostics)
            self.heard.setdefault(file, asyncio.Event()).set()

        wrong = 0
        await self.client.start_io(sys.executable, "-m", "engine", "lsp")
        try:
            await self.client.initialize_async(
                lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=self.shown.as_uri())
            )
            files = self.files()
            await self.open(f"regions/{self.region}/region.yaml")
            for number in range(1, edits + 1):
                file, done = await self._step(files)
                said, right = await self.settled()
                if said != right:
                    wrong += 1
                    print(f"{number} {file} {done}")
                    for head, some in (("too much", said - right), ("missing", right - said)):
                        for one in sorted(some)[:5]:
                            print(f"  {head}: {one}", flush=True)
        finally:
            await self.client.shutdown_async(None)
            self.client.exit(None)
            await self.client.stop()
        return wrong

    async def _step(self, files: list[str]) -> tuple[str, str]:
        if len(self.texts) > 4:
            file = self.rng.choice(list(self.texts)[1:])
            return file, await self.put_back(file)
        file = self.rng.choice(files)
        if file not in self.texts and self.rng.random() < 0.3:
            return file, await self.on_disk(file)
        if not file.endswith(".yaml") or not (self.shown / file).is_file():
            return file, await self.on_disk(file)
        try:
            if file not in self.texts:
                await self.open(file)
        except UnicodeDecodeError:
            return file, await self.on_disk(file)
        return file, await self.type(file)


def of_rules(told: set[Told]) -> set[Told]:
    """Without what is wrong with how examples are written, which editors are told of and a check of rules is not."""
    return {one for one in told if "tests" not in Path(one[0]).parts}


def difference(before: str, after: str) -> tuple[int, int, str]:
    """From where to where the first text is another, and what stands there in the second; no line end is cut."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    stop, end = len(before), len(after)
    while stop > start and end > start and before[stop - 1] == after[end - 1]:
        stop, end = stop - 1, end - 1
    while start and before[start - 1] == "\r":
        start -= 1
    if (
        before[stop : stop + 1] == "\n"
        and before[stop - 1 : stop] == "\r"
        or before[stop : stop + 1] == "\n" == after[end : end + 1]
    ):
        stop, end = stop + 1, end + 1
    return start, stop, after[start:end]


def place(text: str, offset: int) -> lsp.Position:
    line = text.count("\n", 0, offset)
    begun = text.rfind("\n", 0, offset) + 1
    return lsp.Position(line, len(text[begun:offset].encode("utf-16-le")) // 2)


def main(region: str, seed: int, edits: int) -> int:
    with tempfile.TemporaryDirectory(prefix="casemix-typing-") as folder:
        wrong = asyncio.run(Typing(Path(folder), region, seed).run(edits))
    print(f"{region} {seed}: {edits} edits through the protocol, {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
