"""Commands in Chinese: click's own words, an example under every help, and the options that many commands share."""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import cleandoc
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click

_SECTIONS = {"Options": "选项", "Commands": "命令"}


class Formatter(click.HelpFormatter):
    """Help under Chinese headings, folded and lined up by the width that characters have on a screen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_width": 100})

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """用法 instead of Usage."""
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        """The heading of a section in Chinese."""
        self.write(f"{'':{self.current_indent}}{_SECTIONS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        r"""Paragraphs; one that starts with \b keeps its lines."""
        for number, paragraph in enumerate(re.split(r"\n\s*\n", cleandoc(text))):
            first, *rest = paragraph.split("\n")
            lines = rest if first == "\b" else folded(paragraph.replace("\n", ""), self.width - self.current_indent)
            self.write("\n" if number else "")
            self.write("".join(f"{'':{self.current_indent}}{line}\n" for line in lines))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms and what they mean in two columns."""
        listed = list(rows)
        column = min(max(cells(term) for term, _ in listed), col_max) + col_spacing
        for term, meaning in listed:
            self.write(f"{'':{self.current_indent}}{term}{'':{max(col_spacing, column - cells(term))}}")
            lines = folded(meaning, self.width - self.current_indent - column)
            self.write(f"\n{'':{self.current_indent + column}}".join(lines) + "\n")


def cells(text: str) -> int:
    """The columns that a text takes on a screen."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most so many columns; Chinese breaks anywhere, but not before a mark."""
    lines = [""]
    for piece in re.findall(r"[!-~]+|\s|[（“]?.[，。；：、）”]*", text):
        if lines[-1] and cells(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return lines


class Context(click.Context):
    """A context that formats its help in Chinese."""

    formatter_class = Formatter


class Command(click.Command):
    """A command that shows how it is used: `examples` are whole command lines."""

    context_class = Context

    def __init__(self, *args: Any, examples: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **kwargs})
        self.examples = examples

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """The first sentence of the help."""
        return (self.help or "").partition("。")[0] + "。"

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option with a Chinese description."""
        return _chinese(super().get_help_option(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples after the options."""
        super().format_options(ctx, formatter)
        with formatter.section("例"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class Group(click.Group):
    """A group of commands, listed in the order in which they were added."""

    context_class = Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "", "subcommand_metavar": "命令 [选项] ...", **kwargs})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option with a Chinese description."""
        return _chinese(super().get_help_option(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In our order, not by the alphabet."""
        return list(self.commands)


def _chinese(option: click.Option | None) -> click.Option | None:
    if option:
        option.help = "显示这段说明。"
    return option


def command(name: str, *examples: str) -> Callable[[Callable[..., Any]], Command]:
    """Makes a command of a function; its docstring is the help."""
    return click.command(name, cls=Command, examples=examples)


def store_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--store`, on every command that uses the store."""
    return click.option(
        "--store",
        "folder",
        type=click.Path(path_type=Path),
        default="jihe-store",
        metavar="目录",
        help="存储所在的目录，默认 ./jihe-store。",
    )(function)


def format_option(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--format`, of which the first is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        metavar="|".join(forms),
        help=f"输出格式，默认 {forms[0]}。JSON 一律是 UTF-8。",
    )


def timeout_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--timeout`, on every command that reads documents."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="秒",
        help="一份文件最多读多久，默认 120 秒，装有文字识别（OCR）时 1800 秒；超时的记为未读。",
    )(function)


#: Options that set a limit: its name, by how much the number is multiplied, its least value, its unit, and what it is.
_LIMITS = (
    ("--max-memory", "MEMORY", 1 << 20, 512, "MB", "读一份文件最多用多少内存，默认 4096 MB。"),
    ("--max-size", "BYTES", 1 << 20, 1, "MB", "一份文件最大多少 MB，默认 300；更大的不读。"),
    ("--max-pages", "PAGES", 1, 1, "N", "一份文件最多读几页，默认 5000。"),
    ("--max-ocr", "RECOGNISED", 1, 1, "N", "一份文件最多识别几页扫描页和几幅图片，默认 150。"),
    ("--max-pixels", "PIXELS", 10_000, 1, "万", "一张图片最多多少万像素，默认 6000；更大的不识别。"),
    ("--max-cells", "CELLS", 1, 1, "N", "一份文件的表格最多几格，默认 1000000。"),
    ("--max-unpacked", "UNPACKED", 1 << 20, 1, "MB", "压缩包或 Office 文件解开后最大多少 MB，默认 512。"),
    ("--max-ratio", "RATIO", 1, 1, "N", "解开后（超过 10 MB 时）最多是原来的几倍，默认 100。"),
    ("--max-members", "MEMBERS", 1, 1, "N", "压缩包或 Office 文件里最多几个条目，默认 2000。"),
    ("--max-depth", "BUNDLES", 1, 1, "N", "压缩包最多套几层，默认 3。"),
)


def limit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that set limits, for the time that the command runs."""

    @wraps(function)
    def limited(*args: Any, **kwargs: Any) -> Any:
        chosen = {name: (kwargs.pop(name), factor) for _, name, factor, *_ in _LIMITS}
        given = {name: number * factor for name, (number, factor) in chosen.items() if number is not None}
        if not given:
            return function(*args, **kwargs)
        from extract.ingest import limits

        with limits.changed(given):
            return function(*args, **kwargs)

    for option, name, _, least, unit, meaning in reversed(_LIMITS):
        limited = click.option(option, name, type=click.IntRange(min=least), metavar=unit, help=meaning)(limited)
    return limited


def release() -> str:
    """The version of jihe; that of sources that are not installed has no name."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("jihe")
    except PackageNotFoundError:
        return "0.0.0+source"


def explain(error: click.ClickException) -> str:
    """What is wrong with a command line, in Chinese."""
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有这个选项：{error.option_name}{near}"
    if isinstance(error, click.exceptions.NoSuchCommand):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有这个命令：{error.command_name}{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少参数 {_name(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} 的值不对：{_allowed(error)}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 用得不对：{error.format_message()}"
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Argument):
        return str(error.param.metavar or error.param.name)
    return "/".join(error.param.opts)


def _allowed(error: click.BadParameter) -> str:
    sort = error.param.type if error.param else None
    if isinstance(sort, click.Choice):
        return f"只能是 {'、'.join(str(choice) for choice in sort.choices)}"
    if isinstance(sort, click.IntRange | click.FloatRange):
        return f"应是数字，最小 {sort.min}" if sort.max is None else f"应在 {sort.min} 和 {sort.max} 之间"
    if isinstance(sort, click.types.IntParamType | click.types.FloatParamType):
        return "应是数字"
    return error.message
