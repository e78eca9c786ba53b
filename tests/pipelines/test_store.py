"""The store: what goes in comes out exactly, wholly or not at all, and readers never wait."""

import json
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from pipelines.store import (
    TABLES,
    Entry,
    SourceRow,
    Store,
    Versions,
    Writer,
    compact,
    pack,
    pack_checks,
    unpack,
    writing,
)
from pipelines.store.values import exact, fitted, hints, plain, shape
from schemas.errors import Outcome, StoreBusy, StoreError, StoreNewer, UsageError
from schemas.figure import Figure

NOW = Versions("1", "1")
A, B, C = "a" * 64, "b" * 64, "c" * 64


def entry(sha256: str, text: str) -> Entry:
    found = toy.extraction(sha256, text)
    return Entry(sha256, "ok", tables=pack(found) | pack_checks(sha256, *toy.checks(found)))


def source(path: str, sha256: str | None, *, gone: bool = False, outcome: Outcome | None = None) -> SourceRow:
    return SourceRow(path.encode(), path.lstrip("/"), sha256, outcome, "", 1, gone)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with writing(tmp_path / "store", NOW) as writer:
        yield writer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_an_extraction_comes_back_as_it_was(writer: Writer, folder: Path) -> None:
    found = toy.extraction(A, "一、概况\n2023年支出300.00万元，预算0万元，完成33.333333333333%。")
    writer.commit(1, [Entry(A, "ok", tables=pack(found))], [source("/a", A)])
    with Store(folder) as store:
        assert store.extraction(A) == found
        assert repr(store.extraction(A)) == repr(found)  # 300.00 is not 300 here
    assert unpack(dict(writer.packed([A]))[A]) == found


def test_records_carry_the_file_that_holds_them_now(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "支出5万元，9万元")], [source("/b", A), source("/a", A)])
    with Store(folder) as store:
        figures = store.records("figures")
        assert [type(figure) for figure in figures] == [Figure, Figure]
        assert {figure.source for figure in figures} == {"a"}
        writer.commit(2, [], [source("/a", A, gone=True)])
        assert {row["source"] for row in store.rows("figures")} == {"b"}
        assert store.rows("documents")[0]["sources"] == 1


def test_rows_are_plain_values(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "2023年支出1.50万元，9万元")], [source("/a", A)])
    with Store(folder) as store:
        row = store.rows("figures", limit=1)[0]
        assert (row["char_start"], row["char_end"], row["text"]) == (7, 11, "1.50")
        assert str(row["value"]) == "1.50"
        assert row["section"] == ["一、概况"]
        assert row["table"]["row_label"] == "合计"
        assert store.rows("comparisons", year="2023")[0]["kind"] == "项目自评"
        assert store.rows("comparisons")[0]["page"] == 1
        assert store.rows("findings")[0]["evidence"][0]["text"] == "1.50"
        assert store.rows("documents")[0]["dates"] == 1


def test_conditions_limit_and_count(writer: Writer, folder: Path) -> None:
    entries = [entry(A, "支出5万元，9万元"), entry(B, "2024年支出7万元")]
    writer.commit(1, entries, [source("/a", A), source("/b", B)])
    with Store(folder) as store:
        assert [row["text"] for row in store.rows("figures", document=[A, B])] == ["5", "9", "7"]
        assert [row["text"] for row in store.rows("figures", limit=1, offset=1)] == ["9"]
        assert [row["text"] for row in store.rows("figures", document=B, kind="amount")] == ["7"]
        assert store.rows("figures", document=[]) == []
        assert [row["figure"] for row in store.rows("records", year=None)] == ["2:3", "6:7"]
        assert store.count("figures") == [{"n": 3}]
        assert store.count("records", "year") == [{"year": "2024", "n": 1}, {"year": None, "n": 2}]
        assert list(store.frame("claims")["weight"]) == [Decimal("10.0"), Decimal("10.0")]
        assert store.frame("claims", document=C).empty


@pytest.mark.parametrize(("view", "conditions"), [("nothing", {}), ("figures; drop", {}), ("figures", {'x"': 1})])
def test_unknown_names_are_refused(view: str, conditions: dict[str, int], writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "5万元")], [source("/a", A)])
    with Store(folder) as store, pytest.raises(UsageError):
        store.rows(view, **conditions)


@pytest.mark.usefixtures("writer")
def test_an_empty_store_has_all_views(folder: Path) -> None:
    with Store(folder) as store:
        for table in TABLES:
            assert store.rows(table.name) == []
            assert "document" in store.columns(table.name)
        assert store.rows("documents") == store.rows("failures") == store.rows("comparisons") == []


def test_a_changed_file_replaces_its_rows_in_one_commit(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "5万元"), entry(C, "6万元")], [source("/a", A), source("/c", C)])
    with Store(folder) as store:
        writer.commit(2, [entry(B, "8万元")], [source("/a", B)])
        assert [row["text"] for row in store.rows("figures")] == ["8", "6"]
        assert [row["document"] for row in store.rows("documents")] == [B, C]


def test_a_new_reading_replaces_the_old_one(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "5万元，5万元"), entry(B, "6万元")], [source("/a", A), source("/b", B)])
    writer.commit(2, [entry(A, "7万元，8万元")])
    with Store(folder) as store:
        assert [row["text"] for row in store.rows("figures")] == ["7", "8", "6"]
        assert [row["verdict"] for row in store.rows("relations")] == ["broken"]
        writer.commit(3, [Entry(A, "timeout", "太慢")])
        assert [row["text"] for row in store.rows("figures")] == ["6"]
        assert [(row["source"], row["outcome"]) for row in store.rows("failures")] == [("a", "timeout")]
        with pytest.raises(UsageError):
            store.extraction(A)


def test_checks_alone_are_replaced(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "5万元，6万元")], [source("/a", A)])
    relations, findings = toy.checks(toy.extraction(A, "5万元，5万元"))
    writer.commit(2, [Entry(A, "ok", tables=pack_checks(A, relations, findings), checked_only=True)])
    with Store(folder) as store:
        assert [row["text"] for row in store.rows("figures")] == ["5", "6"]
        assert [row["verdict"] for row in store.rows("relations")] == ["holds"]
        writer.commit(3, [Entry(A, "ok", checked_only=True)])
        assert store.rows("relations") == store.rows("findings") == []
        assert len(store.rows("figures")) == 2


def test_a_file_that_cannot_be_opened_is_a_failure(writer: Writer, folder: Path) -> None:
    writer.commit(1, [], [source("/a", None, outcome="unreadable")])
    with Store(folder) as store:
        assert [row["outcome"] for row in store.rows("failures")] == ["unreadable"]


def test_what_was_not_registered_is_invisible_and_swept(folder: Path) -> None:
    with writing(folder, NOW) as writer:
        writer.commit(1, [entry(A, "5万元")], [source("/a", A)])
    live = {path.name for path in (folder / "parts").iterdir()}
    for name in (".tmp-123", "f" * 32):
        (folder / "parts" / name).mkdir()
        (folder / "parts" / name / "figures.parquet").write_bytes(b"half a file")
    with Store(folder) as store:
        assert len(store.rows("figures")) == 1
    with writing(folder, NOW):
        assert {path.name for path in (folder / "parts").iterdir()} == live


def test_a_superseded_part_is_swept_at_the_next_start(folder: Path) -> None:
    for text in ("5万元", "6万元"):
        with writing(folder, NOW) as writer:
            writer.commit(1, [entry(A, text)], [source("/a", A)])
    with Store(folder) as store:
        assert len(list((folder / "parts").iterdir())) == 2
        with writing(folder, NOW):
            assert len(list((folder / "parts").iterdir())) == 1
        assert [row["text"] for row in store.rows("figures")] == ["6"]


def test_readers_see_every_commit_while_the_writer_runs(writer: Writer, folder: Path) -> None:
    with Store(folder) as store:
        for number, sha256 in enumerate((A, B, C), 1):
            writer.commit(1, [entry(sha256, f"{number}万元")], [source(f"/{number}", sha256)])
            assert len(store.rows("figures")) == number


def test_threads_read_while_the_writer_runs(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "1万元")], [source("/0", A)])
    with Store(folder) as store, ThreadPoolExecutor(4) as threads:
        counts = [threads.submit(lambda: len(store.rows("figures"))) for _ in range(40)]
        for number in range(1, 6):
            writer.commit(1, [entry(f"{number:064x}", f"{number}万元")], [source(f"/{number}", f"{number:064x}")])
        assert {count.result() for count in counts} <= set(range(1, 7))
        assert len(store.rows("figures")) == 6


def test_a_reader_outlives_the_sweep_of_what_it_read(folder: Path) -> None:
    with writing(folder, NOW) as writer:
        writer.commit(1, [entry(A, "5万元")], [source("/a", A)])
    with Store(folder) as store:
        assert [row["text"] for row in store.rows("figures")] == ["5"]
        for text in ("6万元", "7万元"):
            with writing(folder, NOW) as writer:
                writer.commit(1, [entry(A, text)], [source("/a", A)])
        assert [row["text"] for row in store.rows("figures")] == ["7"]


@pytest.mark.usefixtures("writer")
def test_a_second_writer_is_refused_with_the_name_of_the_first(folder: Path) -> None:
    with pytest.raises(StoreBusy, match=f"pid {os.getpid()}"), writing(folder, NOW):
        pass


def test_a_commit_that_fails_changes_nothing(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at the nth write, fsync or rename of a commit, for every n until it goes through."""
    writer.commit(1, [entry(A, "5万元")], [source("/a", A)])
    real_fsync, real_replace = os.fsync, Path.replace
    left = 0

    def fail() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")

    def fsync(handle: int) -> None:
        fail()
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        fail()
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    with Store(folder) as store:
        before = store.digest()
        for allowed in range(100):
            left = allowed
            try:
                writer.commit(2, [entry(A, "7万元")], [source("/b", A)])
            except StoreError:
                assert store.digest() == before
            else:
                break
        assert 5 < allowed < 50
        assert [row["text"] for row in store.rows("figures")] == ["7"]


def test_no_store_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有存储"):
        Store(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no database, and long enough to be looked at" * 20)
    with pytest.raises(StoreError):
        Store(tmp_path)


def test_a_newer_store_is_left_alone(folder: Path) -> None:
    with writing(folder, NOW):
        pass
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        database.execute("pragma user_version = 99")
    with pytest.raises(StoreNewer):
        Store(folder)
    with pytest.raises(StoreNewer), writing(folder, NOW):
        pass


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError), writing(tmp_path / "file" / "store", NOW):
        pass


def test_surrogates_keep_the_length_of_a_text(writer: Writer, folder: Path) -> None:
    writer.commit(1, [Entry(A, "ok", tables=pack(toy.extraction(A, "甲\ud800乙5万元")))], [source("/a", A)])
    with Store(folder) as store:
        assert store.extraction(A).document.text == "甲\ufffd乙5万元"


decimals = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=-(10**9), max_value=10**9, places=8),
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.sampled_from(
        [Decimal("1E+3"), Decimal("-0"), Decimal("0.00"), Decimal("1E-40"), Decimal("9" * 40), Decimal("NaN")]
    ),
)


@given(decimals)
def test_no_decimal_loses_anything(value: Decimal) -> None:
    held = fitted(value)
    written = exact(value, held)
    back = Decimal(written) if written is not None else plain(held) if held is not None else None
    assert str(back) == str(value)
    if held is not None:
        assert abs(held - value) <= Decimal("5E-11")


@given(value=decimals, low=st.none() | decimals)
def test_a_figure_survives_the_round_trip(value: Decimal, low: Decimal | None) -> None:
    found = toy.extraction(A, "5万元")
    found = replace(found, figures=(replace(found.figures[0], value=value, low=low),))
    assert repr(unpack(pack(found))) == repr(found)


def test_every_field_has_a_column_of_the_right_kind() -> None:
    for table in TABLES:
        assert table.owner is None or table.owner in hints(table.record)
        for hint in hints(table.record).values():
            assert shape(hint) in {"text", "integer", "flag", "decimal", "json"}
            assert float not in get_args(hint)
            assert hint is not float


def test_words_of_several_lists_are_text(writer: Writer, folder: Path) -> None:
    writer.commit(1, [entry(A, "2023年支出5万元")], [source("/a", A)])
    with Store(folder) as store:
        assert len(store.rows("mentions", sort="year")) == 1


def test_compaction_changes_no_row(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve documents in as many parts; some read again, of some only the checks, one no longer readable."""
    monkeypatch.setattr(compact, "MANY", 5)
    monkeypatch.setattr(compact, "LARGE", 120_000)
    hashes = [f"{number:064x}" for number in range(12)]
    for number, sha256 in enumerate(hashes):
        writer.commit(1, [entry(sha256, f"{number}.0万元，7万元")], [source(f"/{number}", sha256)])
    writer.commit(2, [entry(hashes[2], "5万元，8万元"), Entry(hashes[3], "crash")])
    checks = pack_checks(hashes[4], *toy.checks(toy.extraction(hashes[4], "5万元，5万元")))
    writer.commit(3, [Entry(hashes[4], "ok", tables=checks, checked_only=True)])
    with Store(folder) as store:
        before = store.digest()
        parts = {row.part for row in writer.documents().values()}
        writer.compact()
        assert store.digest() == before
        kept = {row.part for row in writer.documents().values()} - parts
        assert 1 < len(kept) < 6
        assert store.extraction(hashes[2]) == toy.extraction(hashes[2], "5万元，8万元")
    used = {part for row in writer.documents().values() for part in (row.part, row.checks) if part}
    writer.compact()
    assert {part for row in writer.documents().values() for part in (row.part, row.checks) if part} == used


def test_few_parts_are_left_alone(writer: Writer) -> None:
    writer.commit(1, [entry(A, "5万元")], [source("/a", A)])
    before = writer.documents()
    writer.compact()
    assert writer.documents() == before


def test_runs_are_noted(writer: Writer, folder: Path) -> None:
    run = writer.begin({"jobs": 2})
    writer.end(run)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        (row,) = database.execute("select run, ended is not null, arguments from runs")
    assert (row[0], row[1], json.loads(row[2])) == (1, 1, {"jobs": 2})
