"""The real extraction and checks through store and batch, on the sample archive."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.audit import audit
from pipelines.batch import run
from pipelines.store import Store, unpack
from pipelines.work import Task, work
from pipelines.work import versions as work_versions
from schemas.errors import Problem

NOW = work_versions()
ARCHIVE = Path(__file__).parents[2] / "samples" / "archive"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "store"
    run([ARCHIVE], folder, jobs=2)
    return folder


def test_every_file_is_accounted_for(folder: Path, versions: Callable[[str, str], None]) -> None:
    versions(NOW.extract, NOW.audit)  # those that the archive was read with
    summary = run([ARCHIVE], folder, jobs=1)
    files = [path for path in ARCHIVE.rglob("*") if path.is_file() and not path.name.startswith((".", "~$"))]
    assert summary.inputs == len(files) == sum(summary.outcomes.values())
    assert summary.numerals["unexplained"] < summary.numerals["figure"]
    assert summary.read == 0


def test_every_document_comes_back_as_it_was_extracted(folder: Path) -> None:
    """And so do its checks when they run again on what came back."""
    with Store(folder) as store:
        documents = [row for row in store.rows("documents") if row["outcome"] in {"ok", "partial"}]
        assert len(documents) > 10
        for row in documents:
            document, source = row["document"], row["source"]
            found = store.extraction(document)
            relations, findings = audit(found)
            assert store.records("relations", document=document) == list(relations)
            assert store.records("findings", document=document) == list(findings)
            assert store.records("figures", document=document) == list(found.figures)
            again = work(Task(document, ARCHIVE.parent / source, source))
            assert not isinstance(again, Problem)
            assert repr(unpack(again.tables)) == repr(found)


def test_records_lead_to_their_figures(folder: Path) -> None:
    with Store(folder) as store:
        texts = {row["document"]: row["text"] for row in store.rows("texts")}
        rows = store.rows("comparisons")
        assert rows
        for row in rows:
            start, end = map(int, row["figure"].split(":"))
            assert row["text"] in {None, texts[row["document"]][start:end]}
