"""``python -m benchmarks [clearing] …``; in its place ``aims …``, ``peers …``, ``one-case …``, ``over-http …``,
``engines …``, ``queries …``.

``clearing`` is the default: the annual clearing by Casemix and by hand. ``peers``: one case rule in other rule engines.
``one-case``: what the price of one case and its explanation take. ``over-http``: the same asked of the workbench.
``engines``: the digests of every region's year on every engine. ``aims``: each speed that was aimed at, as it is today.
``queries``: how many queries a run asks, and what for.
Each has ``--help`` and prints Markdown.
"""

import sys
from importlib import import_module

COMMANDS = {
    "clearing": "benchmarks.clearing",
    "peers": "benchmarks.peers.report",
    "one-case": "benchmarks.one_case",
    "over-http": "benchmarks.over_http",
    "engines": "benchmarks.engines",
    "aims": "benchmarks.aims",
    "queries": "benchmarks.queries",
}


def main(arguments: list[str]) -> None:
    """Hand the arguments to the command that the first one names."""
    name, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in COMMANDS else ("clearing", arguments)
    import_module(COMMANDS[name]).main(rest)


if __name__ == "__main__":
    main(sys.argv[1:])
