"""matgenes: from a table of materials to the genes, rules and calibrated predictions that it supports.

The names below are the public face. They load on first use, so that ``import matgenes`` costs next to nothing.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from . import data as data
    from . import discovery as discovery
    from . import models as models
    from . import records as records
    from . import report as report
    from . import sisso as sisso
    from . import study as study
    from . import subgroups as subgroups
    from . import uncertainty as uncertainty
    from ._core.errors import InputError as InputError
    from ._core.tasks import workers as workers
    from .data import Dataset as Dataset
    from .data import Quantity as Quantity
    from .records import Record as Record
    from .records import verify as verify

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["data", "discovery", "models", "records", "report", "sisso", "study", "subgroups", "uncertainty"],
    submod_attrs={
        "_core.errors": ["InputError"],
        "_core.tasks": ["workers"],
        "data": ["Dataset", "Quantity"],
        "records": ["Record", "verify"],
    },
)
__all__ += ["__version__"]
