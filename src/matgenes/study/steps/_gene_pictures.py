"""The pictures of step ``genes``."""

from __future__ import annotations

import numpy as np

from ...data import Dataset, Figure, Hover, Quantity
from ...report import figures as plots
from . import _predict_figures as pictures
from ._gene_search import Evidence
from ._rows import labels

__all__ = ["figures"]

MOST_GENES = 15


def figures(evidence: Evidence, dataset: Dataset) -> tuple[Figure, ...]:
    """Return the pictures: parity on unseen rows, genes, front, gene map, chance."""
    drawn = [pictures.parity(evidence.test, "parity_formula")]
    if evidence.stability is not None:
        drawn.append(_stability(evidence))
    drawn.append(_front(evidence))
    if len(evidence.widest.models_) > 1:
        drawn.append(_map(evidence, dataset))
    if evidence.chance is not None:
        drawn.append(_chance(evidence))
    drawn.append(pictures.calibration({evidence.test.title: evidence.test}, "calibration_formula"))
    return tuple(drawn)


def _stability(evidence: Evidence) -> Figure:
    assert evidence.stability is not None
    table = evidence.stability.columns(len(evidence.model.models_))
    table = table.take(range(min(MOST_GENES, len(table))))
    share = table.numpy("share")
    error = np.sqrt(share * (1 - share) / evidence.stability.n_resamples)
    return Figure(
        name="stability",
        caption="How often each column returns in the best formula when the rows are resampled: genes that stay are "
        "what the data support.",
        data=table,
        draw=plots.drawing(plots.bars, list(table.numpy("column")), {"": (share, error)}, name="share of resamples"),
    )


def _front(evidence: Evidence) -> Figure:
    front, unit = evidence.front, evidence.target.unit or ""
    names = [", ".join(model.features) for model in front.models]
    return Figure(
        name="front",
        caption="Error of the fit against the number of operators: what does simplicity cost?",
        data=front.to_dataset(),
        draw=plots.drawing(plots.front, front.costs, front.rmse, names, name="RMSE of the fit", unit=unit),
    )


def _map(evidence: Evidence, dataset: Dataset) -> Figure:
    """Draw the rows in the plane of the two genes of the best formula of two features."""
    model, rows = evidence.widest.models_[1][0], evidence.widest.rows_
    x, y = model.space.evaluate(model.ids, np.ascontiguousarray(rows.x.T))
    names, target = labels(_used(dataset, evidence)), evidence.target
    units = [unit or "" for unit in model.units]
    data = Dataset.from_columns(
        {
            Quantity("material"): names,
            Quantity(model.features[0], unit=units[0]): x,
            Quantity(model.features[1], unit=units[1]): y,
            Quantity(target.name, unit=target.unit or ""): rows.y,
        }
    )
    return Figure(
        name="gene_map",
        caption=f"The rows in the plane of the two genes of the best formula with two features, colour: {target.name}.",
        data=data,
        draw=plots.drawing(
            plots.map2d, x, y, rows.y, x_name=model.features[0], y_name=model.features[1], x_unit=units[0],
            y_unit=units[1], name=target.name, unit=target.unit or "",
        ),
        hover=Hover(
            model.features[0], model.features[1], color=target.name, text=("material",), title="Gene map"
        ),
    )  # fmt: skip


def _used(dataset: Dataset, evidence: Evidence) -> Dataset:
    """Return the rows that were fitted, in their order."""
    x, _, _ = dataset.xy(features=evidence.model.names_)
    return dataset.take(x.index.to_numpy())


def _chance(evidence: Evidence) -> Figure:
    assert evidence.chance is not None
    null, observed = evidence.chance.named()
    data = Dataset.from_columns({Quantity(name, unit=""): values for name, values in null.items()})
    return Figure(
        name="chance",
        caption="Is it chance? R2 of the best formula on shuffled targets (bars) and on the real one (lines).",
        data=data,
        draw=plots.drawing(plots.chance, null, observed, name="R2 of the fit"),
    )
