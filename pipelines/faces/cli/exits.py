"""The exit codes, as one table: what each stands for, which is graver, and which exception ends in which."""

import errno
from collections.abc import Iterable, Mapping
from enum import IntEnum

import click

from schemas.errors import DataError, StoreBusy, StoreError, UsageError
from schemas.finding import SEVERITIES, Severity


class Exit(IntEnum):
    """How a command ends. The numbers from 64 on are those of `sysexits.h`."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    UNREAD = 65
    BUG = 70
    CANNOT_CREATE = 73
    CANNOT_WRITE = 74
    BUSY = 75
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "完成",
    Exit.FINDINGS: "有达到 --fail-on 等级的疑点（只有 check 返回）；eval 未达到 --min-f1",
    Exit.USAGE: "命令、选项或所给的文件用得不对",
    Exit.UNREAD: "有文件没有读出，或没有读全",
    Exit.BUG: "程序出错",
    Exit.CANNOT_CREATE: "输出文件建不了",
    Exit.CANNOT_WRITE: "写不进去（磁盘满、存储打不开）",
    Exit.BUSY: "存储正被另一个进程写入",
    Exit.INTERRUPTED: "被中断；再运行一次就接着做",
}

#: From grave to light: a mixed result returns the gravest.
GRAVITY: tuple[Exit, ...] = (
    Exit.BUG,
    Exit.CANNOT_WRITE,
    Exit.CANNOT_CREATE,
    Exit.BUSY,
    Exit.INTERRUPTED,
    Exit.USAGE,
    Exit.UNREAD,
    Exit.FINDINGS,
    Exit.DONE,
)

#: The first that fits.
_EXCEPTIONS: tuple[tuple[type[BaseException], Exit], ...] = (
    (KeyboardInterrupt, Exit.INTERRUPTED),
    (click.Abort, Exit.INTERRUPTED),
    (click.ClickException, Exit.USAGE),
    (UsageError, Exit.USAGE),
    (DataError, Exit.USAGE),
    (StoreBusy, Exit.BUSY),
    (StoreError, Exit.CANNOT_WRITE),
    (FileExistsError, Exit.CANNOT_CREATE),
    (FileNotFoundError, Exit.CANNOT_CREATE),
    (IsADirectoryError, Exit.CANNOT_CREATE),
    (NotADirectoryError, Exit.CANNOT_CREATE),
    (PermissionError, Exit.CANNOT_CREATE),
)
#: Errors of the system that are nobody's bug: disk full, quota, read-only, device gone.
_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}


def gravest(codes: Iterable[Exit]) -> Exit:
    """The gravest of several codes; DONE of none."""
    return min(codes, key=GRAVITY.index, default=Exit.DONE)


def code_of(error: BaseException) -> Exit:
    """The code that an exception ends in; BUG for one that nobody expected."""
    if isinstance(error, OSError) and error.errno in _WRITING:
        return Exit.CANNOT_WRITE
    return next((code for sort, code in _EXCEPTIONS if isinstance(error, sort)), Exit.BUG)


def of_findings(severities: Iterable[Severity], fail_on: Severity) -> Exit:
    """FINDINGS if one of the severities is at or above the threshold."""
    limit = SEVERITIES.index(fail_on)
    return Exit.FINDINGS if any(SEVERITIES.index(one) <= limit for one in severities) else Exit.DONE
