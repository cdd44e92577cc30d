"""4D cubes from the disk: rate of virtual detectors, seconds of principal components, memory.

A cube of 1.07 GB (128 x 256 frames of 128^2 pixels, uint16) is written once into the temporary folder and read
through a memory map. Seconds are CPU time of one core, medians of five runs after compilation; anonymous memory is
that of a fresh process above the one that it has after import, which also runs over a cube of 4.3 GB (the file is
sparse).

    .venv/bin/python benchmarks/microscopy/bench_cube.py
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Options, Result, call, command, options, report

from matgenes.domains.microscopy.cube import Cube, detect, principal_components

MEMORY = """
import sys, threading, time
from matgenes.domains.microscopy.cube import Cube, detect, principal_components
import numpy as np
detect(Cube(np.ones((2, 2, 8, 8), np.uint16)))
principal_components(Cube(np.random.default_rng(0).normal(size=(9, 9, 8, 8)).astype("float32")), 3)
def anonymous():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024
before, peak, done = anonymous(), 0, False
def watch():
    global peak
    while not done:
        peak = max(peak, anonymous())
        time.sleep(0.002)
thread = threading.Thread(target=watch)
thread.start()
cube = Cube.open(sys.argv[1])
detect(cube)
if sys.argv[2] == "components":
    principal_components(cube, 16)
done = True
thread.join()
print("MEASURED", peak - before)
"""


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        report("microscopy/bench_cube.py", measure(opts, Path(folder)), opts)


def measure(opts: Options, folder: Path) -> list[Result]:
    """Time both, and watch their memory."""
    shape, runs, rank = ((4, 8, 32, 32), 1, 4) if opts.tiny else ((128, 256, 128, 128), 5, 16)
    path = written(folder / "cube.npy", shape)
    cube, gigabytes = Cube.open(path), path.stat().st_size / 1e9
    detect(Cube(np.ones((1, 2, 8, 8), dtype=np.uint16)))
    rates = tuple(gigabytes / call(lambda: detect(cube)).cpu for _ in range(runs))
    seconds = tuple(call(lambda: principal_components(cube, rank)).cpu for _ in range(runs))
    results = [
        Result("cube-detectors", statistics.median(rates), "GB/s", f"best {max(rates):.1f}", rates),
        Result("cube-components", statistics.median(seconds), "s", f"{gigabytes:.2f} GB, rank {rank}", seconds),
        Result(
            "cube-components-memory", memory(path, "components") / 1e6, "MB", "detectors and components, above import"
        ),
    ]
    path.unlink()
    large = folder / "large.npy"
    np.lib.format.open_memmap(large, mode="w+", dtype=np.uint16, shape=(shape[0] * 4, *shape[1:]))[0, 0] = 1
    note = f"{large.stat().st_size / 1e9:.1f} GB, detectors, above import"
    return [*results, Result("cube-large-memory", memory(large, "detectors") / 1e6, "MB", note)]


def memory(path: Path, what: str) -> float:
    """Return the peak of anonymous memory of a fresh process in bytes; NaN where it cannot be seen."""
    if not Path("/proc/self/status").is_file():
        return float("nan")
    told = command([sys.executable, "-c", MEMORY, str(path), what]).stdout.rpartition("MEASURED")[2]
    return float(told)


def written(path: Path, shape: tuple[int, ...]) -> Path:
    """Write counts of three patterns and noise, row by row."""
    rng = np.random.default_rng(0)
    patterns = rng.uniform(0, 12, (3, *shape[2:]))
    cube = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint16, shape=shape)
    noise = rng.poisson(3, size=shape[1:]).astype(np.uint16)
    for row in range(shape[0]):
        weights = rng.dirichlet([1.0, 1.0, 1.0], size=shape[1])
        cube[row] = np.roll(noise, row, axis=0) + (weights @ patterns.reshape(3, -1)).reshape(shape[1:]).astype(
            np.uint16
        )
    cube.flush()
    return path


if __name__ == "__main__":
    main()
