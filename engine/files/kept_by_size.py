"""What was worked out of texts, kept for who asks next: as much as comes of so many characters, however many texts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

More = ParamSpec("More")
Found = TypeVar("Found")
Asked = Callable[Concatenate[str, More], Found]


def kept_by_size(most: int) -> Callable[[Asked[More, Found]], Asked[More, Found]]:
    """For a function of a text and of what else can be a key. What was asked longest ago goes first; of a text with
    more than a tenth of ``most`` characters nothing is kept: it would push out all others, state by state, while
    somebody types in it.
    """

    def around(work: Asked[More, Found]) -> Asked[More, Found]:
        kept: OrderedDict[Hashable, tuple[int, Found]] = OrderedDict()
        size = 0
        lock = Lock()

        @wraps(work)
        def asked(text: str, /, *args: More.args, **named: More.kwargs) -> Found:
            nonlocal size
            key = text, args, tuple(named.items())
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key][1]
            found = work(text, *args, **named)
            if len(text) * 10 <= most:
                with lock:
                    size += len(text) - kept.pop(key, (0, found))[0]
                    kept[key] = len(text), found
                    while size > most:
                        size -= kept.popitem(last=False)[1][0]
            return found

        return asked

    return around
