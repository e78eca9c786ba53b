"""Family A: relations within a sentence or a list."""
