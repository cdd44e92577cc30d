"""``matgenes microscopy``: regions of images, virtual detectors and components of cubes, as tables and pictures."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .image import Image

__all__ = ["app"]

app = typer.Typer(help="Images and 4D cubes of electron microscopes.", no_args_is_help=True)

Out = Annotated[Path, typer.Argument(help="The folder to make.")]
Array = Annotated[str | None, typer.Option("--array", help="Name of the array or dataset inside the file.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")]


@app.command()
def segment(
    image: Annotated[Path, typer.Argument(help="An image: .npy, .npz, .png, .dm4, .emd, .tif, ...")],
    out: Out,
    pixel_size: Annotated[float | None, typer.Option("--pixel-size", help="In angstrom.")] = None,
    array: Array = None,
    n_kinds: Annotated[int | None, typer.Option("--kinds", min=1, help="How many kinds; default: chosen.")] = None,
    radius: Annotated[int, typer.Option("--radius", min=2, help="Of a patch, in pixels.")] = 16,
    reach: Annotated[int, typer.Option("--reach", min=1, help="Largest shift, in pixels.")] = 20,
    symmetry: Annotated[
        list[str] | None, typer.Option("--symmetry", help="translation, rotation, reflection; default: the first.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the clusters.")] = 0,
    json: Json = False,
) -> None:
    """Divide an image into regions of one symmetry each: a table of them, a picture, and the kinds pixel by pixel.

    Example: matgenes microscopy segment haadf.npy regions --pixel-size 0.12
    """
    from ..._core.files import atomic_folder
    from .image import read_image
    from .symmetry import Grid
    from .symmetry import segment as divide

    grid = Grid(radius=radius, reach=reach, kinds=tuple(symmetry or ["translation"]))
    seen = read_image(image, pixel_size=pixel_size, array=array)
    found = divide(seen, grid=grid, n_clusters=n_kinds, random_state=seed)
    with atomic_folder(out) as folder:
        import numpy as np

        found.to_dataset().write(folder / "regions.csv")
        np.savez_compressed(folder / "kinds.npz", kinds=found.kinds.astype(np.uint8), probability=found.probability)
        _picture(found, folder / "regions.png")
        _about(folder, seen, {"grid": grid.__dict__, "kinds": found.n_kinds, "seed": seed, "tried": found.silhouettes})
    outcome = {"kinds": found.n_kinds, "regions": int(found.regions.max()), "folder": str(out)}
    _tell(json, outcome, f"{found}\nWritten: {out}/regions.csv, regions.png, kinds.npz")


@app.command()
def detect(
    cube: Annotated[Path, typer.Argument(help="A 4D cube: .npy, .h5, .emd, zarr.")],
    out: Out,
    dataset: Array = None,
    bright_field: Annotated[float | None, typer.Option("--bright-field", help="Radius of the disk, pixels.")] = None,
    inner: Annotated[float | None, typer.Option("--inner", help="Inner radius of the ring, pixels.")] = None,
    outer: Annotated[float | None, typer.Option("--outer", help="Outer radius of the ring, pixels.")] = None,
    json: Json = False,
) -> None:
    """Read a 4D cube once: bright field, annular dark field, sum and centre of mass of every frame.

    Example: matgenes microscopy detect scan.npy maps --bright-field 20 --inner 25 --outer 60
    """
    import numpy as np

    from ..._core.errors import InputError
    from ..._core.files import atomic_folder
    from ..._core.progress import terminal
    from .cube import Cube
    from .cube import detect as seen_by

    if (inner is None) != (outer is None):
        raise InputError("give both radii of the ring, --inner and --outer, or none.")
    ring = None if inner is None or outer is None else (inner, outer)
    opened = Cube.open(cube, dataset)
    with terminal() as progress:
        found = seen_by(opened, bright_field=bright_field, dark_field=ring, progress=progress)
    with atomic_folder(out) as folder:
        found.to_dataset().write(folder / "maps.parquet")
        maps = {name: getattr(found, name) for name in ("bright", "dark", "total", "row", "column")}
        np.savez_compressed(folder / "maps.npz", **maps)
    outcome = {"frames": opened.n_frames, "folder": str(out)}
    _tell(json, outcome, f"{opened.n_frames:,} frames. Written: {out}/maps.parquet, maps.npz")


@app.command()
def components(
    cube: Annotated[Path, typer.Argument(help="A 4D cube or spectrum image: .npy, .h5, .emd, zarr.")],
    out: Out,
    dataset: Array = None,
    rank: Annotated[int, typer.Option("--rank", min=1, help="How many components.")] = 16,
    scaling: Annotated[str, typer.Option("--scaling", help="Of counts: none, poisson, anscombe.")] = "none",
    json: Json = False,
) -> None:
    """Return the principal components of frames or spectra, and how many of them are more than noise.

    Example: matgenes microscopy components scan.npy parts --rank 16 --scaling poisson
    """
    import numpy as np

    from ..._core.files import atomic_folder
    from ..._core.progress import terminal
    from .cube import Cube, principal_components

    with terminal() as progress:
        found = principal_components(Cube.open(cube, dataset), rank, scaling=scaling, progress=progress)  # type: ignore[arg-type]
    with atomic_folder(out) as folder:
        names = ("scores", "components", "variances", "mean", "row_scale", "channel_scale")
        np.savez(folder / "components.npz", **{name: getattr(found, name) for name in names})
    outcome = {"rank": found.rank, "explained": [round(float(each), 6) for each in found.explained], "folder": str(out)}
    _tell(json, outcome, f"{found}\nWritten: {out}/components.npz")


def _picture(found: Any, path: Path) -> None:
    from matplotlib.figure import Figure

    from ...report import style
    from .plots import plot_segmentation

    figure = plot_segmentation(found).figure
    assert isinstance(figure, Figure)
    path.write_bytes(style.png(figure))


def _about(folder: Path, seen: Image, settings: dict[str, Any]) -> None:
    """Write what was done with which file."""
    from ... import __version__

    origin = None if seen.origin is None else seen.origin.__dict__
    content = {"matgenes": __version__, "image": origin, "pixel size (angstrom)": seen.pixel_size, **settings}
    (folder / "about.json").write_text(json_text.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _tell(json: bool, outcome: dict[str, Any], text: str) -> None:
    typer.echo(json_text.dumps(outcome, indent=2, ensure_ascii=False) if json else text)
