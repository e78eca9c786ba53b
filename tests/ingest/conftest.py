"""Small Office files, built in code."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import pytest

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def spoilt_member(data: bytes, member: str) -> bytes:
    """The package with one wrong byte in a member, which its checksum tells."""
    members = unzipped(data)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    broken = bytearray(buffer.getvalue())
    broken[broken.index(members[member]) + len(members[member]) // 2] ^= 0x20
    return bytes(broken)


def raw_docx(body: str, prologue: str = "", **parts: str) -> bytes:
    links = "".join(
        f'<Relationship Id="r{index}" Type="{OFFICE}/{sort.rstrip("0123456789")}" Target="{sort}.xml"/>'
        for index, sort in enumerate(parts)
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"{prologue}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
            **{f"word/{sort}.xml": f"<w:{sort} {NAMESPACES}>{xml}</w:{sort}>" for sort, xml in parts.items()},
        }
    )


@pytest.fixture(scope="session")
def docx() -> Callable[..., bytes]:
    """Builds a DOCX from the XML of its body and of further parts by their name."""
    return raw_docx


@pytest.fixture(scope="session")
def package() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """Builds a ZIP from its members."""
    return zipped


@pytest.fixture(scope="session")
def changed() -> Callable[[bytes, Mapping[str, str | bytes]], bytes]:
    """Builds a package anew with some members changed or added."""
    return lambda data, members: zipped({**unzipped(data), **members})


@pytest.fixture(scope="session")
def members() -> Callable[[bytes], dict[str, bytes]]:
    """The members of a package."""
    return unzipped


@pytest.fixture(scope="session")
def spoilt() -> Callable[[bytes, str], bytes]:
    """Builds a package in which one member does not agree with its checksum."""
    return spoilt_member
