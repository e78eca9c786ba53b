"""Bytes to records: pure functions, no store, no clock, the same bytes always give the same records."""
