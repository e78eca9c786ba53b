"""The views of the store as files: CSV for spreadsheets, Parquet for programs. Columns bear the names of the fields."""

import csv
from pathlib import Path

from pipelines.export.cells import csv_text
from pipelines.store import Store

#: What is exported; the texts of the documents stay in the store.
VIEWS = (
    "sources", "documents", "failures", "reports", "headings", "figures", "mentions", "unexplained", "claims",
    "forms", "records", "relations", "findings", "decisions",
)  # fmt: skip


def export_csv(store: Store, folder: Path | str) -> list[Path]:
    """Write one CSV file a view: UTF-8 with a byte order mark, texts that look like a formula behind a `'`."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [Path(folder) / f"{view}.csv" for view in VIEWS]
    for view, path in zip(VIEWS, paths, strict=True):
        columns = store.columns(view)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([csv_text(row[column]) for column in columns] for row in store.iterate(view))
    return paths


def export_parquet(store: Store, folder: Path | str) -> list[Path]:
    """Write one Parquet file a view. Decimals are DECIMAL(38, 10); what does not fit is written out in `exact`."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [Path(folder) / f"{view}.parquet" for view in VIEWS]
    for view, path in zip(VIEWS, paths, strict=True):
        store.save(view, path)
    return paths
