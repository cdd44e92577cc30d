"""Records and data of others, and ours for them: RO-Crates, and the ``.eln`` files of electronic laboratory notebooks.

What comes from outside is neither trusted nor a reason to crash: names that lead out of the folder, links, pickles and
archives that would fill the disk are refused, a description that does not fit its files is reported, and no code runs.
"""

from __future__ import annotations
