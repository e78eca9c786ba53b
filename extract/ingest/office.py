"""Has LibreOffice convert a file, where it is installed: without a window, a network or a trace on the machine."""

import ctypes
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from extract.ingest import limits
from schemas.document import Document, Format
from schemas.errors import Problem

#: What to install where a message asks for LibreOffice.
ADVICE = "请安装 LibreOffice（如 apt install libreoffice-writer libreoffice-calc）后重读"
#: Seconds that a conversion may take; a hundred pages take four.
TIMEOUT = 60
_PLACES = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/usr/local/lib/libreoffice/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
)
#: A first start makes the profile and asks to be started again.
_RESTART = 81
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
#: No macros, no linked files, and a proxy where nobody listens.
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one format to another, by the name of LibreOffice's filter: left alone, it takes broken files for texts."""

    source: Format
    target: Format
    filter: str


WORD_97 = Conversion("doc", "docx", "MS Word 97")
WORD_6 = Conversion("doc", "docx", "MS WinWord 6.0")  # reads Word 95, too
EXCEL_97 = Conversion("xls", "xlsx", "MS Excel 97")

Reader = Callable[[bytes, str], Document | Problem]


def read(data: bytes, name: str, conversion: Conversion, reader: Reader, reason: str) -> Document | Problem:
    """The document of a file that LibreOffice converts and `reader` then reads.

    `reason` says why it has to: it begins the message where this fails.
    """
    converted = convert(data, conversion)
    document = converted if isinstance(converted, Problem) else reader(converted, name)
    if isinstance(document, Problem):
        return replace(document, message=f"{reason}，{document.message}")
    if not document.text:
        return Problem("damaged", f"{reason}，LibreOffice 也没有读出文字")
    warnings = ("由 LibreOffice 转换后读取", *document.warnings)
    return replace(of_original(document, data, conversion.source, "LibreOffice"), warnings=warnings)


def of_original(document: Document, data: bytes, form: Format, converter: str) -> Document:
    """A document as that of the file which was converted for it."""
    return replace(document, id=sha256(data).hexdigest(), format=form, metadata=(("converter", converter),))


def find() -> Path | None:
    """LibreOffice's program, on the PATH or in the usual places."""
    named = (shutil.which(name) for name in ("soffice", "libreoffice"))
    folders = [Path(place).resolve().parent for place in named if place]
    folders += [folder for place in _PLACES for folder in sorted(Path("/").glob(place[1:]))]
    # soffice.bin is the program itself; soffice starts it as a child, which would outlive a kill
    candidates = (folder / name for folder in folders for name in ("soffice.bin", "soffice"))
    return next((candidate for candidate in candidates if os.access(candidate, os.X_OK)), None)


def convert(data: bytes, conversion: Conversion) -> bytes | Problem:
    """The bytes of the converted file; it may hold the time of day, and fields that LibreOffice computed anew."""
    program = find()
    if program is None:
        return Problem("unsupported", ADVICE)
    with TemporaryDirectory(prefix="jihe-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _prepare(folder, data, conversion.source)
        try:
            for _ in range(2):
                code = _run(program, folder, conversion)
                if code != _RESTART:
                    break
        except subprocess.TimeoutExpired:
            return Problem("timeout", f"LibreOffice 转换超过 {TIMEOUT} 秒")
        return _result(folder / f"out/file.{conversion.target}")


def _prepare(folder: Path, data: bytes, source: str) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path if path.startswith("Inet") else f"Office.{path}"}">'
        f'<prop oor:name="{key}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, key, value in _SETTINGS
    )
    profile = folder / "profile/user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>', encoding="utf-8"
    )
    (folder / f"file.{source}").write_bytes(data)


def _run(program: Path, folder: Path, conversion: Conversion) -> int:
    die = ctypes.CDLL(None).prctl

    def bound() -> None:
        die(_DIE_WITH_PARENT, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.BYTES, limits.BYTES))

    command = [str(program), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += [f"--infilter={conversion.filter}", "--convert-to", conversion.target]
    command += ["--outdir", str(folder / "out"), str(folder / f"file.{conversion.source}")]
    # its own group, so that a kill reaches what it has started
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "SAL_USE_VCLPLUGIN": "svp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=bound,  # noqa: PLW1509
        start_new_session=True,
    )
    try:
        return process.wait(TIMEOUT)
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # nobody of the group is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _result(path: Path) -> bytes | Problem:
    if not path.is_file():
        return Problem("damaged", "LibreOffice 也打不开这个文件")
    if path.stat().st_size > limits.BYTES:
        return Problem("limit", f"LibreOffice 转换出的文件超过上限 {limits.BYTES >> 20} MB")
    return path.read_bytes()
