"""Faces: what people meet: the command line, later the workbench; none imports another."""
