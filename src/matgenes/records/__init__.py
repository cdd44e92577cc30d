"""Every result is a record: what went in, which code, what came out, and how to find out whether it still holds.

A :class:`Record` lies as ``record.json`` in the folder of its run. :func:`write_run` stores inputs and outputs and
writes it, :func:`verify` checks that nothing was changed, runs everything again and compares each output within its
own tolerance. An :class:`Environment` says on what it was computed, :func:`write_environment` makes it again.

A :class:`Catalogue` keeps records, datasets and references so that they are found again; :func:`export_crate`,
:func:`import_crate` and :func:`read_eln` exchange them with others.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._code import Code as Code
    from ._compare import Difference as Difference
    from ._container import ask_hashes as ask_hashes
    from ._container import write_environment as write_environment
    from ._record import Record as Record
    from ._record import RecordedInput as RecordedInput
    from ._record import RecordedOutput as RecordedOutput
    from ._runner import Runner as Runner
    from ._verification import Comparison as Comparison
    from ._verification import Verification as Verification
    from ._verify import verify as verify
    from ._verify_all import Check as Check
    from ._verify_all import Checks as Checks
    from ._verify_all import verify_all as verify_all
    from .catalogue._catalogue import Catalogue as Catalogue
    from .catalogue._entry import Entry as Entry
    from .catalogue._lineage import Lineage as Lineage
    from .catalogue._range import Range as Range
    from .environment import Change as Change
    from .environment import Environment as Environment
    from .exchange._archive import Limits as Limits
    from .exchange._crate_read import import_crate as import_crate
    from .exchange._crate_write import export_crate as export_crate
    from .exchange._eln import Notebook as Notebook
    from .exchange._eln import read_eln as read_eln
    from .provenance import write_run as write_run

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_code": ["Code"],
        "_compare": ["Difference"],
        "_container": ["ask_hashes", "write_environment"],
        "_record": ["Record", "RecordedInput", "RecordedOutput"],
        "_runner": ["Runner"],
        "_verification": ["Comparison", "Verification"],
        "_verify": ["verify"],
        "_verify_all": ["Check", "Checks", "verify_all"],
        "catalogue._catalogue": ["Catalogue"],
        "catalogue._entry": ["Entry"],
        "catalogue._lineage": ["Lineage"],
        "catalogue._range": ["Range"],
        "environment": ["Change", "Environment"],
        "exchange._archive": ["Limits"],
        "exchange._crate_read": ["import_crate"],
        "exchange._crate_write": ["export_crate"],
        "exchange._eln": ["Notebook", "read_eln"],
        "provenance": ["write_run"],
    },
)
