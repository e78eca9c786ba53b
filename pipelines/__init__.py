"""Runs and faces: an archive through extraction into the store, and what people see of it."""
