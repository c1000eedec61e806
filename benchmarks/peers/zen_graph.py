"""ZEN (GoRules): a decision graph of one table and one expression node, in a static loader, compiled when loaded.

Its input node has a JSON schema, so that a record that lacks a field is refused; it costs little.
"""

import json
from typing import Any

import zen

from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import Outcome, Parameters

MULTIPLES = [("null", "0"), ("<= 200", "3"), ("(200..300]", "2.5"), ("(300..500]", "2"), ("> 500", "1.5")]
NUMBER, MAYBE = {"type": "number"}, {"type": ["number", "null"]}
FIELDS = {
    "cost": NUMBER,
    "base": MAYBE,
    "stable": {"type": "boolean"},
    "level_mean": MAYBE,
    "level_coefficient": NUMBER,
    "uplift": NUMBER,
}
FORMULAS = {
    "factor": "level_coefficient + uplift",
    "mean": "level_mean ?? (base == null ? null : MEAN_COST * base / 100 * level_coefficient)",
    "kind": "base == null ? 'blank' : not stable ? 'unstable' : cost <= 0.5 * $.mean ? 'low' "
    ": cost > multiple * $.mean ? 'high' : 'normal'",
    "points": "round($.kind == 'high' ? base * $.factor + (cost / $.mean - multiple) * base * $.factor "
    ": $.kind == 'low' ? min([cost / MEAN_COST * 100, base]) "
    ": $.kind == 'blank' ? cost / MEAN_COST * 100 : base * $.factor, 4)",
    "amount": "round($.points * POINT_VALUE, 2)",
}


def node(kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    usual = {"inputField": None, "outputPath": None, "executionMode": "single"}
    said = {"content": usual | content} if content else {}
    return {"id": kind, "name": kind, "type": kind, "position": {"x": 0, "y": 0}} | said


def schema(renamed: Renamed) -> dict[str, Any]:
    """What a record has to look like. A misspelt name of the rule is none of its fields; a Chinese one would be."""
    others = {key: other for key, other in renamed.items() if not other.isascii()}
    fields = {others.get(key, key): kind for key, kind in FIELDS.items()}
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def graph(parameters: Parameters, renamed: Renamed) -> dict[str, Any]:
    """The rule as a JSON decision model."""
    table = {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": "i", "name": "base", "field": "base"}],
        "outputs": [{"id": "o", "name": "multiple", "field": "multiple"}],
        "rules": [{"_id": f"r{n}", "i": when, "o": then} for n, (when, then) in enumerate(MULTIPLES)],
    }
    formulas = [{"id": key, "key": key, "value": written(text, renamed, parameters)} for key, text in FORMULAS.items()]
    nodes = [
        node("inputNode", {"schema": json.dumps(schema(renamed))}),
        node("decisionTableNode", table),
        node("expressionNode", {"passThrough": False, "expressions": formulas}),
        node("outputNode"),
    ]
    ends = zip(nodes, nodes[1:], strict=False)
    edges = [{"id": a["id"], "sourceId": a["id"], "targetId": b["id"], "type": "edge"} for a, b in ends]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


class ZenGraph(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        content = {"rule": graph(parameters, renamed)}
        self.engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})

    def price(self, record: Record) -> Any:
        return self.engine.evaluate("rule", record)["result"]

    def outcome(self, answer: Any) -> Outcome:
        return super().outcome((answer["kind"], answer["points"], answer["amount"]))


def quotient(a: float, b: float) -> Any:
    return zen.evaluate_expression("a / b", {"a": a, "b": b})


PEER = Peer("ZEN graph", "zen-engine", "decimal, 28 digits", "decision graph, static loader", ZenGraph, quotient)
