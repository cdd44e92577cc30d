"""What people look at: figures with units and uncertainty, and the page that puts the results of a study together.

Figures are matplotlib, drawn without global state; one function, :func:`hover_scatter`, gives the hoverable scatter.
:func:`write_report` turns the results of steps into one HTML file that opens offline, with a methods paragraph and
the citations generated from what was run. The page knows no step by name.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from . import citations as citations
    from . import figures as figures
    from . import style as style
    from ._files import stem as stem
    from ._methods import methods as methods
    from ._numbers import number as number
    from ._numbers import with_error as with_error
    from .hover import hover_scatter as hover_scatter
    from .page import ReportContent as ReportContent
    from .page import write_report as write_report

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["citations", "figures", "style"],
    submod_attrs={
        "_files": ["stem"],
        "_methods": ["methods"],
        "_numbers": ["number", "with_error"],
        "hover": ["hover_scatter"],
        "page": ["ReportContent", "write_report"],
    },
)
