"""Names of members: decoded one by one, cleaned of what could lead out of a folder, and which of them are no documents.

Nothing is ever written under such a name; a clean one is for people and for finding the member again.
"""

import re

_DRIVE = re.compile(r"[A-Za-z]:")
#: What systems and programs leave in archives; hidden files and the marks of open documents, as on disk.
_LITTER = {"__macosx", "thumbs.db", "desktop.ini"}
_MARKS = (".", "~$")


def readable(raw: bytes) -> str:
    """A name as UTF-8 or else as GB18030: archives mix both, so each name is decoded for itself."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def clean(name: str) -> str:
    """The name as a relative path: no drive, no leading "/", no "..", and "/" between its parts."""
    parts = _DRIVE.sub("", name.partition("\0")[0].replace("\\", "/"), count=1).split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."}) or "_"


def ignored(name: str) -> bool:
    """Whether a clean name is that of no document: __MACOSX/…, .DS_Store, Thumbs.db, ~$报告.docx."""
    return any(part.startswith(_MARKS) or part.lower() in _LITTER for part in name.split("/"))
