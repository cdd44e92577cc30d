"""Reading and writing tables: CSV, Excel, Parquet, JSON lines, their units in the header and in a sidecar.

``_read`` chooses the format; one file a format gives ``_raw`` columns; ``_assemble`` makes a dataset of them, cell by
cell where needed, and names file, row and column of what cannot be understood.
"""
