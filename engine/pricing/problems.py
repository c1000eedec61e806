"""The one exception of the Python API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.execute.result import RunStopped
from engine.files.errors import DataError
from engine.language.values import Unresolved
from engine.rulebook.bind_errors import BindError
from engine.rulebook.problems import RulebookError


class CannotPrice(Exception):
    """Wrong rules, wrong published data, or a call that asks for what cannot be: ``message``, ``details``, ``hint``.

    All in Chinese. A wrong value in a case is no exception: the case is priced as rejected, with the reason.
    """

    def __init__(self, message: str, details: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, list(details), hint

    def __str__(self) -> str:
        return "\n".join([self.message, *self.details, *([self.hint] if self.hint else [])])


@contextmanager
def said_once() -> Iterator[None]:
    """Whatever the layers below raise, as :class:`CannotPrice`."""
    try:
        yield
    except RulebookError as error:
        lines = [f"{p.place} {p.code} {p.message}" for p in error.problems]
        raise CannotPrice("规则有错", lines, "用 casemix check 看全部问题") from error
    except DataError as error:
        raise CannotPrice(error.message, hint=error.hint) from error
    except RunStopped as error:
        raise CannotPrice(error.message, error.details, error.hint) from error
    except BindError as error:
        raise CannotPrice(error.message) from error
    except Unresolved as error:
        raise CannotPrice(f"有值无法确定：{error}") from error
