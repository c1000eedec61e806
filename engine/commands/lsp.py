"""``casemix lsp``: the language server for editors, on the standard streams."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, stops
from engine.commands.streams import finished


@usage.command("lsp")
@click.option(
    "--vsix", type=click.Path(path_type=Path, dir_okay=False), help="不启动，把 VS Code 扩展写成这个文件（.vsix）"
)
def command(vsix: Path | None) -> None:
    """给编辑器用的语言服务：补全、说明、跳转、改名、改正、排版，边写边查。由编辑器启动，不用自己运行。

    要先装：pip install 'casemix[lsp]'。VS Code 的扩展用 --vsix 写出来，在 VS Code 里“从 VSIX 安装…”。
    """
    if vsix is not None:
        _pack(vsix)
        return
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


def _pack(path: Path) -> None:
    with stops():
        from engine.lsp.packed import pack

        pack(path)
        finished(str(path))
        console().print(f"[green]✓[/] 写好 {escape(str(path))}")
        cure = "在 VS Code 里：左边“扩展”，右上角 …，从 VSIX 安装…，选这个文件"
        print_folded(console(), cure, "    → ", style="green")
