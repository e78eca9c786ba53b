"""Family B: relations between one place of a report's text and another."""
