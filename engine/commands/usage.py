"""What the command line says of itself in Chinese: help, and how a command was written wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import partial
from typing import IO, Any

import click


class Command(click.Command):
    """A command whose help is in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        for said, chinese in (("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 …")):
            pieces = pieces.replace(said, chinese)
        formatter.write_usage(ctx.command_path, pieces, "用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        with formatter.section("选项"):
            formatter.write_dl([(names, _in_chinese(text)) for names, text in records])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这个说明"
        return option


command = partial(click.command, cls=Command)


def _in_chinese(text: str) -> str:
    """What click adds at the end in brackets: [default: 5; 0<=x<=10], [required]."""
    help_, bracket, added = text.rpartition("  [")
    if not bracket or not added.endswith("]"):
        return text
    parts = [part.replace("default: ", "默认 ").replace("required", "必填") for part in added[:-1].split("; ")]
    return f"{help_}  〔{'；'.join(parts)}〕"


class WrongUsage(click.UsageError):
    """A command that was written wrongly, in Chinese."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"命令行 {self.message}", file=file, err=file is None)
        if self.ctx is not None:
            click.echo(f"  → 用 {self.ctx.command_path} --help 看怎么写", file=file, err=file is None)


def translated(error: click.UsageError) -> WrongUsage:
    """The same error in Chinese; a message of our own as it is."""
    return WrongUsage(_message(error), error.ctx)


def _message(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}{_or(error.possibilities or ())}"
    if isinstance(error, click.MissingParameter):
        return f"缺 {_hint(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_hint(error)}：{_expected(error)}"
    if isinstance(error, click.BadOptionUsage):
        takes = "does not take" not in error.message
        return f"{error.option_name} 后面{'要写值' if takes else '不写值'}"
    many = error.ctx is not None and error.message.startswith("Got unexpected extra argument")
    return f"多写了 {error.message.partition('(')[2].rstrip(')')}" if many else error.message


def no_command(name: str, there: Iterable[str], ctx: click.Context) -> WrongUsage:
    """A name that is no command."""
    return WrongUsage(f"没有命令 {name}{_or(get_close_matches(name, there))}", ctx)


def _or(near: Sequence[str]) -> str:
    return f"，是不是 {'、'.join(near)}？" if near else ""


def _hint(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "参数")
    return "、".join(param.opts) if isinstance(param, click.Option) else param.make_metavar(error.ctx or _NOWHERE)


def _expected(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return f"应是 {'、'.join(map(str, kind.choices))} 之一"
    if isinstance(kind, click.IntRange):
        low, high = kind.min, kind.max
        return f"应是整数{'' if low is None else f'，最少 {low}'}{'' if high is None else f'，最多 {high}'}"
    if kind is click.INT:
        return "应是整数"
    if isinstance(kind, click.DateTime):
        return "应是日期，如 2025-01-01"
    return error.message


_NOWHERE = click.Context(click.Command("casemix"))
