"""How much a file may hold before it is "not fully read": generous for reports, small for bombs."""

#: Bytes of one file.
BYTES = 300 << 20
#: Members of a package (DOCX, XLSX).
MEMBERS = 2_000
#: Bytes that a package may unpack to, and how much more than its own size once past the floor (bombs reach 1000 : 1).
UNPACKED = 512 << 20
RATIO = 100
RATIO_FLOOR = 10 << 20
#: Positions of all grids of a document together.
CELLS = 1_000_000
#: Tables within tables.
NESTING = 32
#: A file of more bytes than `MUTE_BYTES` that yields fewer characters than `MUTE_TEXT` was not really read.
MUTE_BYTES = 20_000
MUTE_TEXT = 20
#: A paginated document beyond one of these is not read any further, and a `Problem` says so: pages, and on each of them
#: characters, drawn objects, segments of lines and forms within forms.
PAGES = 5_000
CHARACTERS = 200_000
OBJECTS = 100_000
SEGMENTS = 100_000
DEPTH = 16
