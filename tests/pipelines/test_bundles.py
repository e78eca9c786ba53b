"""Bundles: every member is an input with its own hash and outcome, hostile ones end in a row that says why."""

import gzip
import hashlib
import io
import lzma
import os
import random
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

import pytest

from extract.ingest import limits
from pipelines.batch import RunSummary, run
from pipelines.bundles import Member, foreign, is_bundle, members
from pipelines.bundles.names import clean, ignored, readable
from pipelines.engines import Engine
from pipelines.store import Store

MEGABYTE = 1 << 20
NAMES = ["益阳市总工会/2023年度自评表.txt", "绩效评价报告（终稿）.txt", "附件㐂—说明·1.txt"]

library = pytest.mark.skipif(foreign.library() is None, reason=f"libarchive is missing: {foreign.NEEDED}")


class Raw(zipfile.ZipInfo):
    """An entry whose name is written in an encoding of our choice, without the flag for UTF-8."""

    encoding = "gb18030"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own name
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


def zipped(contents: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(contents: Mapping[str, bytes], mode: str = "w", encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def sevenzipped(contents: Mapping[str, bytes], folder: Path) -> bytes:
    found: Any = foreign.library()
    path = folder / "made.7z"
    with found.file_writer(str(path), "7zip") as archive:
        for name, data in contents.items():
            archive.add_file_from_memory(name, len(data), data)
    return path.read_bytes()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Member]]:
    """The members of a bundle of these bytes, each without its file."""

    def of(data: bytes, *wanted: str) -> list[Member]:
        path = tmp_path / "bundle"
        path.write_bytes(data)
        started = process_time()
        with path.open("rb") as file:
            assert is_bundle(file)
            found = list(members(file, wanted.__contains__) if wanted else members(file))
        assert process_time() - started < 1
        return found

    return of


Read = Callable[..., list[Member]]


def outcomes(found: list[Member]) -> dict[str, str]:
    """What became of each member that is a document."""
    return {one.address: one.problem.outcome if one.problem else "ok" for one in found if one.sha256 or one.problem}


def only_problem(found: list[Member]) -> tuple[str, str]:
    [problem] = [one.problem for one in found if one.problem]
    return problem.outcome, problem.message


# ---------------------------------------------------------------------------------------------------------- reading


def test_members_have_the_hashes_of_their_bytes(read: Read) -> None:
    contents = {name: name.encode() * 100 for name in NAMES}
    found = read(zipped(contents))
    assert {one.address: one.sha256 for one in found} == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
    }


def test_bytes_are_there_until_the_next_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.txt": b"1", "b.zip": zipped({"c.txt": b"22"})}))
    with path.open("rb") as file:
        assert [(one.address, one.file.read()) for one in members(file) if one.file] == [
            ("a.txt", b"1"),
            ("b.zip!c.txt", b"22"),
        ]


def test_mixed_encodings_of_names(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(NAMES[0], b"flag")
        for name, encoding in zip(NAMES[1:], ("gb18030", "utf-8"), strict=True):
            info = Raw(name)
            info.encoding = encoding
            archive.writestr(info, b"none")
    assert [one.address for one in read(buffer.getvalue())] == NAMES


def test_names_in_no_encoding_are_shown_all_the_same(read: Read) -> None:
    raw = b"\xff\xfe\x80.txt"
    data = zipped({"XXX.txt": b"1"}).replace(b"XXX.txt", raw)
    assert [one.address for one in read(data)] == [readable(raw)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/绝对/路径.txt", "绝对/路径.txt"),
        ("C:\\报告\\自评.docx", "报告/自评.docx"),
        ("..\\..\\报告.txt", "报告.txt"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("报告.txt\0.exe", "报告.txt"),
        ("..", "_"),
        ("C:", "_"),
        ("", "_"),
        ("2023..txt", "2023..txt"),
    ],
)
def test_names_are_cleaned(name: str, shown: str) -> None:
    assert clean(name) == shown


@pytest.mark.parametrize("name", ["__MACOSX/a/._报告.docx", ".DS_Store", "a/Thumbs.db", "a/~$报告.docx", ".git/x"])
def test_litter_is_ignored(name: str) -> None:
    assert ignored(name)


@pytest.mark.parametrize("name", ["报告.docx", "a/thumbs.dbx", "~报告.docx", "MACOSX/a.txt", "a.b/c.txt"])
def test_what_looks_like_litter_is_not(name: str) -> None:
    assert not ignored(name)


def test_nothing_is_written_outside(read: Read, tmp_path: Path) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    before = sorted(tmp_path.rglob("*"))
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, str(tmp_path))
        archive.writestr("../../PWNED.txt", b"x")
        archive.writestr(str(tmp_path / "PWNED.txt"), b"x")
    found = read(buffer.getvalue())
    assert outcomes(found).popitem()[1] == "ok"
    assert next(one for one in found if one.address == "link.txt").sha256 is None
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "bundle"])


def test_names_that_come_twice_stay_apart(read: Read) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped_twice("甲.txt")
    assert [one.address for one in read(data)] == ["甲.txt", "甲.txt#2"]


def zipped_twice(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"1")
        archive.writestr(name, b"2")
    return buffer.getvalue()


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "OFD.xml", "mimetype", "META-INF/MANIFEST.MF"])
def test_a_package_is_a_document(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({mark: b"x", "word/document.xml": b"x"}))
    with path.open("rb") as file:
        assert not is_bundle(file)


def test_a_zip_named_docx_is_a_bundle(read: Read) -> None:
    inner = zipped({"自评.txt": b"1", "佐证/[Content_Types].xml.txt": b"2"})
    assert outcomes(read(zipped({"报告.docx": inner}))) == {
        "报告.docx!自评.txt": "ok",
        "报告.docx!佐证/[Content_Types].xml.txt": "ok",
    }


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"\x1f\x8b\x08abc", b"text"])
def test_what_is_no_bundle(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with path.open("rb") as file:
        assert not is_bundle(file)


def test_a_bundle_without_documents_says_so(read: Read) -> None:
    assert only_problem(read(zipped({})))[0] == "empty"
    found = read(zipped({"空/": b"", "__MACOSX/x": b"1"}))
    assert only_problem(found)[0] == "empty"
    assert len(found) == 3


def test_only_what_is_wanted_is_unpacked(read: Read) -> None:
    data = zipped({"a.txt": b"1", "b.zip": zipped({"c.txt": b"2", "d.txt": b"3"}), "e.txt": b"4"})
    assert [one.address for one in read(data, "b.zip", "b.zip!d.txt")] == ["b.zip!d.txt"]


# -------------------------------------------------------------------------------------------- damaged and encrypted


def test_an_encrypted_member_does_not_keep_the_rest(read: Read) -> None:
    data = bytearray(zipped({"甲.txt": b"1", "乙.txt": b"2"}))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert outcomes(read(bytes(data))) == {"甲.txt": "encrypted", "乙.txt": "ok"}


def test_a_wrong_checksum_does_not_keep_the_rest(read: Read) -> None:
    data = zipped({"甲.txt": b"A" * 50, "乙.txt": b"B" * 50}, compression=zipfile.ZIP_STORED)
    assert outcomes(read(data.replace(b"A" * 50, b"A" * 49 + b"C"))) == {"甲.txt": "damaged", "乙.txt": "ok"}


def test_a_compression_that_nobody_knows(read: Read) -> None:
    data = bytearray(zipped({"甲.txt": b"1"}))
    data[data.index(b"PK\x03\x04") + 8] = data[data.index(b"PK\x01\x02") + 10] = 97
    outcome, message = only_problem(read(bytes(data)))
    assert outcome == "unsupported"
    assert "压缩方法 WavPack（编号 97）" in message
    assert "解压软件" in message


@library
def test_a_compression_that_only_libarchive_knows(read: Read) -> None:
    contents = {"甲.txt": b"1" * 500, "乙.txt": b"2" * 500}
    packed = {name: lzma.compress(data, lzma.FORMAT_XZ) for name, data in contents.items()}
    body, directory = b"", []
    for name, data in contents.items():
        local, central = entry(name.encode("gb18030"), packed[name], len(data), len(body), zlib.crc32(data), method=95)
        body += local
        directory.append(central)
    found = read(assembled(body, directory))
    assert {one.address: one.sha256 for one in found} == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
    }
    cut = assembled(body.replace(packed["乙.txt"], packed["乙.txt"][:-40] + bytes(40)), directory)
    assert outcomes(read(cut)) == {"甲.txt": "ok", "乙.txt": "damaged"}


def test_without_the_library_it_says_what_is_missing(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "library", lambda: None)
    local, central = entry(b"a.txt", b"", 1, 0, method=93)
    outcome, message = only_problem(read(assembled(local, [central])))
    assert outcome == "unsupported"
    assert "Zstandard（编号 93）" in message
    assert "libarchive13" in message


@pytest.mark.parametrize(
    ("said", "outcome", "part"),
    [
        ("The archive header is encrypted, but currently not supported", "encrypted", "密码"),
        ("Encryption is not supported", "encrypted", "密码"),
        ("RAR solid archive support unavailable.", "unsupported", "固实"),
        ("Unknown codec ID: 4f71101", "unsupported", "压缩方法"),
        ("Unsupported filter a for 40108", "unsupported", "压缩方法"),
        ("Unsupported block header size (was 7, max is 2)", "damaged", "损坏"),
        ("Truncated RAR file data", "damaged", "损坏"),
        (None, "damaged", "没有说明原因"),
    ],
)
def test_what_libarchive_says_is_told_in_chinese(said: str | None, outcome: str, part: str) -> None:
    problem = foreign._problem(SimpleNamespace(msg=said), "已损坏")
    assert problem.outcome == outcome
    assert part in problem.message


def bundles(folder: Path) -> Iterator[bytes]:
    contents = {f"报告{number}.txt": random.Random(number).randbytes(400) for number in range(5)}  # noqa: S311
    yield zipped(contents)
    if foreign.library():
        yield tarred(contents)
        yield tarred(contents, "w:gz")
        yield sevenzipped(contents, folder)


def test_truncated_anywhere_it_ends_in_rows(tmp_path: Path) -> None:
    for data in bundles(tmp_path):
        for end in range(0, len(data), 1 + len(data) // 60):
            path = tmp_path / "cut"
            path.write_bytes(data[:end])
            with path.open("rb") as file:
                if is_bundle(file):
                    assert set(outcomes(list(members(file))).values()) <= {"ok", "damaged", "empty"}


def test_flipped_anywhere_it_ends_in_rows(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    allowed = {"ok", "damaged", "empty", "encrypted", "unsupported", "limit"}
    for data in bundles(tmp_path):
        for _ in range(100):
            broken = bytearray(data)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            path = tmp_path / "flipped"
            path.write_bytes(broken)
            with path.open("rb") as file:
                if is_bundle(file):
                    assert set(outcomes(list(members(file))).values()) <= allowed


# ------------------------------------------------------------------------------------------------------------ bombs


def deflated_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()


def entry(name: bytes, packed: bytes, size: int, offset: int, crc: int = 0, *, method: int = 8) -> tuple[bytes, bytes]:
    """A local header with its data, and the entry of the directory."""
    common = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + common + name + packed
    central = b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
    return local, central


def assembled(body: bytes, directory: list[bytes], number: int | None = None) -> bytes:
    listed = b"".join(directory)
    count = min(len(directory) if number is None else number, 0xFFFF)
    return body + listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(body), 0)


def test_flat_bomb(read: Read) -> None:
    local, central = entry(b"a.txt", deflated_zeros(20), 20 * MEGABYTE, 0)
    found = read(assembled(local, [central]))
    assert only_problem(found) == ("limit", "压缩包解压后超过原大小的 100 倍，疑为压缩炸弹")


def test_declared_total(read: Read) -> None:
    local, central = entry(b"a.txt", b"", 600 * MEGABYTE, 0)
    assert only_problem(read(assembled(local, [central]))) == ("limit", "压缩包解压后超过上限 512 MB")


def test_a_member_that_says_less_than_it_holds(read: Read) -> None:
    local, central = entry(b"a.txt", deflated_zeros(20), 10, 0)
    assert outcomes(read(assembled(local, [central]))) == {"a.txt": "damaged"}


def test_overlapping_bomb(read: Read) -> None:
    local, central = entry(b"a", deflated_zeros(1), MEGABYTE, 0, zlib.crc32(bytes(MEGABYTE)))
    outcome, message = only_problem(read(assembled(local, [central] * 200)))
    assert outcome == "limit"
    assert "重叠" in message


def test_many_entries(read: Read) -> None:
    local, _ = entry(b"0.txt", b"", 0, 0)
    many = [entry(b"%d.txt" % number, b"", 0, 0)[1] for number in range(150_000)]
    for number in (None, 3):  # told, and not told
        assert only_problem(read(assembled(local, many, number))) == ("limit", "压缩包的条目超过上限 2000 个")


def test_counts_that_no_directory_bears_out_are_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(assembled(b"PK\x03\x04" + bytes(400), [b"\x93" * 300], 0xFFFF))
    with path.open("rb") as file:
        assert not is_bundle(file)


def test_nested_bomb(read: Read) -> None:
    data = {"0.txt": bytes(MEGABYTE // 4)}
    for _ in range(6):
        packed = zipped(data)
        data = {f"{number}.zip": packed for number in range(12)}
    found = read(zipped(data))
    assert {one.problem.outcome for one in found if one.problem} == {"limit"}
    assert not any(one.sha256 for one in found)


def test_a_bundle_that_holds_itself_without_end(read: Read) -> None:
    data = zipped({"最里.txt": b"1"})
    for _ in range(20):
        data = zipped({"同.zip": data})
    assert [(one.address, one.problem and one.problem.message) for one in read(data)] == [
        ("同.zip!同.zip!同.zip", "压缩包嵌套超过上限 3 层")
    ]


def test_a_member_beyond_the_size_of_a_file(read: Read) -> None:
    with limits.changed({"BYTES": 100}):
        found = read(zipped({"大.txt": bytes(101), "小.txt": b"1"}))
    assert outcomes(found) == {"大.txt": "limit", "小.txt": "ok"}


@library
def test_streamed_total(read: Read) -> None:
    data = tarred({f"{number}.txt": bytes(MEGABYTE) for number in range(20)}, "w:gz")
    found = read(data)
    assert only_problem(found) == ("limit", "压缩包解压后超过原大小的 100 倍，疑为压缩炸弹")


@library
def test_sparse_bomb(read: Read) -> None:
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    content = b"0\n".ljust(512, b"\0")
    info.size = len(content)
    data = info.tobuf(tarfile.PAX_FORMAT) + content + bytes(1024)
    assert only_problem(read(data)) == ("limit", "压缩包解压后超过上限 512 MB")


def test_memory_stays_flat(tmp_path: Path) -> None:
    """100 MB out of members of 50 MB each take less than 40 MB above what an empty bundle takes."""
    script = (
        "import resource, sys\n"
        "from pipelines.bundles import members\n"
        "for path in sys.argv[1:]:\n"
        "    with open(path, 'rb') as file: assert all(one.sha256 for one in members(file))\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    small, large = tmp_path / "small.zip", tmp_path / "large.zip"
    small.write_bytes(zipped({"a.txt": b"1"}))
    noise = random.Random(1).randbytes(MEGABYTE)  # noqa: S311
    contents = {f"{number}.txt": noise * 50 for number in range(2)}
    large.write_bytes(zipped(contents, compression=zipfile.ZIP_STORED))
    command = [sys.executable, "-c", script, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    before, after = map(int, done.stdout.split())
    assert after - before < 40 << 10


# -------------------------------------------------------------------------------------------------------- libarchive


@library
@pytest.mark.parametrize("sort", ["7z", "tar", "tar.gz"])
def test_other_sorts(sort: str, read: Read, tmp_path: Path) -> None:
    contents = {name: name.encode() for name in NAMES}
    data = sevenzipped(contents, tmp_path) if sort == "7z" else tarred(contents, "w:gz" if sort == "tar.gz" else "w")
    assert {one.address: one.sha256 for one in read(data)} == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
    }


@library
def test_names_in_gbk(read: Read) -> None:
    assert [one.address for one in read(tarred(dict.fromkeys(NAMES, b"1"), encoding="gb18030"))] == NAMES


@library
def test_links_and_devices_are_left_out(read: Read) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"x{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("../报告.txt"), io.BytesIO())
    found = read(buffer.getvalue())
    assert len(found) == 6
    assert outcomes(found) == {"报告.txt": "ok"}


@library
def test_bundles_of_all_sorts_within_each_other(read: Read, tmp_path: Path) -> None:
    inner = sevenzipped({"报告.txt": b"1"}, tmp_path)
    assert outcomes(read(tarred({"中.zip": zipped({"内.7z": inner})}))) == {"中.zip!内.7z!报告.txt": "ok"}


@library
def test_one_part_of_several(read: Read) -> None:
    volume = b"Rar!\x1a\x07\x00" + struct.pack("<HBHH", 0, 0x73, 0x0001, 13) + bytes(6)
    assert only_problem(read(volume)) == (
        "unsupported",
        "这是分卷压缩包的一卷，不能单独读：请用解压软件解开，再读里面的文件",
    )
    header = bytes([1, 0, 1])  # main, no extras, volume
    volume = b"Rar!\x1a\x07\x01\x00" + bytes(4) + bytes([len(header)]) + header
    assert only_problem(read(volume))[0] == "unsupported"


def rar5(contents: Mapping[str, bytes]) -> bytes:
    """A RAR5 whose files are stored as they are."""

    def block(kind: int, rest: bytes, data: bytes | None = None) -> bytes:
        sizes = b"" if data is None else number(len(data))
        body = bytes([kind, 0 if data is None else 2]) + sizes + rest
        body = number(len(body)) + body
        return struct.pack("<I", zlib.crc32(body)) + body + (data or b"")

    def number(value: int) -> bytes:
        return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + number(value >> 7)

    files = b""
    for name, data in contents.items():
        stated = bytes([4]) + number(len(data)) + bytes([0]) + struct.pack("<I", zlib.crc32(data))
        files += block(2, stated + bytes([0, 1]) + number(len(name.encode())) + name.encode(), data)
    return b"Rar!\x1a\x07\x01\x00" + block(1, bytes(1)) + files + block(5, bytes(1))


def rar4(contents: Mapping[str, bytes]) -> bytes:
    """A RAR4 whose files are stored as they are."""

    def block(rest: bytes) -> bytes:
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    files = b""
    for name, data in contents.items():
        raw = name.encode("gb18030")
        stated = struct.pack(
            "<BHHIIBIIBBHI", 0x74, 0x8000, 32 + len(raw), len(data), len(data), 2, zlib.crc32(data), 0, 29, 0x30,
            len(raw), 0x20,
        )  # fmt: skip
        files += block(stated + raw) + data
    return b"Rar!\x1a\x07\x00" + block(struct.pack("<BHHHI", 0x73, 0, 13, 0, 0)) + files + block(b"\x7b\0\x40\x07\0")


@library
@pytest.mark.parametrize("make", [rar4, rar5])
def test_a_rar_of_files_that_are_stored(make: Callable[[Mapping[str, bytes]], bytes], read: Read) -> None:
    contents = {name: f"正文{name}".encode() * 20 for name in NAMES[:2]}
    data = make(contents)
    assert {one.address: one.sha256 for one in read(data)} == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
    }
    wrong = data.replace(contents[NAMES[1]], contents[NAMES[1]].replace("终".encode(), "初".encode(), 1))
    found = {one.address: one.problem and one.problem.message for one in read(wrong)}  # libarchive takes it for whole
    assert found[NAMES[0]] is None
    assert found[NAMES[1]] == "压缩包里的这个文件已损坏：校验和不符"


@library
def test_a_gzipped_tar_with_a_wrong_digit_is_refused_whole(read: Read) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=0) as stream:
        stream.write(tarred({"甲.txt": "支出101.83万元".encode(), "乙.txt": b"2"}))
    data = buffer.getvalue()
    outcome, message = only_problem(read(data.replace(b"101.83", b"101.88")))
    assert outcome == "damaged"
    assert "都没有读" in message
    assert outcomes(read(data)) == {"甲.txt": "ok", "乙.txt": "ok"}
    assert outcomes(read(data + b"rubbish")) == {"甲.txt": "ok", "乙.txt": "ok"}


@library
def test_a_seven_zip_that_goes_on_elsewhere(read: Read, tmp_path: Path) -> None:
    data = sevenzipped({"报告.txt": random.Random(1).randbytes(5000)}, tmp_path)  # noqa: S311
    outcome, message = only_problem(read(data[:2000]))
    assert outcome == "damaged"
    assert f"应有 {len(data)} 字节，只有 2000 字节" in message
    assert ".7z.001" in message


@library
def test_names_do_not_hang_on_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "a.7z"
    path.write_bytes(sevenzipped(dict.fromkeys(NAMES, b"1"), tmp_path))
    script = (
        "import sys; from pipelines.bundles import members; "
        "sys.stdout.buffer.write('|'.join(one.address for one in members(open(sys.argv[1], 'rb'))).encode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "LC_ALL": "C"},
    )
    assert done.stdout.decode().split("|") == NAMES


def test_a_missing_library_is_a_row(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "library", lambda: None)
    outcome, message = only_problem(read(tarred({"a.txt": b"1"})))
    assert outcome == "unsupported"
    assert "libarchive13" in message


# -------------------------------------------------------------------------------------------------------------- runs


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    """A folder with a report, and a bundle with the same report, another one, one in a bundle, and litter."""
    root = tmp_path / "档案"
    root.mkdir()
    same = "自评报告\n2023年支出10万元，预算20万元。".encode()
    (root / "甲.txt").write_bytes(same)
    inner = zipped({"丁.txt": "2022年支出5万元，6万元".encode()})
    (root / "2023.zip").write_bytes(
        zipped({"乙/丙.txt": "2023年支出7万元，8万元".encode(), "内.zip": inner, "甲.txt": same, ".DS_Store": b"x"})
    )
    return root


def adds_up(summary: RunSummary) -> bool:
    return sum(summary.outcomes.values()) + summary.unreached == summary.inputs


def sources(folder: Path, view: str = "sources") -> list[str]:
    with Store(folder) as store:
        return [row["source"] for row in store.rows(view)]


def test_a_run_reads_bundles(bundled: Path, tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "store"
    summary = run([bundled], folder, engine=engine, jobs=1)
    assert adds_up(summary)
    assert (summary.inputs, summary.read, summary.duplicates, summary.left_out) == (4, 3, 1, 1)
    assert sources(folder) == [
        "档案/2023.zip!乙/丙.txt",
        "档案/2023.zip!内.zip!丁.txt",
        "档案/2023.zip!甲.txt",
        "档案/甲.txt",
    ]
    assert not (folder / "unpacked").exists()
    again = run([bundled], folder, engine=engine, jobs=1)
    assert (again.read, again.skipped, again.inputs) == (0, 3, 4)


def test_a_changed_bundle_replaces_what_changed(bundled: Path, tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "store"
    run([bundled / "2023.zip"], folder, engine=engine, jobs=1)
    changed = {"乙/丙.txt": "2023年支出9万元，8万元".encode(), "戊.txt": "2023年1万元，2万元".encode()}
    (bundled / "2023.zip").write_bytes(zipped(changed))
    summary = run([bundled / "2023.zip"], folder, engine=engine, jobs=1)
    assert (summary.read, summary.gone) == (2, 2)
    assert sources(folder) == ["2023.zip!乙/丙.txt", "2023.zip!戊.txt"]
    (bundled / "2023.zip").write_bytes("2023年只有3万元".encode())
    assert run([bundled / "2023.zip"], folder, engine=engine, jobs=1).gone == 2
    assert sources(folder) == ["2023.zip"]


def test_bad_bundles_and_members_are_rows(bundled: Path, tmp_path: Path, engine: Engine) -> None:
    (bundled / "坏.zip").write_bytes(zipped({"x.txt": b"!damaged", "y.txt": "1万元".encode()}))
    bomb = zipped({"z.txt": bytes(20 * MEGABYTE)})
    (bundled / "弹.zip").write_bytes(bomb)
    summary = run([bundled], tmp_path / "store", engine=engine, jobs=1)
    assert adds_up(summary)
    assert summary.outcomes == {"ok": 5, "damaged": 1, "limit": 1}
    assert {failure.source for failure in summary.failures} == {"档案/坏.zip!x.txt", "档案/弹.zip"}
    with Store(tmp_path / "store") as store:
        assert len(store.rows("failures")) == 2


def test_a_bundle_that_can_not_be_opened_keeps_its_members(bundled: Path, tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "store"
    run([bundled], folder, engine=engine, jobs=1)
    with limits.changed({"UNPACKED": 10}):
        small = run([bundled], folder, engine=engine, jobs=1)
    assert (small.outcomes, small.gone) == ({"ok": 1, "limit": 1}, 3)
    assert sources(folder) == ["档案/2023.zip", "档案/甲.txt"]
    assert run([bundled], folder, engine=engine, jobs=1).outcomes == {"ok": 4}


def test_copies_come_a_few_at_a_time_and_go(bundled: Path, tmp_path: Path, pool: Engine) -> None:
    many = {f"{number:03}.txt": f"2023年{number}.5万元，{number}万元".encode() for number in range(40)}
    (bundled / "多.zip").write_bytes(zipped(many))
    folder, seen = tmp_path / "store", []

    def progress(*_: object) -> None:
        seen.append(len(list((folder / "unpacked").iterdir())))

    summary = run([bundled], folder, engine=pool, jobs=1, progress=progress)
    assert summary.outcomes == {"ok": 44}
    assert max(seen) <= 6
    assert not (folder / "unpacked").exists()


def test_what_a_killed_run_left_is_removed(bundled: Path, tmp_path: Path, engine: Engine) -> None:
    left = tmp_path / "store" / "unpacked"
    left.mkdir(parents=True)
    (left / "x").write_bytes(b"1")
    run([bundled], tmp_path / "store", engine=engine, jobs=1)
    assert not left.exists()
