"""One finder a kind."""
