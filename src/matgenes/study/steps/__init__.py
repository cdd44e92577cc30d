"""The hub's steps: ``check`` the data, ``explore`` them, find ``genes`` and ``rules``, ``predict`` honestly, say where
that holds (``applicability``), rank the ``candidates``.

One class a file; each is found by its entry point in the group ``matgenes.steps`` and takes part in the report and
the record through the types of ``matgenes.data`` alone.
"""
