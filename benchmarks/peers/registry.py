"""Who is compared, in the order of the tables. A peer that is not installed is not imported."""

from importlib import import_module

from benchmarks.peers.peer import Peer

MODULES = {
    "casemix": "casemix",
    "zen_graph": "zen-engine",
    "zen_formulas": "zen-engine",
    "openfisca": "openfisca-core",
    "cel_rust": "common-expression-language",
    "cel_cpp": "cel-expr-python",
    "cel_python": "cel-python",
    "rule_engine_rules": "rule-engine",
    "simpleeval_formulas": "simpleeval",
}
"""Module to what has to be installed for it."""
DISTRIBUTIONS = [name for name in dict.fromkeys(MODULES.values()) if name != "casemix"]


def peer(module: str) -> Peer:
    found = import_module(f"benchmarks.peers.{module}").PEER
    assert isinstance(found, Peer)
    return found
