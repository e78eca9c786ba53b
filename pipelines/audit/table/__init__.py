"""Families C, D and E as far as they rest on tables: sums, blocks of funds, accounts, scores and indicators."""
