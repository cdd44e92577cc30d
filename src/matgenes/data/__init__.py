"""Tables of materials whose columns know what they mean: quantities with units, uncertainty, role and origin.

Reading and writing (CSV, Excel, Parquet, JSON lines), checking, elemental and composition descriptors, crystal
structures as a column, the built-in sample data, handbooks and streams for data that must be clean, and the small types
that a step of a study is made of.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from . import descriptors as descriptors
    from . import elements as elements
    from . import optimade as optimade
    from . import samples as samples
    from . import structures as structures
    from ._arrow import attach as attach
    from ._arrow import detach as detach
    from ._dataset import Dataset as Dataset
    from ._quantity import Quantity as Quantity
    from ._reference import Reference as Reference
    from ._step import Context as Context
    from ._step import Figure as Figure
    from ._step import Hover as Hover
    from ._step import Output as Output
    from ._step import Step as Step
    from ._step import StepResult as StepResult
    from ._step import Tolerance as Tolerance
    from .checks._check import Finding as Finding
    from .checks._check import Findings as Findings
    from .checks._check import check as check
    from .checks._check import check_file as check_file
    from .files._read import Loaded as Loaded
    from .files._read import load as load
    from .handbooks._handbook import Handbook as Handbook
    from .handbooks._verdict import Verdict as Verdict
    from .streams._arrival import Arrival as Arrival
    from .streams._arrival import Flag as Flag
    from .streams._stream import Stream as Stream

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["descriptors", "elements", "optimade", "samples", "structures"],
    submod_attrs={
        "_arrow": ["attach", "detach"],
        "checks._check": ["Finding", "Findings", "check", "check_file"],
        "_dataset": ["Dataset"],
        "_quantity": ["Quantity"],
        "files._read": ["Loaded", "load"],
        "handbooks._handbook": ["Handbook"],
        "handbooks._verdict": ["Verdict"],
        "streams._arrival": ["Arrival", "Flag"],
        "streams._stream": ["Stream"],
        "_reference": ["Reference"],
        "_step": ["Context", "Figure", "Hover", "Output", "Step", "StepResult", "Tolerance"],
    },
)
