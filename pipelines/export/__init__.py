"""The store written out for others: an Excel workbook, CSV, Parquet, with one table of Chinese labels."""
