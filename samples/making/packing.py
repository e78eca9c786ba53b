"""Makes zip packages (DOCX, XLSX) independent of the clock and of the machine's zlib."""

import io
import zipfile

#: The earliest time that a zip entry can carry.
EPOCH = (1980, 1, 1, 0, 0, 0)


def repack(package: bytes) -> bytes:
    """The same members in the same order, stored without compression and with a fixed time."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name in source.namelist():
            packed.writestr(zipfile.ZipInfo(name, EPOCH), source.read(name))
    return target.getvalue()
