"""A name stands for one thing only: a parameter or a check must not hide a field, nor a grain a key."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.local_cause import own_layers
from engine.rulebook.aliases import Alias, aliases
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Check, Grain, Parameter, Provenance, Required, Statement, Table
from engine.rulebook.nodes import Mapping
from engine.rulebook.problems import Place
from engine.rulebook.written import says_yes


def names_stand_for_one_thing(context: Context) -> None:
    """Refuses a parameter or check named like a field, a table or grain named like a key, two equal headings."""
    columns, dimensions = context.snapshot.columns, context.snapshot.dimensions
    for entry in context.entries():
        place = entry.provenance.place
        if isinstance(entry, (Parameter, Check)) and entry.name in columns:
            kind = "参数" if isinstance(entry, Parameter) else "检查"
            tables = "、".join(columns[entry.name])
            rule = (
                f"；一个数管表 {columns[entry.name][0]} 的所有行，就写成规则："
                f"{entry.name}: {{粒度: {columns[entry.name][0]}, 公式: …}}，并在程序的 测算 里列上它"
            )
            context.add(
                "E309",
                place,
                f"{kind} {entry.name} 和表 {tables} 的字段同名，公式里分不清",
                "给它另取一个名字" + (rule if isinstance(entry, Parameter) else ""),
            )
        elif isinstance(entry, (Table, Grain)) and entry.name in dimensions and entry.key != (entry.name,):
            kind = "表" if isinstance(entry, Table) else "粒度"
            context.add(
                "E309",
                place,
                f"{kind} {entry.name} 和一个键同名：键 {entry.name} 自己就是一种粒度",
                "改其中一个的名字",
            )
        elif isinstance(entry, Statement):
            _headings(context, entry)


def rules_are_not_hidden_by_a_field(context: Context) -> None:
    """Refuses a rule of which every program reads a field of the same name, unless the field says 代替规则.

    A rule that is 待定 says nothing yet: a field may stand in for it.
    """
    snapshot = context.snapshot
    if context.program is not None or not snapshot.programs:
        return
    computed = {name for program in snapshot.programs.values() for name in program.compute}
    for rule in snapshot.rules.values():
        tables = snapshot.columns.get(rule.name, [])
        if not tables or rule.name in computed or isinstance(rule.body, Required):
            continue
        if any(_says_instead(snapshot, table, rule.name) for table in tables):
            continue
        where = snapshot.tables[tables[0]].fields[rule.name].provenance.place
        said = rule.provenance.note
        context.add(
            "E321",
            rule.provenance.place,
            f"规则 {rule.name} 没有一个程序会用：表 {'、'.join(tables)} 有同名的字段"
            f"（{where.file} 第 {where.line} 行），公式里读的是字段" + (f"；规则的说明：{said}" if said else ""),
            f"要用规则：删去字段，或在程序的 测算 里列上 {rule.name}；"
            "要用交来的：删去规则（沿用来的写在 删除 里），或给字段写 代替规则: 是",
        )


def other_names_stand_for_one_thing(context: Context) -> None:
    """Refuses a 又名 that is a name already, or stands for two things; a layer above may take it as its own name.

    Where neither of two shared layers knows of the other, it is a warning of the region that brings them together.
    """
    if context.program is not None:
        return
    snapshot = context.snapshot
    order = {layer.name: number for number, layer in enumerate(context.book.layers)}
    own = {layer.name for layer in own_layers(context.book)}
    beneath = {layer.name: {below.name for below in layer.beneath} for layer in context.book.layers}
    seen: dict[str, Alias] = {}
    for alias in sorted(aliases(snapshot.stacked), key=lambda a: (order.get(a.layer, -1), a.scalar.place)):
        named = _provenance_of(snapshot, alias.text)
        other = seen.setdefault(alias.text, alias)
        if named is not None and _may_know(alias.layer, named.layer, own, order):
            where = f"{named.place.file} 第 {named.place.line} 行"
            cure = "又名 写文件里有而这里没有用作名称的；要指那一个，不用写"
            context.add("E309", alias.scalar.place, f"{alias.name} 的又名 {alias.text} 已经是一个名称（{where}）", cure)
        elif named is not None and alias.layer != named.layer and alias.layer not in beneath.get(named.layer, ()):
            _two_shared(context, alias, alias.text, named.place)
        elif other.name != alias.name and _may_know(alias.layer, other.layer, own, order):
            where = f"{other.scalar.place.file} 第 {other.scalar.place.line} 行"
            message = f"{alias.name} 的又名 {alias.text} 也是 {other.name} 的又名（{where}）"
            context.add("E309", alias.scalar.place, message, "留一处：一个名称只指一样")
        elif other.name != alias.name and named is None:
            _two_shared(context, alias, other.name, other.scalar.place)


def _two_shared(context: Context, alias: Alias, other: str, place: Place) -> None:
    """Another name that stands for two things of layers which the region brings together: told at its head."""
    found = context.snapshot.also_called.get(alias.text, alias.text)
    here = alias.scalar.place
    context.add(
        "W326",
        context.book.own.place,
        f"沿用的两处都有 {alias.text}：{alias.name} 的又名（{here.file} 第 {here.line} 行）和 {other}"
        f"（{place.file} 第 {place.line} 行）；show 和提示找到的是 {found}",
        f"两处只留一处；共用的改不了，就在自己的文件夹里用 {alias.text} 作要的那一条的名称",
    )


def _may_know(layer: str, other: str, own: set[str], order: dict[str, int]) -> bool:
    """Whether who wrote ``layer`` sees what ``other`` says: its own, or of the region all that lies below it."""
    return layer == other or (layer in own and order.get(other, -1) <= order.get(layer, -1))


def _provenance_of(snapshot: Snapshot, name: str) -> Provenance | None:
    entry = snapshot.entries.get(name)
    if entry is not None:
        return entry.provenance
    tables = snapshot.columns.get(name)
    return snapshot.tables[tables[0]].fields[name].provenance if tables else None


def names_differ_by_more_than_case(context: Context) -> None:
    """Warns where a name of the region's own differs from another one in the case of its letters only."""
    if context.program is not None:
        return
    snapshot = context.snapshot
    places = {name: entry.provenance for name, entry in snapshot.entries.items()}
    for field, tables in snapshot.columns.items():
        places.setdefault(field, snapshot.tables[tables[0]].fields[field].provenance)
    alike: dict[str, list[str]] = {}
    for name in places:
        if name.lower() != name.upper():
            alike.setdefault(name.lower(), []).append(name)
    own = {layer.name for layer in own_layers(context.book)}
    for names in alike.values():
        names.sort(key=lambda name: (places[name].layer in own, places[name].place, name))
        for name in names[1:] if places[names[-1]].layer in own else ():
            other = places[names[0]].place
            context.add(
                "W323",
                places[name].place,
                f"{name} 和 {names[0]}（{other.file} 第 {other.line} 行）只差字母大小写，是两个名字",
                "本来是一个的，改成一样；确是两个的，改一个，让人分得清",
            )


def _says_instead(snapshot: Snapshot, table: str, field: str) -> bool:
    stacked = snapshot.stacked.get(table)
    if stacked is None:
        return False
    fields = stacked.raw.body.get("字段")
    spec = stacked.fields[field][1] if field in stacked.fields else None
    if spec is None and isinstance(fields, Mapping):
        spec = fields.get(field)
    return isinstance(spec, Mapping) and says_yes(spec.get("代替规则"))


def _headings(context: Context, statement: Statement) -> None:
    seen: set[str] = set()
    for column in statement.columns:
        if column.heading in seen:
            context.add(
                "E309",
                column.place,
                f"报表 {statement.name} 有两列都叫 {column.heading}",
                "一列一个标题；用不着的列删去",
            )
        seen.add(column.heading)
