"""Runs: every input is accounted for, nothing is done twice, nothing is lost when the run is killed."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from extract.ingest import limits
from pipelines import batch
from pipelines.batch import RunSummary, run
from pipelines.engines import Engine
from pipelines.store import Store, Versions, writing
from schemas.errors import StoreBusy, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def digest(folder: Path) -> str:
    with Store(folder) as store:
        return store.digest()


def adds_up(summary: RunSummary) -> bool:
    return sum(summary.outcomes.values()) + summary.unreached == summary.inputs


def test_a_run_reads_everything_and_counts_it(archive: Path, folder: Path, engine: Engine) -> None:
    summary = run([archive], folder, engine=engine, jobs=2)
    assert adds_up(summary)
    assert (summary.inputs, summary.read, summary.skipped, summary.outcomes) == (12, 12, 0, {"ok": 12})
    assert summary.numerals == {"figure": 23, "date": 12, "identifier": 0, "unexplained": 1}
    assert (summary.figures, summary.claims) == (23, 12)
    assert (summary.relations["broken"], summary.findings["error"]) == (11, 11)
    assert len(summary.slowest) == 5
    with Store(folder) as store:
        assert store.rows("documents")[0]["source"] == "档案/2021/报告00.txt"


def test_a_second_run_does_nothing(archive: Path, folder: Path, engine: Engine) -> None:
    first = run([archive], folder, engine=engine, jobs=1)
    before = digest(folder)
    second = run([archive], folder, engine=engine, jobs=1)
    assert (second.read, second.skipped) == (0, 12)
    assert (second.figures, second.outcomes, second.numerals) == (first.figures, first.outcomes, first.numerals)
    assert digest(folder) == before


def test_the_number_of_workers_changes_nothing(
    archive: Path, tmp_path: Path, pool: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for jobs, window in ((1, 32), (2, 5)):
        monkeypatch.setattr(batch, "WINDOW", window)
        run([archive], tmp_path / f"store{jobs}", engine=pool, jobs=jobs)
        digests.add(digest(tmp_path / f"store{jobs}"))
    assert len(digests) == 1


def test_the_same_archive_elsewhere_gives_the_same_rows(archive: Path, tmp_path: Path, engine: Engine) -> None:
    run([archive], tmp_path / "one", engine=engine, jobs=1)
    (tmp_path / "elsewhere").mkdir()
    moved = archive.rename(tmp_path / "elsewhere" / archive.name)
    run([moved], tmp_path / "two", engine=engine, jobs=1)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_the_same_bytes_are_read_once(archive: Path, folder: Path, engine: Engine) -> None:
    (archive / "副本.txt").write_bytes((archive / "2021" / "报告00.txt").read_bytes())
    summary = run([archive], folder, engine=engine, jobs=1)
    assert adds_up(summary)
    assert (summary.inputs, summary.read, summary.duplicates, summary.outcomes) == (13, 12, 1, {"ok": 13})
    with Store(folder) as store:
        assert max(row["sources"] for row in store.rows("documents")) == 2
        assert len(store.rows("sources")) == 13


def test_changed_and_removed_files(archive: Path, folder: Path, engine: Engine) -> None:
    run([archive], folder, engine=engine, jobs=1)
    write(archive / "2021" / "报告00.txt", "改为77万元")
    (archive / "2021" / "报告03.txt").unlink()
    summary = run([archive], folder, engine=engine, jobs=1)
    assert (summary.inputs, summary.read, summary.gone) == (11, 1, 1)
    with Store(folder) as store:
        assert [row["text"] for row in store.rows("figures", source="档案/2021/报告00.txt")] == ["77"]
        assert store.rows("figures", source="档案/2021/报告03.txt") == []
        assert len(store.rows("documents")) == 11
    again = run([archive / "2021"], folder, engine=engine, jobs=1)
    assert (again.read, again.gone) == (0, 0)


def test_failures_are_rows_and_are_not_tried_again(archive: Path, folder: Path, pool: Engine) -> None:
    for name in ("hang", "crash", "memory", "panic", "damaged", "partial"):
        write(archive / f"{name}.txt", f"!{name} 7万元")
    summary = run([archive], folder, engine=pool, jobs=2, timeout=20)
    assert adds_up(summary)
    kinds = {"timeout": 1, "crash": 1, "memory": 1, "error": 1, "damaged": 1, "partial": 1}
    assert summary.outcomes == {"ok": 12, **kinds}
    named = {failure.source: failure.outcome for failure in summary.failures}
    assert named["档案/hang.txt"] == "timeout"
    assert next(failure for failure in summary.failures if failure.outcome == "damaged").place == "字节 7"
    assert next(failure for failure in summary.failures if failure.outcome == "partial").message == "第2页 第2页读不出"

    again = run([archive], folder, engine=pool, jobs=2, timeout=20)
    assert (again.read, again.outcomes) == (0, summary.outcomes)
    (archive / "hang.txt").unlink()
    retried = run([archive], folder, engine=pool, jobs=2, timeout=2, retry_failed=True)
    assert retried.read == 5
    assert adds_up(retried)


def test_a_run_over_a_part_counts_only_that_part(archive: Path, folder: Path, engine: Engine) -> None:
    for year in ("2021", "2022"):
        write(archive / year / "坏.txt", "!damaged")
    run([archive], folder, engine=engine, jobs=1)
    summary = run([archive / "2021"], folder, engine=engine, jobs=1)
    assert (summary.inputs, summary.outcomes) == (5, {"ok": 4, "damaged": 1})
    assert [failure.source for failure in summary.failures] == ["2021/坏.txt"]


def test_fail_fast_keeps_what_was_read(archive: Path, folder: Path, engine: Engine) -> None:
    write(archive / "2022" / "坏.txt", "!damaged")
    summary = run([archive], folder, engine=engine, jobs=1, fail_fast=True)
    assert summary.outcomes["damaged"] == 1
    assert summary.unreached > 0
    assert adds_up(summary)
    with Store(folder) as store:
        assert len(store.rows("documents")) == summary.read
    assert run([archive], folder, engine=engine, jobs=1).unreached == 0


def test_max_failures(archive: Path, folder: Path, engine: Engine) -> None:
    for number in range(6):
        write(archive / f"坏{number}.txt", f"!damaged {number}")
    summary = run([archive], folder, engine=engine, jobs=1, max_failures=3)
    assert summary.outcomes["damaged"] == 3
    assert adds_up(summary)


def test_new_checks_run_on_what_was_extracted(
    archive: Path, folder: Path, tmp_path: Path, pool: Engine, versions: Callable[[str, str], None]
) -> None:
    """Reading `!recheck` a second time is an error, so it is not read a second time."""
    write(archive / "一次.txt", f"!recheck {tmp_path}/mark \n 5万元，6万元")
    run([archive], folder, engine=pool, jobs=1)
    before = digest(folder)
    versions("1", "2")
    summary = run([archive], folder, engine=pool, jobs=1)
    assert (summary.read, summary.outcomes) == (13, {"ok": 13})
    assert digest(folder) == before
    versions("2", "2")
    assert run([archive], folder, engine=pool, jobs=1).outcomes == {"ok": 12, "error": 1}


def test_only_regular_visible_files_are_inputs(archive: Path, engine: Engine) -> None:
    store = archive / "jihe-store"
    write(archive / "~$报告.docx", "x")
    write(archive / ".hidden", "x")
    (archive / ".git").mkdir()
    write(archive / ".git" / "x.txt", "x")
    os.mkfifo(archive / "pipe")
    (archive / "loop").symlink_to(archive, target_is_directory=True)
    (archive / "link.txt").symlink_to(archive / "2021" / "报告00.txt")
    assert run([archive], store, engine=engine, jobs=1).inputs == 12
    assert run([archive, archive / "2021"], store, engine=engine, jobs=1).inputs == 12


def test_inputs_that_cannot_be_opened_are_failures(archive: Path, folder: Path, engine: Engine) -> None:
    with (archive / "太大.pdf").open("wb") as file:
        file.truncate(limits.BYTES + 1)
    os.mkfifo(archive / "pipe")
    summary = run([archive, archive / "没有.docx", archive / "pipe"], folder, engine=engine, jobs=1)
    assert adds_up(summary)
    assert summary.outcomes == {"ok": 12, "limit": 1, "unreadable": 1, "unsupported": 1}
    assert {failure.source for failure in summary.failures} == {"档案/太大.pdf", "没有.docx", "pipe"}
    with Store(folder) as store:
        assert len(store.rows("failures")) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_folder_is_a_failure_and_its_files_are_not_gone(archive: Path, folder: Path, engine: Engine) -> None:
    run([archive], folder, engine=engine, jobs=1)
    (archive / "2021").chmod(0)
    try:
        summary = run([archive], folder, engine=engine, jobs=1)
    finally:
        (archive / "2021").chmod(0o755)
    assert (summary.outcomes["unreadable"], summary.gone) == (1, 0)


def test_a_name_that_is_not_utf8_is_shown_as_gb18030(archive: Path, folder: Path, engine: Engine) -> None:
    path = os.fsencode(archive) + "/绩效".encode("gb18030") + b".txt"
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"!damaged")
    os.rename(path, path.replace(b".txt", b"\xff.txt"))  # noqa: PTH104
    summary = run([archive], folder, engine=engine, jobs=1)
    assert summary.failures[0].source == "档案/绩效\ufffd.txt"
    (archive / os.fsdecode("绩效".encode("gb18030") + b"\xff.txt")).unlink()
    assert run([archive], folder, engine=engine, jobs=1).gone == 1


def test_a_second_run_at_the_same_time_is_refused(archive: Path, folder: Path, engine: Engine) -> None:
    with writing(folder, Versions("1", "1")), pytest.raises(StoreBusy):
        run([archive], folder, engine=engine)


def test_an_unknown_engine_is_refused(archive: Path, folder: Path) -> None:
    with pytest.raises(UsageError, match="local"):
        run([archive], folder, engine="spark")
    assert not folder.exists()


def test_progress_is_told(archive: Path, folder: Path, engine: Engine) -> None:
    told: list[tuple[int, int, str]] = []
    run([archive], folder, engine=engine, jobs=1, progress=lambda *args: told.append(args))
    assert [done for done, _, _ in told] == list(range(1, 13))
    assert {total for _, total, _ in told} == {12}


def test_an_interrupt_keeps_what_was_read(archive: Path, folder: Path, engine: Engine) -> None:
    def progress(done: int, *_: object) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([archive], folder, engine=engine, jobs=1, progress=progress)
    with Store(folder) as store:
        assert len(store.rows("documents")) == 5
    assert run([archive], folder, engine=engine, jobs=1).read == 7


def killed_runs(archive: Path, folder: Path, kills: int, seed: int) -> None:
    """Start a run and kill it in the middle, so many times; readers find a whole store each time."""
    chance = random.Random(seed)  # noqa: S311
    script = str(Path(__file__).parent / "interrupted.py")
    for _ in range(kills):
        command = [sys.executable, script, str(archive), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            for _ in range(chance.randrange(4, 9)):
                if not child.stdout or not child.stdout.readline():
                    break
            child.kill()
        with Store(folder) as store:
            store.digest()


def resumed_equals_undisturbed(archive: Path, tmp_path: Path, pool: Engine, kills: int) -> None:
    run([archive], tmp_path / "undisturbed", engine=pool, jobs=2)
    killed_runs(archive, tmp_path / "killed", kills, seed=kills)
    summary = run([archive], tmp_path / "killed", engine=pool, jobs=2)
    assert adds_up(summary)
    assert summary.skipped > 0
    assert digest(tmp_path / "killed") == digest(tmp_path / "undisturbed")


def test_killed_runs_resume(archive: Path, tmp_path: Path, pool: Engine) -> None:
    resumed_equals_undisturbed(archive, tmp_path, pool, kills=1)


@pytest.mark.long
def test_twenty_killed_runs_resume(archive: Path, tmp_path: Path, pool: Engine) -> None:
    for number in range(150):
        write(archive / f"更多{number:03}.txt", f"!slow 2023年 {number}.5万元，{number}万元")
    resumed_equals_undisturbed(archive, tmp_path, pool, kills=20)
