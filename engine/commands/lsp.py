"""``casemix lsp``: the language server for editors, on the standard streams."""

from __future__ import annotations

import sys

from engine.commands import usage
from engine.commands.screen import errors


@usage.command("lsp")
def command() -> None:
    """给编辑器用的语言服务：补全、说明、跳转、改名、改正、排版，边写边查。由编辑器启动，不用自己运行。

    要先装：pip install 'casemix[lsp]'。
    """
    try:
        from engine.lsp.server import server
    except ImportError as error:
        if error.name is None or error.name.split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        errors().print("[red]停止[/] 语言服务要先装 pygls")
        errors().print("  → pip install 'casemix\\[lsp]'", style="green")
        sys.exit(1)
    with (
        open(0, "rb", closefd=False) as asked,
        open(1, "wb", closefd=False) as answers,
    ):  # not the streams that people read
        server.start_io(asked, answers)
