from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest.assemble import Builder, Slot

PIECES = st.text(st.sampled_from("项目1.5 \t\n（）　"), max_size=6)


def test_spans_are_where_the_pieces_lie() -> None:
    builder = Builder()
    assert builder.add("heading", " 一、概况\n", level=1) == (0, 4)
    assert builder.add("paragraph", " \n") == (4, 4)
    table = builder.add_table([Slot(1, 0, "合计"), Slot(0, 0, "项目"), Slot(1, 1, " 12.5 "), Slot(0, 1, "")])
    assert builder.add("paragraph", "后") == (17, 18)
    assert builder.text == "一、概况\n项目\t\n合计\t12.5\n后"
    assert [(cell.row, cell.column, cell.start, cell.end) for cell in table.cells] == [
        (0, 0, 5, 7),
        (0, 1, 8, 8),
        (1, 0, 9, 11),
        (1, 1, 12, 16),
    ]
    document = builder.document(b"x", "a.docx", "docx")
    assert document.id == sha256(b"x").hexdigest()
    assert [(block.kind, block.level, block.table) for block in document.blocks] == [
        ("heading", 1, None),
        ("table", None, 0),
        ("paragraph", None, None),
    ]


def test_table_without_cells() -> None:
    with pytest.raises(ValueError, match="empty"):
        Builder().add_table([])


@given(
    st.lists(st.one_of(PIECES, st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 3)), PIECES, min_size=1)))
)
def test_every_span_holds(pieces: list[str | dict[tuple[int, int], str]]) -> None:
    builder = Builder()
    for piece in pieces:
        if isinstance(piece, str):
            start, end = builder.add("paragraph", piece)
            assert builder.text[start:end] == piece.strip()
        else:
            builder.add_table(Slot(row, column, text) for (row, column), text in piece.items())
    end = -1
    for block in builder.blocks:
        assert end < block.start <= block.end <= len(builder.text)
        end = block.end
    for table in builder.tables:
        assert all(builder.text[cell.start : cell.end] == cell.text == cell.text.strip() for cell in table.cells)
