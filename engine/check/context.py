"""What a check looks at: one snapshot, seen by one program in one kind of period, and the entries that matter there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.check.absence import Absence
from engine.check.gathered import Gathered
from engine.check.understood import Understood
from engine.language import tree
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.delivered import WORKED_OUT
from engine.rulebook.model import Check, Entry, Formula, Grain, Program, Rule, Statement
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.parts import Part, names_of, parts
from engine.rulebook.problems import Place, Problem
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import assertions, closure, roots


@dataclass
class Context:
    """``names``: entries to check here; ``whole``: all that there are. ``problems`` gathers what is found, once each.

    ``figures_only``: the entries stand as on an earlier day; only figures differ. ``needs``: what a name depends on, as
    far as it was asked for. ``told``: what was found here, told before or not: of which entry, if it was looked at
    alone, where, and in which words.
    """

    book: Book
    snapshot: Snapshot
    scope: Scope
    binder: Binder
    names: set[str]
    problems: Gathered
    program: Program | None = None
    figures_only: bool = False
    broken: set[str] = field(default_factory=set)
    needs: dict[str, frozenset[str]] = field(default_factory=dict)
    told: list[tuple[str, Place, str]] = field(default_factory=list)
    whole: frozenset[str] = frozenset()
    understood: Understood = field(init=False)
    absence: Absence = field(init=False)
    _tainted: tuple[int, set[str]] | None = None
    _looked_at: str = ""

    def __post_init__(self) -> None:
        self.understood = Understood(self.binder)
        self.absence = Absence(self.scope, self.understood)

    def only(self, names: set[str]) -> Context:
        """The same for some of the entries: what is found or worked out of one counts for the other."""
        found = replace(self, names=names)
        found.understood, found.absence = self.understood, self.absence
        return found

    def entries(self) -> Iterator[Entry]:
        for name in sorted(self.names):
            entry = self.snapshot.entries.get(name)
            if entry is not None:
                self._looked_at = name
                yield entry
        self._looked_at = ""

    def rules(self) -> Iterator[Rule]:
        """The rules that are computed here: not those of which a field of the same name is read."""
        for entry in self.entries():
            if isinstance(entry, Rule) and self.scope.as_rule(entry.name):
                yield entry

    def sound_parts(self, entry: Entry) -> Iterator[tuple[Part, tree.Node]]:
        """The parts of an entry that bind, with their bound trees."""
        for part in parts(entry):
            node = self.try_bind(part)
            if node is not None:
                yield part, node

    def try_bind(self, part: Part) -> tree.Node | None:
        return self.understood.tree(part.formula, part.grain, part.expected, rooted=part.rooted)

    def add(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note a problem; what is wrong only from a later day on says so."""
        self.told.append((self._looked_at, place, message))
        message = message.replace(WORKED_OUT, "")  # people know the rule by the name that they wrote
        if self.problems.has(code, place, message):
            return
        if code in _MAY_CHANGE_WITH_DAYS:
            if self.problems.has_at(code, place):
                return
            if self.snapshot.day != self.book.epochs[0]:
                message += f"（自 {self.snapshot.day} 起）"
        self.problems.add(Problem(code, place, message, hint))

    def at(self, formula: Formula, node: tree.Node | None = None) -> Place:
        """The place of a node within a formula."""
        return formula.at(node)

    def rests_on_broken(self, name: str) -> bool:
        """Whether an entry reads, however far down, one with an error of its own: what follows from it is not told."""
        if not self.broken and not self.ill_written:
            return False
        if self._tainted is None or self._tainted[0] != len(self.broken):
            self._tainted = (len(self.broken), self.resting_on_broken())
        return name in self._tainted[1]

    def resting_on_broken(self) -> set[str]:
        """The broken entries and all that read them, over and over."""
        readers: dict[str, list[str]] = {}
        for name in self.whole:
            entry = self.snapshot.entries.get(name)
            if entry is not None:
                for other in names_of(entry):
                    readers.setdefault(other, []).append(name)
        found: set[str] = set()
        waiting = [*self.broken, *self.ill_written]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(readers.get(name, ()))
        return found

    def rests_on_broken_grain(self, entry: Entry) -> bool:
        """Whether an entry stands at a grain with an error of its own."""
        grain = entry.grain if isinstance(entry, (Rule, Check, Statement)) else ""
        return bool(grain) and grain in self.broken

    @property
    def ill_written(self) -> frozenset[str]:
        return self.snapshot.ill_written

    @property
    def class_words(self) -> frozenset[str]:
        return self.snapshot.class_words

    def written(self, name: str, word: str, text: str = "") -> Place:
        """Where entry ``name`` writes ``text`` under keyword ``word``, as near as can be told."""
        stacked = self.snapshot.stacked.get(name)
        if stacked is None:
            entry = self.snapshot.entries.get(name)
            return entry.provenance.place if entry is not None else Place()
        body = stacked.raw.body
        key = body.key(word)
        if key is None:
            return stacked.raw.place
        return _find(body.get(word), text) or key.place


_MAY_CHANGE_WITH_DAYS = ("E701", "E702", "E703", "E704", "W702", "W703", "W704")


def _find(node: Yaml | None, text: str) -> Place | None:
    """The first scalar with this text in a node; with no text the node itself."""
    if isinstance(node, Scalar):
        return node.at(0) if not text or node.text.strip() == text else None
    if isinstance(node, Sequence):
        found = (_find(item, text) for item in node.items)
    elif isinstance(node, Mapping):
        found = (_find(item, text) for entry in node.entries for item in entry)
    else:
        return None
    return node.place if not text else next((place for place in found if place is not None), None)


def contexts(book: Book, problems: list[Problem]) -> Iterator[Context]:
    """Every snapshot in force, for each program and kind of period it runs in, and once for what no program reaches."""
    seen: list[tuple[Snapshot, set[str]]] = []
    gathered = Gathered(problems)
    for day in book.epochs:
        snapshot = book.at(day)
        known = next((broken for earlier, broken in seen if snapshot.entries == earlier.entries), None)
        broken = set() if known is None else known
        seen.append((snapshot, broken))
        for context in _views(book, snapshot, gathered, broken):
            yield replace(context, figures_only=known is not None)


def _views(book: Book, snapshot: Snapshot, problems: Gathered, broken: set[str]) -> Iterator[Context]:
    """``broken``: what is known to be wrong; what each view finds, while it is looked at, is known to the last one."""
    reached: set[str] = set()
    found: set[str] = set()
    for program in snapshot.programs.values():
        computed = frozenset(program.compute)
        names = closure(snapshot, roots(snapshot, program) | {program.name}, computed)
        for check in assertions(snapshot, program):
            names |= closure(snapshot, {check.name}, computed)
        reached |= names
        for scope in _different_scopes(snapshot, program):
            here = Context(book, snapshot, scope, Binder(scope), set(names), problems, program, whole=frozenset(names))
            here.broken |= broken
            yield here
            found |= here.broken
    broken |= found
    own = {layer.name for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents}
    rest = {
        name
        for name, entry in snapshot.entries.items()
        if name not in reached
        and isinstance(entry, (Rule, Check, Grain, Statement))
        and (not snapshot.programs or entry.provenance.layer in own)  # what a region shares and never runs says nothing
    }
    scope = Scope(snapshot, None, "月")
    names = rest | _always(snapshot)
    yield Context(book, snapshot, scope, Binder(scope), names, problems, broken=broken, whole=frozenset(names))


def _different_scopes(snapshot: Snapshot, program: Program) -> Iterator[Scope]:
    """A scope for each kind of period in which other tables have one row a key: in the others names mean the same."""
    seen: list[frozenset[str]] = []
    for period in program.periods or ("年",):
        scope = Scope(snapshot, program, period)
        fixed = frozenset(table.name for table in snapshot.tables.values() if scope.fixed(table))
        if fixed not in seen:
            seen.append(fixed)
            yield scope


def _always(snapshot: Snapshot) -> set[str]:
    kinds = set(snapshot.tables) | set(snapshot.parameters)
    return kinds | {name for name, check in snapshot.checks.items() if check.kind in ("拒收", "提醒")}
