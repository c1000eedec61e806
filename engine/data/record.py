"""``run.json`` of a result, held against its schema, and the files beside it, held against the hashes that it gives.

Hashes tell that a result is no longer what its run wrote. They are no signature: who changes ``run.json`` too is found
out by the next result that stood on it (``stands_on``), or by an explanation, which works everything out again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.occupied import RUN_FILE
from engine.files.errors import DataError, why
from engine.files.ordinary import read_bytes, resolved
from engine.files.stamps import Seen, seen, sha256_of

WRITES_NOTHING_BACK = (
    "这次运行没有回填的报表，不能当数据用",
    "给那个程序加一张报表，写 回填: 表的名字，再运行一次；它没有要交下去的，就从 --data 里去掉",
)
"""Message and hint for a result that was given as data."""
REFUSED_ROWS_CURE = "看里面每一行的来源、行号和原因，改好原来的数据；--data 写原来的数据"
"""For what a run left of the rows that it refused before it stopped."""

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

LARGEST = 1 << 28
"""Bytes of a ``run.json`` that is still read."""
_KINDS = {
    "object": "一组“名: 值”",
    "array": "列表",
    "string": "文字",
    "integer": "整数",
    "boolean": "true 或 false",
    "null": "null",
}


@dataclass(frozen=True)
class Record:
    """A result that can be stood on. ``place``: where it is, as messages and ``run.json`` have it; ``said``: what its
    ``run.json`` says; ``sha256``: of the bytes of that, by which another result names it.
    """

    place: str
    said: dict[str, Any]
    sha256: str

    @property
    def of(self) -> tuple[str, str, str]:
        """Region, program and period."""
        return self.said["region"], self.said["program"], self.said["period"]


@dataclass(frozen=True)
class FolderRecord(Record):
    """One in ``folder``. ``seen``: what files were that are known to be as the run wrote them: while size and times are
    the same they are not hashed again.
    """

    folder: Path
    seen: dict[str, Seen] = field(default_factory=dict, compare=False)

    def unchanged(self, names: Iterable[str]) -> None:
        """Raises :class:`DataError` unless these files of the result are as the run wrote them."""
        inside = self.folder.resolve()
        for name in names:
            path = self.folder / name
            expected = self.said["files_sha256"].get(name)
            try:
                known = expected and path.resolve().is_relative_to(inside) and path.is_file()
                now = seen(path) if known else None
                same = now is not None and (self.seen.get(name) == now or sha256_of(path) == expected)
            except OSError as error:
                raise DataError(f"{path}：读不出来（{why(error)}）", "检查文件和它的权限") from error
            if not same:
                raise DataError(
                    f"{path}：在那次运行之后改动过或不在了，那次的结果不能再用",
                    "恢复这个文件，或重新运行；要改格式请另存一份",
                )
            if now is not None:
                self.seen[name] = now

    def all_unchanged(self) -> None:
        """The same for every file that the run wrote."""
        self.unchanged(self.said["files_sha256"])


def _where_results_are(folder: Path) -> str:
    """What to write instead of ``folder``: a range of periods has a result in a folder for each."""
    periods = (
        sorted(entry.name for entry in folder.iterdir() if (entry / RUN_FILE).is_file()) if folder.is_dir() else []
    )
    if not periods:
        return "写 casemix run 的 --out 文件夹"
    named = f"{periods[0]} 到 {periods[-1]}，共 {len(periods)} 个" if len(periods) > 3 else "、".join(periods)
    return f"它下面各期的文件夹才是（{named}）：写一期的，如 {folder / periods[0]}"


def _unseen(run_sha256: str) -> bool:
    return False


def read_record(folder: Path, place: str = "", seen_sound: Callable[[str], bool] = _unseen) -> FolderRecord:
    """The record of a result. ``place``: where it will stand, if elsewhere. ``seen_sound``: whether a ``run.json`` of
    this digest was held against its schema before, by this very engine.

    Raises :class:`DataError` for what is no result, or says what no run would say.
    """
    path = folder / RUN_FILE
    try:
        if not path.exists():
            raise DataError(f"{folder} 不是一次运行的输出（没有 {RUN_FILE}）", _where_results_are(folder))
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path}：超过 {LARGEST >> 20} MB，不是运行结果的说明", "写 casemix run 的 --out 文件夹")
        content = read_bytes(path)
    except OSError as error:
        raise DataError(f"{path}：读不出来（{why(error)}）", "检查文件和它的权限") from error
    digest = hashlib.sha256(content).hexdigest()
    said = json.loads(content) if seen_sound(digest) else parsed(content.decode("utf-8", "replace"), str(path))
    return FolderRecord(place or str(resolved(folder)), said, digest, folder)


def written_record(folder: Path) -> FolderRecord:
    """The same of a result that this very process has just written: nobody has to hold it against its schema."""
    content = read_bytes(folder / RUN_FILE)
    return FolderRecord(str(resolved(folder)), json.loads(content), hashlib.sha256(content).hexdigest(), folder)


def parsed(text: str, origin: str) -> dict[str, Any]:
    """What a ``run.json`` says. Raises :class:`DataError` where it is cut short or not as its schema has it."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{origin}：不是运行结果的说明，或不完整", "恢复它，或重新运行") from error
    fault = fault_of(said)
    if fault:
        raise DataError(
            f"{origin}：不完整，或不是这一版 casemix 写的：{fault}",
            "恢复它，或重新运行",
        )
    return said  # type: ignore[no-any-return]


def fault_of(said: object) -> str:
    """What of ``run.json`` is not as its schema has it, in Chinese; nothing if all is well."""
    try:
        error = min(_validator().iter_errors(said), key=lambda found: list(map(str, found.absolute_path)), default=None)
    except RecursionError:
        return "层数太多"
    if error is None:
        return ""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    if error.validator == "required":
        missing = "、".join(name for name in error.validator_value if name not in error.instance)  # type: ignore[operator, union-attr]
        return f"{where}{' ' if where else ''}缺 {missing}"
    if error.validator == "type":
        kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        return f"{where or '全文'} 应是{'或'.join(_KINDS[str(kind)] for kind in kinds)}"
    return f"{where} 的写法不对"


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    text = resources.files("engine.data").joinpath("run.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker(formats=["date"]))
