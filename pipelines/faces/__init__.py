"""Faces: what people meet. Command line, workbench, workbook and tables; none imports another."""
