"""``casemix workbench``: the pages in a browser, for one person on their own machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, stops


@usage.command("workbench")
@click.argument(
    "folder", default=".", metavar="[FOLDER]", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="在哪个端口；不写就找一个空着的")
@click.option("--no-browser", is_flag=True, help="只打印链接，不打开浏览器")
def command(folder: Path, port: int, no_browser: bool) -> None:
    """在浏览器里看、改、算 FOLDER（不写是当前文件夹）里的地区。只有这台机器上的这个链接能打开。

    要先装：pip install 'casemix[workbench]'。
    """
    try:
        from engine.workbench.server import serve
    except ImportError as error:
        if error.name is None or error.name.split(".")[0] not in ("nicegui", "fastapi", "uvicorn", "starlette"):
            raise
        errors().print("[red]停止[/] 工作台要先装 nicegui")
        errors().print("  → pip install 'casemix\\[workbench]'", style="green")
        sys.exit(1)
    screen = console()
    folder = working_folder(folder)
    if not (folder / "regions").is_dir():
        screen.print(f"{escape(str(folder))} 里没有 regions 文件夹：看到的、改到的是随软件来的地区。", style="yellow")

    def said(link: str) -> None:
        screen.print(f"工作台开在 {escape(str(folder.resolve()))}，链接（只给自己用，里面有令牌）：")
        screen.print(f"  {escape(link)}", style="cyan")
        screen.print("停下按 Ctrl-C；没有存的编辑会留着。", style="dim")
        sys.stdout.flush()

    with stops():
        try:
            serve(folder, port, said, opens=not no_browser)
        except KeyboardInterrupt:
            screen.print("工作台停下了。", style="dim")


def working_folder(folder: Path) -> Path:
    """The folder that holds ``regions``: of ``regions`` itself, or of a region in it, it is the one above."""
    folder = folder.resolve()
    if not (folder / "regions").is_dir():
        for inner in (folder, *folder.parents[:1]):
            if inner.name == "regions":
                return inner.parent
    return folder
