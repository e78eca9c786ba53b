"""`jihe doctor`: whether this machine has what jihe needs, and what else it could use."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.faces.cli.command import command, format_option, store_option
from pipelines.faces.cli.console import put_json, show, table
from pipelines.faces.cli.exits import Exit, gravest

OURS = ("extract", "pipelines", "schemas")
#: Characters that reports use and that a console must be able to show.
SAMPLE = "绩核：30余期、‰、㎡、√、×"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at; `missing` is something that jihe can do without."""

    subject: str
    state: Literal["ok", "bad", "missing"]
    found: str
    advice: str = ""


@command("doctor", "jihe doctor", "jihe doctor --store 存储 --format json")
@store_option
@format_option("table", "json")
def doctor(folder: Path, form: Literal["table", "json"]) -> Exit:
    """检查运行环境：Python、各个库、存储能否写入、控制台能否显示中文、可选的工具。"""
    store = _store(folder)
    found = [*_python(), *_libraries(), *_names(), store, _console(), *_tools()]
    if form == "json":
        put_json(found, indent=True)
    else:
        marks = {"ok": "√", "bad": "×", "missing": "○"}
        rows = [{"": marks[one.state], "检查": one.subject, "情况": one.found, "怎么办": one.advice} for one in found]
        show(table(("", "检查", "情况", "怎么办"), rows))
    return gravest(Exit.CANNOT_CREATE if one is store else Exit.BUG for one in found if one.state == "bad")


def _python() -> Iterator[Diagnosis]:
    enough = sys.version_info >= (3, 11)
    advice = "" if enough else "需要 Python 3.11 或更新"
    yield Diagnosis("Python", "ok" if enough else "bad", f"{platform.python_version()}（{sys.executable}）", advice)
    yield Diagnosis("系统", "ok", platform.platform())


def _libraries() -> Iterator[Diagnosis]:
    """The version of jihe and of each library that it requires."""
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        yield Diagnosis("jihe", "ok", version("jihe"))
    except PackageNotFoundError:
        yield Diagnosis("jihe", "missing", "没有安装，直接从源码运行", "uv pip install --no-deps -e .")
        return
    for requirement in requires("jihe") or ():
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            yield Diagnosis(name, "ok", version(name))
        except PackageNotFoundError:
            yield Diagnosis(name, "bad", "没有安装", f'pip install "{requirement}"')


def _names() -> Iterator[Diagnosis]:
    """Whether our three import names, which are common words, belong to jihe alone."""
    from importlib import import_module
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    for name in OURS:
        others = sorted(set(owners.get(name, ())) - {"jihe"})
        place = str(import_module(name).__file__)
        if others:
            yield Diagnosis(f"包名 {name}", "bad", f"{'、'.join(others)} 也有这个包名", "换一个干净的虚拟环境")
        else:
            yield Diagnosis(f"包名 {name}", "ok", place)


def _store(folder: Path) -> Diagnosis:
    """Whether the store can be written, without leaving a trace."""
    from tempfile import TemporaryFile

    exists = folder.is_dir()
    place = folder if exists else folder.resolve().parent
    try:
        with TemporaryFile(dir=place):
            return Diagnosis("存储", "ok", f"{folder} 可以{'写入' if exists else '新建'}")
    except OSError as error:
        return Diagnosis("存储", "bad", f"{place} 写不进去：{error.strerror}", "用 --store 换一个目录")


def _console() -> Diagnosis:
    encoding = sys.stdout.encoding
    try:
        SAMPLE.encode(encoding)
    except UnicodeEncodeError as error:
        return Diagnosis(
            "控制台", "missing", f"{encoding} 显示不了“{error.object[error.start]}”", "设 PYTHONIOENCODING=utf-8"
        )
    return Diagnosis("控制台", "ok", f"{encoding}　{SAMPLE}")


def _tools() -> Iterator[Diagnosis]:
    """What later formats need: none of it is needed for TXT, DOCX, XLSX and PDF with text."""
    from extract.ingest import office
    from pipelines.bundles import foreign

    library = foreign.library()
    yield Diagnosis(
        "libarchive",
        "ok" if library else "missing",
        f"读 RAR、7z 和 TAR 压缩包（{library.ffi.version_number()}）" if library else "没有（可以不要）",
        "" if library else f"读 RAR、7z 和 TAR 压缩包用：{foreign.NEEDED}",
    )
    converter = office.find()
    yield Diagnosis(
        "LibreOffice",
        "ok" if converter else "missing",
        f"读 Word 97 以前的和有损坏的旧文件（{converter}）" if converter else "没有（可以不要）",
        "" if converter else f"读 Word 97 以前的和有损坏的旧文件用：{office.ADVICE}",
    )
    for subject, programs, advice in (
        ("Chromium", ("chromium", "chromium-browser", "google-chrome"), "测试网页界面时有用：apt install chromium"),
    ):
        place = next((path for program in programs if (path := shutil.which(program))), None)
        yield Diagnosis(subject, "ok" if place else "missing", place or "没有（可以不要）", "" if place else advice)
    yield _ocr()


def _ocr() -> Diagnosis:
    from extract.ingest import ocr

    if not ocr.available():
        return Diagnosis("OCR", "missing", "没有（可以不要）", "读扫描件和图片用：make ocr 或 pip install jihe[ocr]")
    return Diagnosis("OCR", "ok", f"读扫描件和图片，每页约 {ocr.SECONDS} 秒（{ocr.versions()}）")
