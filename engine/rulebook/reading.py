"""What every kind of entry is read from: formulas, declared types, provenance; what is wrong is gathered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from engine.files.named_files import DISK, Files
from engine.language.parse import SyntaxProblem, parse_cell, parse_expression
from engine.language.types import NUMBER, Kind, Type, parse_unit
from engine.rulebook.class_words import NO_WORDS, ClassWords, as_written, must_be_quoted
from engine.rulebook.constants import read_type
from engine.rulebook.in_force import retroactive_from
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import OFFICIAL, Formula, Provenance
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Place, Problem
from engine.rulebook.written import says_yes, text_of, words_of

MOST_OF_A_PATH = 200
_UNITS_IN_OTHER_WORDS = {
    "百分比": "比例", "百分数": "比例", "百分率": "比例", "人民币": "元", "圆": "元", "块": "元", "RMB": "元",
    "倍数": "倍",
}  # fmt: skip


@dataclass
class Reading:
    """``problems`` gathers what is wrong with the entries read; ``words``: the classes of the rulebook; ``files``:
    where tables in files are read from.
    """

    problems: list[Problem]
    words: ClassWords = ClassWords()
    files: Files = DISK

    def provenance(self, raw: RawEntry, body: Mapping | None = None, place: Place | None = None) -> Provenance:
        """依据, 状态 and 说明 of an entry, or of a branch, row or field of it, which has the entry's unless its own."""
        body = body or raw.body
        earlier = retroactive_from(raw)
        return Provenance(
            cite=text_of(body.get("依据")) or text_of(raw.body.get("依据")) or raw.cite,
            status=text_of(body.get("状态")) or text_of(raw.body.get("状态")) or raw.status or OFFICIAL,
            note=text_of(body.get("说明")),
            layer=raw.layer,
            place=place or raw.place,
            retroactive=(earlier, raw.since) if earlier is not None and raw.since is not None else None,
        )

    def formula(
        self, node: Yaml | None, cell: bool = False, classes: frozenset[str] = NO_WORDS
    ) -> Formula | None:  # fmt: skip
        """The formula, or the condition ``cell``, that a text writes; ``None`` if there is none or it is no formula.

        ``classes``: of what it gives, or is a condition on; such a class may stand alone whatever it looks like.
        """
        if not isinstance(node, Scalar) or node.unreadable:
            return None
        text = node.text.strip()
        lead = len(node.text) - len(node.text.lstrip())
        class_alone = as_written(text, classes, cell) if classes else None
        if class_alone is not None:
            return Formula(text, class_alone, node.at(lead), node)
        try:
            parsed = (parse_cell if cell else parse_expression)(text)
        except SyntaxProblem as problem:
            place = node.at(lead + problem.column)
            code, what = ("E302", "公式太大") if problem.too_large else ("E301", "公式看不懂")
            seen = " ".join(problem.text.split())
            hint = "" if problem.too_large else f"看这里：{_around(problem.text, problem.column) or seen[:40]}"
            bare = self.words.unquoted(text)
            if bare and not problem.too_large:
                hint = must_be_quoted(bare)
            self.problems.append(Problem(code, place, f"{what}：{problem.message}", hint, problem.caret()))
            return None
        return Formula(text, parsed, node.at(lead), node)

    def declared_type(self, body: Mapping) -> Type | None:
        """What 类别, 单位 or 类型 declare; ``None`` where nothing does."""
        classes, unit, kind = body.get("类别"), body.get("单位"), body.get("类型")
        if isinstance(classes, Sequence):
            return Type(Kind.CLASS, classes=tuple(words_of(classes)), many=says_yes(body.get("多值")))
        if isinstance(unit, Scalar):
            parsed = parse_unit(unit.text)
            if parsed is None:
                self.add(
                    "E403",
                    unit,
                    f"不认识单位 {unit.text}",
                    f"{_unit_meant(unit.text)}单位由 元、点、天 相乘除，或 倍、比例、岁 等标签",
                )
                return NUMBER
            return NUMBER.with_unit(parsed)
        if kind is not None:
            read = read_type(kind)
            if read is None:
                self.add("E404", kind, "不认识这个类型", "写 文本、日期、年月、是否、数、单位、[取值…] 或 → 表")
                return None
            return replace(read[0], many=says_yes(body.get("多值")))
        return None

    def add(self, code: str, where: Yaml | Place, message: str, hint: str = "") -> None:
        place = where if isinstance(where, Place) else where.place
        self.problems.append(Problem(code, place, message, hint))

    def inside_folder(self, node: Scalar, folder: Path) -> bool:
        """Whether a path stays in the folder of the rules, links followed."""
        path = text_of(node)
        parts = path.replace("\\", "/").split("/")
        strange = path.startswith(("/", "\\", "~")) or ".." in parts or ":" in path or len(path) > MOST_OF_A_PATH
        if strange or not self.files.resolve(folder / path).is_relative_to(self.files.resolve(folder)):
            self.add("E314", node, f"{path[:60]} 不是本文件夹里的文件", "写相对路径，如 tables/名字.csv")
            return False
        return True


def _around(text: str, column: int) -> str:
    """The words about a place, with a mark where it is."""
    before, after = text[max(0, column - 12) : column], text[column : column + 12]
    if not before and not after:
        return ""
    cut = "…" if column > 12 else ""
    more = "…" if column + 12 < len(text) else ""
    return " ".join(f"{cut}{before}▸{after}{more}".split("\n"))


def _unit_meant(unit: str) -> str:
    """“是不是 …？” for a unit in other words; how money in 万元 is written."""
    if unit in ("万元", "亿元"):
        return f"金额的单位写 元，取值换成元：1 {unit} 是 {10_000 if unit == '万元' else 100_000_000}；"
    half = unit.replace("／", "/").replace("＊", "*").replace("×", "*").replace(" ", "").strip("“”‘’\"'")
    meant = _UNITS_IN_OTHER_WORDS.get(unit.upper(), half if half != unit and parse_unit(half) is not None else "")
    return f"是不是 {meant}？" if meant else ""
