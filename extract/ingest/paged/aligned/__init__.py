"""Tables without ruling lines, or with some only, by alignment; what is not plainly one stays lines.

parts      a line cut at its gaps: numbers, signs for none, names
streams    columns: the white streams down several lines, and whether numbers are aligned in them
headings   the labels above the columns
groups     labels over several columns
bands      lines that make one row, where names are wrapped
gridded    the grid of head and rows
continued  the rest of a table on the next page
find       the whole way; what `pages` calls
"""
