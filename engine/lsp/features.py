"""What a file of the server answers, gathered for the server that takes it in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pygls.lsp.server import LanguageServer

Function = TypeVar("Function", bound=Callable[..., Any])


class Features:
    """Called with a method of the protocol and its options it marks the function that answers."""

    def __init__(self) -> None:
        self._answers: list[tuple[str, object, Callable[..., Any]]] = []
        self._commands: list[tuple[str, Callable[..., Any]]] = []

    def __call__(self, method: str, options: object = None) -> Callable[[Function], Function]:
        def mark(function: Function) -> Function:
            self._answers.append((method, options, function))
            return function

        return mark

    def command(self, name: str) -> Callable[[Function], Function]:
        """Marks what does a command of the editor."""

        def mark(function: Function) -> Function:
            self._commands.append((name, function))
            return function

        return mark

    def put_into(self, server: LanguageServer) -> None:
        for method, options, function in self._answers:
            server.feature(method, options)(function)
        for name, function in self._commands:
            server.command(name)(function)
