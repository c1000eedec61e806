"""The command line: which commands there are. Each is imported when it is called, so that ``--help`` is instant."""

from __future__ import annotations

import gc
import importlib
from typing import Any

import click

from engine import __version__
from engine.commands.streams import kept_streams
from engine.commands.usage import Command, WrongUsage, no_command, translated

COMMANDS = {
    "check": "检查地区的规则：一次列出全部问题和待定项",
    "test": "运行地区自带的例子；--coverage 列出没有例子的地方",
    "run": "用数据运行一个程序，结果写到 --out 文件夹",
    "rows": "结果里的行：筛选、排序、一页一页看，或写成 CSV、Excel",
    "jobs": "在后台做的长任务：排队、进度、取消，关掉终端还在跑",
    "simulate": "试算：规则改了会怎样，用同样的数据算两遍，再比较",
    "compare": "几次运行的结果并排：摘要、去向、变了的金额和类别",
    "price": "给一个个案计价：字段写在命令行或 JSON 里，按公布的表",
    "curve": "一个个案的一个数字变动时，算出来的值怎样变，从哪里起算法不同",
    "explain": "说明一个值怎么算出来的：公式、数字、先试过的情形、条款",
    "show": "看一个地区，或一个名字的来历",
    "readings": "原文留有余地的地方：可以怎样读，默认哪一种，为什么",
    "lists": "待定、读法、暂定的清单，由规则生成；--write 写进地区的 README",
    "plan": "程序运行时要做什么：一步一步，每一列读什么、依据哪一条",
    "sql": "把程序在数据库里执行的查询写成脚本，每列注明规则和条款",
    "synth": "给一个地区造合成的数据，供试算和测速",
    "new": "新建一个地区的文件夹，一建好就能通过检查和例子",
    "text": "把办法的文字（.docx、.pdf、.txt）录入地区的文件夹",
    "articles": "办法的每一条有没有规则，引用的条款和原句对不对得上",
    "tables": "参数、决策表、随目录走的表、例子写成 Excel，改完读回来",
    "lint": "规则没有错，可是难读、容易改漏、和条款对不上的地方",
    "rename": "一个名字处处一起改，或说明为什么改不了",
    "drafts": "工作台里写了、还没有存的：看差别，存，撤销",
    "format": "把规则文件排成一种样子；意思、次序、注释都不变",
    "lsp": "给编辑器用的语言服务，由编辑器启动",
    "workbench": "在浏览器里看、改、算：工作台，只在这台机器上",
    "schema": "写出 YAML 文件的 JSON Schema，供编辑器提示和检查",
}


SELDOM = (50_000, 20, 20)
"""How many objects are made before Python looks for rings among them that nothing leads to: nearly all that a command
makes stays, and looking for garbage every 700 took a tenth of its time."""


class LazyGroup(Command, click.Group):
    """Knows the names and summaries of its commands without importing them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        before = gc.get_threshold()
        gc.set_threshold(*SELDOM)
        try:
            with kept_streams():
                return super().main(*args, **extra)
        finally:
            gc.set_threshold(*before)  # of who calls it from a process of its own

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return importlib.import_module(f"engine.commands.{name}").command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise no_command(args[0], COMMANDS, ctx)
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise translated(error) from None

    def invoke(self, ctx: click.Context) -> object:
        """A command says itself that it was interrupted; this is for the time while it is imported."""
        try:
            return super().invoke(ctx)
        except WrongUsage:
            raise
        except click.UsageError as error:
            raise translated(error) from None
        except KeyboardInterrupt:
            click.echo("已取消 没有写完的结果不会留下", err=True)
            ctx.exit(130)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="casemix", message="%(prog)s %(version)s", help="显示版本")
def main() -> None:
    """医保支付规则引擎：检查、测试、结算、解释一个地区的规则。"""


if __name__ == "__main__":
    main()
