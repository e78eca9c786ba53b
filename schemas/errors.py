"""The exceptions of jihe, all under one root.

    JiheError
    ├── DataError       a file that ships with jihe or that a person wrote for it (lexicon, gold) is malformed
    ├── StoreError      the store cannot be read or written
    │   ├── StoreBusy   another process is writing to it (exit code 75)
    │   └── StoreNewer  it was written by a newer jihe
    └── UsageError      a caller asked for something that does not exist

A bad *input document* is never an exception: a reader returns a `Problem`.
"""

from dataclasses import dataclass
from typing import Literal

#: How reading one file ended. Closed: the counts of a run add up to its inputs.
Outcome = Literal[
    "ok",
    "partial",
    "empty",
    "encrypted",
    "unsupported",
    "damaged",
    "unreadable",
    "limit",
    "timeout",
    "crash",
    "memory",
    "error",
]


class JiheError(Exception):
    """Root of everything that jihe raises on purpose."""


class DataError(JiheError):
    """A lexicon, gold or dictionary file is malformed; the message names file and place."""


class StoreError(JiheError):
    """The store cannot be read or written."""


class StoreBusy(StoreError):
    """Another process is writing to the store."""


class StoreNewer(StoreError):
    """The store was written by a newer version of jihe."""


class UsageError(JiheError):
    """A caller asked for something that does not exist."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an input, and where: returned, never raised.

    `message` is Chinese, for a person; `place` says where ("第3页", "工作表 自评表", "字节 1024") or is empty.
    """

    outcome: Outcome
    message: str
    place: str = ""
