import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest.assemble import Builder, Slot
from extract.lexicon import load
from extract.segment import Sections, Word, clauses, headings, is_word, sentences, word_at, words
from extract.segment.numbering import ordinal
from schemas.document import Document
from schemas.report import Heading

_CORPUS = Path(__file__).parent / "corpus"
#: What outlines are made of: enough to hit the rules, short enough to vary.
_BITS = st.sampled_from(
    ["一、", "（一）", "1.", "1.2", "①", "第一部分", "目录", "报告", "资金使用情况", "12.50万元", *"概，。：；”）\n\t "]
)
_TEXTS = st.lists(_BITS, max_size=40).map("".join) | st.text(max_size=80)


def _cases(name: str) -> list[Any]:
    cases = tomllib.loads((_CORPUS / name).read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in cases]


def _document(text: str) -> Document:
    return Document(id="0", name="报告.txt", format="txt", text=text)


# ---------------------------------------------------------------------------------------------------- headings


@pytest.mark.parametrize("case", _cases("headings.toml"))
def test_outline(case: dict[str, Any]) -> None:
    found = headings(_document(case["text"]))
    assert [[h.level, h.number, h.title, h.run_in] for h in found] == case["headings"]


@given(_TEXTS)
def test_headings_are_ordered_and_lie_in_the_text(text: str) -> None:
    found = headings(_document(text))
    at = 0
    for heading in found:
        assert at <= heading.start < heading.end <= len(text)
        at = heading.end
        assert text.startswith(heading.number, heading.start)
        written = re.sub(r"\s", "", text[heading.start : heading.end])
        assert re.sub(r"\s", "", heading.title) in written


def test_ordinals() -> None:
    assert [ordinal(n) for n in ("一", "十", "十二", "二十", "二十四", "③", "7", "１")] == [1, 10, 12, 20, 24, 3, 7, 1]
    assert ordinal("一二") is None


def test_ordinal_of_a_heading() -> None:
    assert [h.ordinal for h in headings(_document("一、概况\n三、结论\n（十二）补充"))] == [1, 3, 12]


def test_format_makes_a_heading_of_an_unnumbered_line_and_tables_make_none() -> None:
    builder = Builder()
    builder.add("header", "一、页眉")
    builder.add("heading", "绩效自评", level=0)
    builder.add("heading", "资金到位", level=1)
    builder.add("paragraph", "一、到账")
    builder.add_table([Slot(0, 0, "一、收入"), Slot(0, 1, "12")])
    builder.add("note", "二、脚注")
    found = headings(builder.document(b"", "报告.docx", "docx"))
    assert [(h.level, h.title) for h in found] == [(0, "绩效自评"), (1, "资金到位"), (1, "到账")]


def test_format_makes_a_heading_of_a_numbered_line_with_a_figure() -> None:
    builder = Builder()
    builder.add("heading", "一、投入12.5万元的去向", level=1)
    builder.add("paragraph", "二、投入12.5万元的去向")
    found = headings(builder.document(b"", "报告.docx", "docx"))
    assert [h.title for h in found] == ["投入12.5万元的去向"]


def test_a_table_of_contents_field_of_word() -> None:
    builder = Builder()
    for line in ("目录", "一、概况\t1", "二、结论\t3", "一、概况", "二、结论"):
        builder.add("paragraph", line)
    found = headings(builder.document(b"", "报告.docx", "docx"))
    assert [builder.text.count("\n", 0, h.start) for h in found] == [3, 4]


def test_section_path_runs_from_the_outside_in() -> None:
    text = "第一部分 概况\n一、资金\n（一）到位\n1.来源。县级。\n二、管理\n正文"
    outline = headings(_document(text))
    assert Sections.of(outline).at(text.index("县级")) == ("概况", "资金", "到位", "来源")
    assert Sections.of(outline).at(text.index("正文")) == ("概况", "管理")
    assert Sections.of(outline).at(0) == ("概况",)
    assert Sections.of(()).at(3) == ()


def test_section_path_without_the_title() -> None:
    outline = (Heading(0, 4, 0, "", "自评报告"), Heading(5, 9, 1, "一、", "概况"))
    assert Sections.of(outline).at(2) == ()
    assert Sections.of(outline).at(20) == ("概况",)


# ---------------------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize("case", _cases("sentences.toml"))
def test_sentences_and_clauses(case: dict[str, Any]) -> None:
    text = case["text"]
    assert [text[a:b] for a, b in sentences(text)] == case["sentences"]
    assert [text[a:b] for a, b in clauses(text)] == case["clauses"]


@given(_TEXTS, st.integers(0, 40), st.integers(0, 80))
def test_sentences_lose_nothing(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    spans = sentences(text, start, end)
    assert spans == sorted(spans)
    assert all(start <= a < b <= end for a, b in spans)
    assert re.sub(r"\s", "", "".join(text[a:b] for a, b in spans)) == re.sub(r"\s", "", text[start:end])


@given(_TEXTS)
def test_clauses_lose_marks_only(text: str) -> None:
    spans = clauses(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    lost = set(range(len(text))) - {i for a, b in spans for i in range(a, b)}
    assert all(text[i] in "，。；：！？,;:!?”’」』）)】》" or text[i].isspace() for i in lost)


# -------------------------------------------------------------------------------------------------------- words


def test_words_join_to_the_text_and_numbers_are_numbers() -> None:
    text = "云岭市总工会全年慰问困难职工1098户。"
    found = words(text)
    assert "".join(word.text for word in found) == text
    assert [text[word.start : word.end] for word in found] == [word.text for word in found]
    assert Word(14, 18, "1098", "m") in found
    assert "总工会" in [word.text for word in found]


@given(st.text(max_size=60))
def test_words_lose_nothing(text: str) -> None:
    assert "".join(word.text for word in words(text)) == text


def test_numerals_inside_words() -> None:
    assert is_word("统一")
    assert is_word("一般")
    assert not is_word("统一了")
    assert not is_word("一")
    assert word_at("由县里统一发放", 4) == Word(3, 5, "统一", "vn")
    assert word_at("要求", 9) is None


def test_jieba_is_silent_and_leaves_no_cache(tmp_path: Path) -> None:
    code = "from extract.segment import words; print(len(words('统一安排')))"
    environment = {"TMPDIR": str(tmp_path), "PATH": "", "PYTHONPATH": str(_CORPUS.parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------------------ lexicon


def test_words_of_the_outline() -> None:
    lexicon = load("outline")
    for name, listed in lexicon.items():
        assert len(set(listed)) == len(listed), name
        assert all(word == word.strip() and word for word in listed), name
    assert not set(lexicon["nouns"]) & set(lexicon["not_heads"])
