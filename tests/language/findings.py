"""What the analysis of absence finds in one rule."""

from __future__ import annotations

from engine.check.absence import Absence
from engine.check.absence_uses import Finding, findings
from engine.check.understood import Understood
from engine.rulebook.bind import Binder
from engine.rulebook.model import Rule
from engine.rulebook.scope import Scope


def unguarded_uses_in_rule(scope: Scope, binder: Binder, rule: Rule) -> list[Finding]:
    """All findings of one rule."""
    absence = Absence(scope, Understood(binder))
    found: list[Finding] = []
    for formula, facts in absence.values(rule):
        node = absence.bound(formula, rule)
        if node is not None:
            found.extend(findings(absence, node, rule.grain, facts))
    return found
