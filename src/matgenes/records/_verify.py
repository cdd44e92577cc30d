"""Does a record still hold? First that nothing was changed, then the same work once more and each output compared."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zipfile import is_zipfile

from .._core.canonical import canonical_json
from .._core.errors import MatgenesError
from .._core.progress import Progress, silent
from .._core.tasks import one_thread
from ._code import Code
from ._compare import Difference, compare, describe
from ._integrity import damages, unexpected_files
from ._paths import RECORD
from ._record import Record, RecordedOutput, read_unchecked
from ._runner import find_runner
from ._verification import Comparison, Status, Verification, listed
from .environment import Change, Environment
from .exchange._archive import unpacked

__all__ = ["verify"]


def verify(
    path: str | os.PathLike[str], *, rerun: bool = True, frozen: bool = False, progress: Progress | None = None
) -> Verification:
    """Check a record's folder or crate, run its work again in a temporary folder, and compare.

    Where the folder is not as it was written, nothing is run and the answer names what changed.

    Parameters
    ----------
    path : path
        The record's folder, the ``record.json`` in it, or a crate of it as a ZIP file.
    rerun : bool
        False checks the folder only; then the best answer is ``intact``, as nothing shows that the result comes again.
    frozen : bool
        True asks for the recorded environment (the same Python, packages and code, as ``matgenes records env`` writes
        it) and identical outputs; without it today's environment serves, and outputs within their tolerance.
    progress : callable, optional
        Told how far the re-run is.

    Returns
    -------
    Verification
        ``identical``, ``conforms``, ``differs``, ``cannot-run`` or ``intact``, with reasons.

    Raises
    ------
    InputError
        If there is no record, it cannot be read, or a path in it leads out of its folder.
    """
    if is_zipfile(path):
        with unpacked(Path(path)) as folder:
            answer = verify(folder, rerun=rerun, frozen=frozen, progress=progress)
        return dataclasses.replace(answer, path=Path(path))
    file, record, problem = read_unchecked(path)
    folder = file.parent
    answer = _integrity(folder, record, problem, rerun)
    if answer.status == "intact" and rerun:
        answer = _frozen(folder, record, progress or silent) if frozen else _rerun(folder, record, progress or silent)
    if not answer.comparisons:  # a re-run tells its own environment
        with one_thread():
            answer = _with_changes(answer, record, Code.here(), Environment.here())
    return dataclasses.replace(answer, unexpected=unexpected_files(folder, record))


def _integrity(folder: Path, record: Record, problem: str | None, rerun: bool) -> Verification:
    if problem is not None:  # a record that was changed says nothing about the other files
        return Verification("differs", folder, record.id, (f"{RECORD}: {problem}",))
    found = tuple(damages(folder, record))
    broken: Status = "cannot-run" if rerun and all(damage.is_input for damage in found) else "differs"
    return Verification(broken if found else "intact", folder, record.id, tuple(f"{damage}." for damage in found))


def _rerun(folder: Path, record: Record, progress: Progress) -> Verification:
    with tempfile.TemporaryDirectory(prefix="matgenes-verify-", ignore_cleanup_errors=True) as temporary:
        out = Path(temporary) / "again"
        try:
            find_runner(record.kind)(record, folder, out, progress)
            again = Record.read(out)
        except MatgenesError as error:
            return Verification("cannot-run", folder, record.id, (str(error),))
        except Exception as error:  # another version of any library may raise anything
            reason = f"The re-run stopped with {type(error).__name__}: {error}"
            return Verification("cannot-run", folder, record.id, (reason,))
        comparisons = tuple(_comparisons(folder, record, out, again))
    reasons = tuple(_reasons(record, again, comparisons))
    answer = Verification(_status(comparisons), folder, record.id, reasons, comparisons)
    return _with_changes(answer, record, again.code, again.environment)


def _frozen(folder: Path, record: Record, progress: Progress) -> Verification:
    """Run again in the recorded environment only, and take nothing but identical outputs."""
    with one_thread():
        now = Environment.here()
    elsewhere = {"platform", "processor", *record.environment.libraries}  # another machine, the same environment
    changes = [each for each in _changes(record, Code.here(), now) if each.before and each.name not in elsewhere]
    if changes:
        reason = f"this is not the recorded environment ({listed(changes)}); make it: matgenes records env"
        return Verification("cannot-run", folder, record.id, (reason,))
    answer = _rerun(folder, record, progress)
    if answer.status != "conforms":
        return answer
    near = (each.output for each in answer.comparisons if each.verdict == "conforms")
    reasons = tuple(f"Output '{name}' is within its tolerance, but not identical." for name in near)
    return dataclasses.replace(answer, status="differs", reasons=(*answer.reasons, *reasons))


def _comparisons(folder: Path, record: Record, out: Path, again: Record) -> Iterator[Comparison]:
    for name, then in record.outputs.items():
        allowed, now = describe(then.tolerance), again.outputs.get(name)
        if now is None:
            yield Comparison(name, allowed, "differs", Difference("the re-run did not give this output"))
        elif _content(then) == _content(now):
            yield Comparison(name, allowed, "identical")
        elif then.unit != now.unit:
            problem = f"recorded in '{then.unit}', now in '{now.unit}'"
            yield Comparison(name, allowed, "differs", Difference(problem, before=then.unit, after=now.unit))
        else:
            difference = compare(record.output(folder, name), again.output(out, name), then.tolerance)
            yield Comparison(name, allowed, "differs" if difference else "conforms", difference)


def _content(output: RecordedOutput) -> str:
    return canonical_json([output.value, output.table, output.unit])


def _status(comparisons: Iterable[Comparison]) -> Status:
    verdicts = {each.verdict for each in comparisons}
    return "differs" if "differs" in verdicts else "conforms" if "conforms" in verdicts else "identical"


def _reasons(record: Record, again: Record, comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield from (f"Output '{each.output}', {each.difference}." for each in comparisons if each.difference)
    for name, split in record.splits.items():
        if again.splits.get(name) != split:
            yield f"The split '{name}' is another one now."
    if not comparisons:
        yield "The record has no outputs to compare."


def _with_changes(answer: Verification, record: Record, code: Code, environment: Environment) -> Verification:
    return dataclasses.replace(answer, environment_changes=tuple(_changes(record, code, environment)))


def _changes(record: Record, now: Code, environment: Environment) -> Iterator[Change]:
    """Give what changed since the run: first matgenes itself, then packages and machine."""
    then = record.code
    if then.version != now.version:
        yield Change(then.package, then.version, now.version)
    elif then.source != now.source:
        yield Change(f"source of {then.package} {then.version}", then.source[:19], now.source[:19])
    yield from record.environment.differences(environment)
