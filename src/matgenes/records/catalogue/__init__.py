"""A group's memory: datasets, records and references in one folder, found again by what is in them.

The folder of :class:`Catalogue` holds one folder an entry, named by its content id and readable without matgenes, and
an index that can be made again from them at any time.
"""

from __future__ import annotations
