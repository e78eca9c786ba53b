"""An archive through extraction and checks into the store: parallel, resumable, and every failure is a row.

    find the files → unpack and hash them → plan what is not done → engine → commits of a few documents each → summary

The same bytes under several paths are read once; a changed file replaces its rows in one commit.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pipelines.engines import Answer, Engine, local
from pipelines.inputs import find, real
from pipelines.interrupts import check, deferred
from pipelines.plan import Plan, make_plan
from pipelines.store import Entry, Store, Writer, writing
from pipelines.summary import Failure, RunSummary, summarise
from pipelines.unpack import gather, room
from pipelines.work import usual_timeout, versions, work
from schemas.errors import Problem, UsageError

__all__ = ["ENGINES", "Failure", "Progress", "RunSummary", "run"]

#: Documents in one commit: what a kill can cost.
WINDOW = 32
#: Documents after which small parts are merged, besides at the end.
COMPACT = 2048

ENGINES: Mapping[str, Engine] = {"local": local.run}

#: Called after each document with the number of documents done, of documents to do, and the file just read.
Progress = Callable[[int, int, str], None]


def run(
    paths: Sequence[Path | str],
    store_dir: Path | str,
    *,
    jobs: int | None = None,
    engine: str | Engine = "local",
    timeout: float | None = None,
    retry_failed: bool = False,
    fail_fast: bool = False,
    max_failures: int | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Read files and folders into the store, which is made if it is not there, and say how that went.

    A run that was stopped in any way is continued by running it again. Documents that failed are tried again only with
    `retry_failed` or under a new version. `fail_fast` ends the run after the first failure, `max_failures` after so
    many; what was read until then is kept. Bundles (ZIP, RAR, 7z, tar) are read member by member.
    `jobs` defaults to the number of processors, `timeout` (in seconds) to 120, or 1,800 where OCR is installed.

    Raises:
        UsageError: there is no such engine.
        StoreError: the store is in use (StoreBusy), from a newer jihe (StoreNewer), or can't be written.
    """
    start = _engine(engine)
    folder, roots = Path(store_dir), [real(path) for path in paths]
    jobs = jobs or len(os.sched_getaffinity(0))
    timeout = usual_timeout(timeout)
    with deferred(), writing(folder, versions()) as store:
        number = store.begin({"jobs": jobs, "timeout": timeout, "retry_failed": retry_failed})
        inputs, left_out = gather(find(roots, skip=folder), jobs, timeout)
        plan = make_plan(roots, inputs, store, retry_failed=retry_failed)
        store.commit(number, [], plan.settled(number))
        with room(folder) as copied, closing(start(plan.tasks(store, copied), work, jobs, timeout)) as answers:
            entries = _entries(answers, len(plan.todo), progress)
            seconds = _collect(entries, plan, store, number, 1 if fail_fast else max_failures)
        store.compact()
        store.end(number)
    with Store(folder) as reader:
        return replace(summarise(reader, plan, number, seconds), left_out=left_out)


def _engine(engine: str | Engine) -> Engine:
    if not isinstance(engine, str):
        return engine
    if engine not in ENGINES:
        raise UsageError(f"没有这个引擎：{engine}（有：{'、'.join(ENGINES)}）")
    return ENGINES[engine]


def _entries(answers: Iterable[Answer], total: int, progress: Progress | None) -> Iterator[Entry]:
    """What the store is to keep of each answer."""
    for done, answer in enumerate(answers, 1):
        if progress:
            progress(done, total, answer.task.source)
        if answer.task.copy:
            answer.task.path.unlink(missing_ok=True)
        yield _entry(answer.task.sha256, answer.value, answer.seconds)


def _entry(sha256: str, value: Entry | Problem, seconds: float) -> Entry:
    if isinstance(value, Problem):
        return Entry(sha256, value.outcome, value.message, value.place, seconds=seconds)
    return replace(value, seconds=seconds)


def _collect(
    entries: Iterable[Entry], plan: Plan, store: Writer, run: int, max_failures: int | None
) -> dict[str, float]:
    """Commit the entries in windows and return the seconds of each; what has come in is kept, whatever happens."""
    seconds: dict[str, float] = {}
    window: list[Entry] = []
    failures = len(plan.refused)
    try:
        for entry in entries:
            seconds[entry.sha256] = entry.seconds
            window.append(entry)
            failures += entry.failed
            if len(window) == WINDOW:
                _commit(window, plan, store, run)
                window = []
            if len(seconds) % COMPACT == 0:
                store.compact()
            if max_failures and failures >= max_failures:
                break
            check()
    finally:
        _commit(window, plan, store, run)
    return seconds


def _commit(window: Sequence[Entry], plan: Plan, store: Writer, run: int) -> None:
    store.commit(run, window, plan.sources((entry.sha256 for entry in window), run))
