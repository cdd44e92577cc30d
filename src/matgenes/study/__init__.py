"""The main job: a study file names a table, a target and what is wanted; steps run; a folder with a report is left.

``run`` does it, ``load`` checks a study file (``validated`` one in plain data), ``propose`` writes one from a table,
``prepared`` gives the tables that the steps get, ``apply`` uses the fitted model of a finished study on new rows,
``members`` its rules. The hub's steps lie in ``steps/``; an entry point names each.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._apply import Applied as Applied
    from ._apply import apply as apply
    from ._load import load as load
    from ._load import validated as validated
    from ._members import Members as Members
    from ._members import members as members
    from ._prepare import Prepared as Prepared
    from ._propose import propose as propose
    from ._run import Run as Run
    from ._run import prepared as prepared
    from ._run import run as run
    from ._study import Study as Study

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_apply": ["Applied", "apply"],
        "_load": ["load", "validated"],
        "_members": ["Members", "members"],
        "_prepare": ["Prepared"],
        "_propose": ["propose"],
        "_run": ["Run", "prepared", "run"],
        "_study": ["Study"],
    },
)
