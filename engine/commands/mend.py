"""What ``casemix check --fix`` shows and writes: mistakes that can mean nothing else, mended."""

from __future__ import annotations

from rich.markup import escape

from engine.commands.screen import console
from engine.commands.streams import finished


def mend_files(region: str, code: str, writes: bool) -> None:
    """Each line that changes; the files are written together, if they are. Raises as ``engine.assist.mend.write``."""
    from engine.assist.mend import diff_lines, mend, write
    from engine.rulebook.layers import shown

    screen = console()
    files = mend(region, code)
    for one in files:
        screen.print(f"[yellow]可以改好[/] {escape(shown(one.path))}")
        for title, times in one.mended.done.items():
            screen.print(f"  · {escape(title)}" + (f" × {times}" if times > 1 else ""))
        for sign, line in diff_lines(one):
            screen.print(f"  {sign}{escape(line)}", style="red" if sign == "-" else "green")
    if not files:
        screen.print("没有只有一种改法的错误")
    elif writes:
        write(files)
        for one in files:
            finished(str(one.path))
        screen.print(f"[green]✓[/] 写了 {len(files)} 个文件")
    else:
        screen.print("什么也没有写；加上 --write 就写。下面是现在的检查：")
