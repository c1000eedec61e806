"""How a file of a region stands on the disk: its text and the encoding that it is written back in, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.files.csv_text import UTF8, decode, text_and_encoding
from engine.files.errors import DataError, RunStopped

_MARK = "\ufeff"


@dataclass(frozen=True)
class Stands:
    """``text``: with the mark at its beginning and the line ends that it has."""

    text: str = ""
    encoding: str = UTF8

    @property
    def data(self) -> bytes:
        return self.text.encode(self.encoding)


def is_rules(file: str) -> bool:
    """Whether people write the file in an editor, which knows neither marks nor line ends. The others are tables,
    changed cell by cell: every other sign of them stays.
    """
    return file.endswith(".yaml")


def standing(path: Path, file: str) -> Stands:
    """``file`` as the disk has it; empty where there is none. Raises :class:`RunStopped` for one that is no text, or
    would not come out again as it is.
    """
    data = path.read_bytes() if path.is_file() else b""
    if is_rules(file):
        try:
            return Stands(data.decode(UTF8))
        except UnicodeDecodeError:
            raise RunStopped(f"{file} 不是 UTF-8，这里改不了", hint="在编辑器里另存为 UTF-8") from None
    try:
        return Stands(*text_and_encoding(data, file))
    except DataError as error:
        raise RunStopped(f"{error.message}，这里改不了", hint=error.hint) from None


def as_it_stood(text: str, was: Stands, file: str) -> str:
    """What is written in the place of ``was``: of rules with its line ends and its mark, of tables as it is given.

    Raises :class:`RunStopped` where the file would be read as something else.
    """
    if is_rules(file):
        plain = text.replace("\r\n", "\n").removeprefix(_MARK)
        mark = _MARK if was.text.startswith(_MARK) else ""
        return mark + (plain.replace("\n", "\r\n") if "\r\n" in was.text else plain)
    try:
        again = decode(text.encode(was.encoding), file)
    except DataError as error:
        raise RunStopped(f"改成这样以后，{error.message}", hint=error.hint) from None
    if again != text.removeprefix(_MARK):
        raise RunStopped(f"改成这样以后，{file} 的编码分不清了", hint="先把它另存为 UTF-8（带 BOM）的 CSV，再改")
    return text
