"""The command line: `jihe`, a group of small commands. Nothing heavy is imported before a command runs."""

import sys
from collections.abc import Sequence

import click

from pipelines.faces.cli import checks, documents, evaluation, runs, stores
from pipelines.faces.cli.command import Group, explain, release
from pipelines.faces.cli.console import prepare, silence, talk
from pipelines.faces.cli.doctor import doctor
from pipelines.faces.cli.exits import MEANINGS, Exit, code_of

COMMANDS: tuple[click.Command, ...] = (
    runs.run,
    documents.extract,
    documents.text,
    checks.check,
    checks.findings,
    stores.compare,
    stores.failures,
    stores.export,
    evaluation.evaluate,
    doctor,
)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"jihe {release()}")
        context.exit()


@click.group(
    "jihe",
    cls=Group,
    epilog="\b\n返回值：\n" + "\n".join(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items()),
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="显示版本。")
def jihe() -> None:
    """绩核：读绩效评价报告，抽取每一个数，跨年度跨单位比对，逐条勾稽核对。

    \b
    先试：
      jihe run 档案/              读进存储，看结果
      jihe extract 自评报告.docx   看一份文件里的每一个数
      jihe check 自评报告.docx     核对一份文件

    每个命令都有 --help。
    """  # noqa: D301 - click's mark for lines to be left as they are


for each in COMMANDS:
    jihe.add_command(each)


def main() -> None:
    """The entry point of the console script."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; whatever happens, a person gets a sentence about it."""
    prepare()
    try:
        with jihe.make_context("jihe", list(arguments)) as context:
            code = jihe.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        silence()
        return Exit.DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place; a bug is told as one
        return _failed(error)
    return code or Exit.DONE


def _failed(error: BaseException) -> Exit:
    """Say what happened, and return the code for it."""
    code = code_of(error)
    if code == Exit.BUG:
        import traceback

        talk("".join(traceback.format_exception(error)))
        talk("× 程序出错。请把以上内容连同命令一起报告。")
    elif code == Exit.INTERRUPTED:
        talk("\n× 已中断。jihe run 已读完的都在存储里，再运行一次就接着做。")
    elif isinstance(error, click.exceptions.NoArgsIsHelpError):
        talk(error.format_message())
    elif isinstance(error, click.ClickException):
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "jihe"
        talk(f"× {explain(error)}\n  用法见 {path} --help")
    else:
        talk(f"× {_said(error)}")
    return code


def _said(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"写不了 {error.filename}：{error.strerror}"
    return str(error)
