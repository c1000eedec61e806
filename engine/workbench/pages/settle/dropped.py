"""Files that are dropped on the page: into a folder of their own below the working folder, under plain names."""

from __future__ import annotations

import time
from pathlib import Path

from nicegui import ui

from engine.data.places import KINDS
from engine.files.errors import DataError
from engine.workbench.file_names import is_plain
from engine.workbench.workplace import DELIVERIES, Workplace

SUFFIXES = frozenset((*KINDS, ".yaml", ".yml"))
LARGEST, MOST_FILES = 900_000_000, 60
"""Bytes of a file, and files of a delivery, at most."""


NAMED = """(id) => {
  const upload = getHtmlElement(id);
  const CALLED = {clear_all: '拿掉还没有传的', done_all: '拿掉已经收下的', clear: '不传了'};
  const name = () => {
    const input = upload.querySelector('input[type=file]'), picks = input?.closest('.q-btn');
    if (input) {
      input.setAttribute('aria-label', '选文件');
      input.tabIndex = 0;
      picks.removeAttribute('role');
      picks.setAttribute('tabindex', '-1');
    }
    for (const button of upload.querySelectorAll('.q-btn')) {
      const file = button.closest('.q-uploader__file')?.querySelector('.q-uploader__title').textContent;
      const called = file ? `从列表里拿掉 ${file}` : CALLED[button.querySelector('.q-icon')?.textContent];
      if (called && button !== picks) button.setAttribute('aria-label', called);
    }
  };
  if (!upload) return;
  new MutationObserver(name).observe(upload, {childList: true, subtree: true, characterData: true});
  name();
}"""
"""Quasar's buttons have no names, and new ones come with every file. That to pick files has an input inside: the input
itself is what the keyboard reaches.
"""

NOT_TAKEN = """async (id, name) => {
  const list = getElement(id).$refs.qRef;
  for (let tries = 0; tries < 100; tries++) {
    const sent = list.files.filter((one) => one.name === name && one.__status === "uploaded");
    sent.forEach((one) => list.removeFile(one));
    if (sent.length) return;
    await new Promise((later) => setTimeout(later, 50));
  }
}"""
"""The browser marks a file once it was sent: one that was not taken leaves the list again."""


async def named_buttons(id_: int) -> None:
    ui.run_javascript(f"({NAMED})({id_})")


def new_folder(place: Workplace) -> Path:
    """A folder for one delivery; it is made with its first file."""
    return place.folder / DELIVERIES / time.strftime("%Y%m%d-%H%M%S")


def file_in(folder: Path, name: str) -> Path:
    """Where a file of that name goes; it takes the place of an earlier one. Raises :class:`DataError`."""
    plain = Path(name.replace("\\", "/")).name
    if not is_plain(plain):
        raise DataError(
            f"文件名 {ascii(plain[:60]) if not plain.isprintable() else plain[:60]} 不能用",
            "用 表名.csv、表名.xlsx 这样的名字",
        )
    if Path(plain).suffix.lower() not in SUFFIXES:
        raise DataError(f"{plain} 不是表", f"放 {'、'.join(sorted(SUFFIXES))} 文件")
    if folder.is_dir() and len(list(folder.iterdir())) >= MOST_FILES and not (folder / plain).exists():
        raise DataError(f"一次最多 {MOST_FILES} 个文件", "分几次放，或直接放进工作台的文件夹")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / plain
