"""``matgenes campaign``: ask what to measure next, tell what came out; by hand, by a script, by a robot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._campaign_texts import aim_of, limit_of, objectives_of, read, space_of, values_of
from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json

if TYPE_CHECKING:
    from ..discovery import Campaign

__all__ = ["app"]

app = typer.Typer(help="Ask what to measure next, tell what came out.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The campaign's folder.")]
Candidate = Annotated[str, typer.Argument(help="Its name; of free conditions T=450;p=2")]
Name = Annotated[str, typer.Option("--measurement", "-m", help="Name of a further measurement of the same candidate.")]


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    candidates: Annotated[
        Path | None, typer.Argument(help="Table of candidates; known values may stand in it.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", "-t", help="What is measured; several: a front.")
    ] = None,
    goal: Annotated[
        list[str] | None, typer.Option("--goal", "-g", help="maximise, minimise or a value; one a target.")
    ] = None,
    known: Annotated[Path | None, typer.Option("--known", "-k", help="Table of what is known already.")] = None,
    variable: Annotated[
        list[str] | None, typer.Option("--variable", help="A free condition: T=300..900 or T=300..900/25")
    ] = None,
    formula: Annotated[list[str] | None, typer.Option("--formula", help="A formula to start from: CaTiO3")] = None,
    swap: Annotated[list[str] | None, typer.Option("--swap", help="Elements in each other's place: Ca,Sr,Ba")] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="A column to learn from; default: every free number.")
    ] = None,
    composition: Annotated[
        str | None, typer.Option("--composition", help="A column of formulas to learn from.")
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option("--limit", help="What must be kept: density=..4 or T_m=900..")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="Model and acquisition, or random.")] = "gp-ei",
    strategy: Annotated[
        str, typer.Option("--strategy", help="How a batch is kept apart: penalise, believe, sample, top.")
    ] = "penalise",
    per_cost: Annotated[
        bool, typer.Option("--per-cost", help="Rank by what is promised per cost (a column of role cost).")
    ] = False,
    fidelity: Annotated[
        str | None, typer.Option("--fidelity", help="A column that says how far a value is to be trusted: 0, 1, ...")
    ] = None,
    budget: Annotated[float | None, typer.Option("--budget", help="What all measurements may cost.")] = None,
    refuse_unasked: Annotated[
        bool, typer.Option("--refuse-unasked", help="Take only results that were asked for.")
    ] = False,
    title: Annotated[str, typer.Option("--title", help="For readers.")] = "",
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all draws.")] = 0,
    json: Json = False,
) -> None:
    """Begin a campaign: on a table of candidates, on free conditions (--variable), or on formulas (--formula, --swap).

    Example: matgenes campaign new hard alloys.csv --target hardness --unit hardness=GPa
    """  # fmt: skip
    from ..discovery import Campaign

    units = pairs(unit)
    space, table_units = space_of(candidates, variable, formula, swap, composition, units, pairs(role), sheet, decimal)
    told = None
    if known is not None:
        told = read(known, units, {}, sheet, decimal)
    settings: dict[str, Any] = {
        "limits": [limit_of(text, table_units | units) for text in limit or []],
        "method": method, "strategy": strategy, "per_cost": per_cost, "title": title, "seed": seed,
        "unasked": "refuse" if refuse_unasked else "accept",
        "fidelity": fidelity,
    } | ({} if budget is None else {"budget": budget})  # fmt: skip
    campaign = Campaign.create(
        folder, space, objectives_of(target, goal, table_units | units), features=feature or (), known=told, **settings
    )
    _tell(campaign, json, f"Made the campaign {folder}. Ask what to measure first: matgenes campaign ask {folder}")


@app.command()
def ask(
    folder: Folder,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write them to a table, to be filled in.")] = None,
    pending: Annotated[bool, typer.Option("--pending", help="No new ones: those that were asked for already.")] = False,
    json: Json = False,
) -> None:
    """Say what to measure next, and why. It counts as being measured from now on.

    Example: matgenes campaign ask hard -n 4 --out todo.csv
    """
    from ..discovery import Campaign
    from ..discovery.campaign import to_table

    campaign = Campaign(folder)
    found = campaign.pending() if pending else campaign.ask(number)
    if out is not None:
        to_table(found, campaign.settings).write(out)
    if json:
        print_json({"suggestions": [each.to_dict() for each in found]})
        return
    for each in found:
        typer.echo(f"{each.candidate}\n    {each.reason}")
    if out is not None:
        typer.echo(f"\nFill in {out}, then: matgenes campaign tell {folder} --file {out}")
    elif found:
        typer.echo(f"\nThen tell what came out: matgenes campaign tell {folder} '{found[0].candidate}' VALUE")


@app.command()
def tell(
    folder: Folder,
    candidate: Annotated[str | None, typer.Argument(help="Its name; of free conditions T=450;p=2")] = None,
    value: Annotated[list[str] | None, typer.Argument(help="The value; several as density=3.2 hardness=11")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A table of results instead.")] = None,
    sigma: Annotated[float | None, typer.Option("--sigma", "-s", min=0, help="Its standard uncertainty.")] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", "-u", help="In which it is given, where another than usual.")
    ] = None,
    outcome: Annotated[str, typer.Option("--outcome", help="accepted, negative or failed.")] = "accepted",
    reason: Annotated[str, typer.Option("--reason", help="Why it failed.")] = "",
    note: Annotated[str, typer.Option("--note", help="Anything else.")] = "",
    measurement: Name = "",
    json: Json = False,
) -> None:
    """Say what came out; done when this returns. Telling the same again changes nothing.

    Example: matgenes campaign tell hard NiAl 4.1 --sigma 0.2
    """  # fmt: skip
    from .._core.errors import InputError
    from ..discovery import Campaign

    if (file is None) == (candidate is None):
        raise InputError("tell a candidate and its value, or a table of results: --file results.csv.")
    campaign = Campaign(folder)
    if file is not None:
        new_ones = campaign.tell_all(read(file, {}, {}, None, None))
    else:
        told = campaign.tell(
            candidate or "", values_of(value or []), sigma=sigma, unit=unit, outcome=outcome, reason=reason, note=note,
            measurement=measurement,
        )  # fmt: skip
        new_ones = int(told)
    text = f"{new_ones} new." if new_ones else "Known already; nothing changed."
    _tell(campaign, json, f"{text}\n{campaign.status()}", new=new_ones)


@app.command()
def status(folder: Folder, json: Json = False) -> None:
    """Say where a campaign stands.

    Example: matgenes campaign status hard
    """
    from ..discovery import Campaign

    campaign = Campaign(folder)
    _tell(campaign, json, str(campaign.status()))


@app.command()
def history(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to a table.")] = None,
    json: Json = False,
) -> None:
    """Show what was measured, in order, with the best value so far.

    Example: matgenes campaign history hard --out hard.csv
    """
    from ..discovery import Campaign

    found = Campaign(folder).history()
    if out is not None:
        found.write(out)
    if json:
        print_json({"measurements": found.table.to_pylist()})
    elif out is None:
        shown = [name for name in found.names() if name not in ("asked for", "note", "time")]
        typer.echo(found.select(shown).to_pandas().to_string(index=False, na_rep="", max_colwidth=40))
    else:
        typer.echo(f"Wrote {out}.")


@app.command()
def release(folder: Folder, candidate: Candidate, json: Json = False) -> None:
    """Say that nobody measures a suggested candidate any more.

    Example: matgenes campaign release hard NiAl
    """
    from ..discovery import Campaign

    campaign = Campaign(folder)
    campaign.release(candidate)
    _tell(campaign, json, f"{candidate} may be suggested again.")


@app.command()
def retract(
    folder: Folder,
    candidate: Candidate,
    reason: Annotated[str, typer.Option("--reason", help="Why it was wrong.")],
    measurement: Name = "",
    json: Json = False,
) -> None:
    """Take back what was told of a candidate; the journal keeps it, with the reason.

    Example: matgenes campaign retract hard NiAl --reason "the samples were mixed up"
    """
    from ..discovery import Campaign

    campaign = Campaign(folder)
    campaign.retract(candidate, reason, measurement)
    _tell(campaign, json, f"Took back what was told of {candidate}.")


@app.command()
def verify(folder: Folder, json: Json = False) -> None:
    """Make every decision again from what was known at the time; the exit code is 2 where one differs.

    Example: matgenes campaign verify hard
    """
    from dataclasses import asdict

    from ..discovery import Campaign

    checks = Campaign(folder).verify()
    different = [each for each in checks if not each.is_identical]
    if json:
        print_json({"identical": not different, "asks": [asdict(each) for each in checks]})
    else:
        for each in different:
            typer.echo(f"ask {each.number}: {', '.join(each.suggested)} then, {', '.join(each.now)} now")
        typer.echo(f"{len(checks) - len(different)} of {len(checks)} decisions are identical.")
    if different:
        raise typer.Exit(2)


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="A table whose labels are known.")],
    target: Annotated[str, typer.Option("--target", "-t", help="What is looked for.")],
    method: Annotated[
        list[str] | None, typer.Option("--method", help="Methods to compare; default gp-ei and random.")
    ] = None,
    goal: Annotated[str, typer.Option("--goal", "-g", help="maximise, minimise or a value.")] = "maximise",
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="A column to learn from; default: every free number.")
    ] = None,
    initial: Annotated[int, typer.Option("--initial", min=3, help="Rows known at first.")] = 20,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds of a search.")] = 30,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Labels a round.")] = 1,
    repetitions: Annotated[int, typer.Option("--repetitions", min=1, help="Searches of each method.")] = 30,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all draws.")] = 0,
    json: Json = False,
) -> None:
    """Play searches on a table whose labels are known, to see which method finds the best rows first.

    Example: matgenes campaign simulate octet.csv --target dE --method gp-ei --method forest-ei --method random
    """  # fmt: skip
    from .._core.progress import terminal
    from ..discovery import Goal
    from ..discovery import simulate as play
    from ..discovery.spaces import Table

    data = read(file, pairs(unit), pairs(role), sheet, decimal)
    space = Table(data.drop([target]), feature or ())
    rows = space.data.with_column(data.quantity(target), data.numpy(target)).to_pandas()
    rows = rows.dropna(subset=[*space.features, target])
    aim = Goal(aim_of(goal))
    with terminal() as progress:
        played = play(
            (rows[list(space.features)], rows[target].to_numpy()), method or ("gp-ei", "random"), goal=aim,
            n_initial=initial, rounds=rounds, batch=batch, repetitions=repetitions, random_state=seed,
            progress=progress,
        )  # fmt: skip
    if json:
        print_json({"methods": played.to_table().table.to_pylist()})
    else:
        typer.echo(str(played))


def _tell(campaign: Campaign, json: bool, text: str, **more: Any) -> None:
    if json:
        print_json({"folder": str(campaign.folder), **more, **campaign.status().to_dict()})
    else:
        typer.echo(text)
