"""Layout of paginated formats: from the characters and ruling lines of pages (PDF, OFD, OCR) to a `Document`.

    glyphs      characters and ruling lines of a page; what readers fill in
    tables      ruled tables (pdfplumber's table finder)
    lines       characters to lines, lines to passages
    layout      reading order, two columns
    heads       running heads, feet and page numbers
    aligned     tables without ruling lines, or with some only
    paragraphs  lines to paragraphs, over pages
    stitch      tables over pages
    compose     all of it to a `Document`
    pages       the whole way; what the readers call

Running heads, feet, repeated table headers and turned text stand at the end of the text as blocks of their own.
"""
