"""Symmetry maps and the segmentation of images: CPU seconds of one core, and agreement with the truth.

Seconds are medians of seven runs after compilation, on a smoothed random image (maps: 1024^2, 81 shifts of patches of
41^2, stride 5; rotations 2, 3, 4 and 6) and on simulated polycrystals (segmentation). Agreement is the adjusted Rand
index over all pixels of 20 simulated polycrystals of 512^2 pixels and 5 grains at a dose of 20, from seeds that were
drawn after the settings were chosen; grains of one class whose lattices differ by less than 5 degrees count as one, as
their patches do not tell them apart. The mean is reported, with the worst in the note; the number of kinds is found,
not given.

    .venv/bin/python benchmarks/microscopy/bench_symmetry.py
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Options, Result, call, options, report
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from sklearn.metrics import adjusted_rand_score

from matgenes.domains.microscopy import segment
from matgenes.domains.microscopy.simulate import Polycrystal, polycrystal
from matgenes.domains.microscopy.symmetry._rotation import rotation_map
from matgenes.domains.microscopy.symmetry._translation import translation_map

SEEDS = range(7_200, 7_220)
FOLDS = {"100": 4, "111": 6, "0001": 6}
ALIKE = 5.0


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("microscopy/bench_symmetry.py", [*speeds(opts), agreement(opts)], opts)


def speeds(opts: Options) -> list[Result]:
    """Time the maps and the whole segmentation."""
    size, runs = (160, 1) if opts.tiny else (1024, 7)
    image = standardised(gaussian_filter(np.random.default_rng(0).normal(size=(size, size)), 2.0))
    along = np.linspace(-20, 20, 9).round().astype(np.int64)
    moved = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    made = polycrystal((size, size), n_grains=9, dose=60, random_state=1).image
    large = np.tile(made.values, (2, 2))
    seconds = {
        "symmetry-translation": lambda: translation_map(image, moved, 20, 5),
        "symmetry-rotation": lambda: rotation_map(image, 20, 5, 21),
        "symmetry-segment": lambda: segment(made),
        "symmetry-segment-large": lambda: segment(large),
    }
    found = {}
    for name, function in seconds.items():
        function()  # compiles
        found[name] = tuple(call(function).cpu for _ in range(runs))
    middle = {name: statistics.median(each) for name, each in found.items()}
    growth = middle.pop("symmetry-segment-large") / middle["symmetry-segment"]
    note = f"{size}^2 pixels; least {{:.3f}} s"
    return [
        *(Result(name, value, "s", note.format(min(found[name])), found[name]) for name, value in middle.items()),
        Result("symmetry-growth", growth, "times", f"{2 * size}^2 over {size}^2 pixels, segmentation"),
    ]


def agreement(opts: Options) -> Result:
    """Compare the segmentation with the truth."""
    seeds, shape = (SEEDS[:1], (200, 200)) if opts.tiny else (SEEDS, (512, 512))
    scores = []
    for seed in seeds:
        made = polycrystal(shape, dose=20, random_state=seed)
        scores.append(adjusted_rand_score(merged(made).ravel(), segment(made.image).kinds.ravel()))
    below = sum(score < 0.95 for score in scores)
    note = f"worst {min(scores):.3f}, median {statistics.median(scores):.3f}, {below} of {len(scores)} below 0.95"
    return Result("symmetry-agreement", float(np.mean(scores)), "", note, tuple(scores))


def merged(made: Polycrystal) -> NDArray[np.int64]:
    """Return the grains, those that cannot be told apart as one."""
    codes = np.arange(len(made.classes))
    for i, first in enumerate(made.classes):
        period = 360.0 / FOLDS.get(first.rpartition(" ")[2], 2)
        for j in range(i):
            apart = (made.angles[i] - made.angles[j]) % period
            if first == made.classes[j] and min(apart, period - apart) < ALIKE:
                codes[codes == codes[i]] = codes[j]
    return np.asarray(codes[made.grains])


def standardised(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return values with mean 0 and standard deviation 1."""
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float32)


if __name__ == "__main__":
    main()
