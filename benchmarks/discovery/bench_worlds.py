"""Which world ranks methods of discovery as they truly rank? The open question of reward estimation.

The protocol, fixed before any result was seen:

tasks        10, from 4 tables of real materials, at most 500 rows each (drawn once); goals and the way in which the
             labelled rows are chosen differ: uniformly, or uniformly among the worse 90 %
initial sets 10 a task, of 80 labelled rows (40 in one task); 100 further rows, or all that are left, drawn uniformly,
             tell alpha (U = 100)
methods      gp-ei, gp-xt, gp-ucb, gp-max_variance, linear-ei, random_forest20-ei (20 trees), random
truth        every method is played for 20 rounds on the real labels from every initial set; its true reward is the mean
             over the sets. A task counts if its best method beats its worst beyond the 90 % interval of the difference.
estimates    8 repetitions in the naive, the adjusted and the posterior world; the averaged one is their mean; and a
             world of another model class: labels of the real candidates drawn by a forest (a tree of a forest on a
             bootstrap sample, and as much noise as it errs on the labelled rows)
judged by    Spearman's correlation of estimated and true rewards, and the regret of the method that is estimated best,
             (best true - its true) / (best true - worst true); means over sets and tasks, with 90 % intervals by a
             bootstrap of whole tables. A world is better than the naive one only if the interval of the difference of
             the correlations excludes zero. Where naive is not worse, that is said.

    .venv/bin/python benchmarks/discovery/bench_worlds.py [--checkpoint FOLDER]

Takes some CPU hours on two processes; with --checkpoint an interrupted run goes on.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Options, Result, options, report
from bench_backtests import FOLDER, TABLES
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor

from matgenes._core import tasks
from matgenes._core.progress import terminal
from matgenes.discovery import Goal, Method, estimate_rewards
from matgenes.discovery.leaderboard._board import agreement
from matgenes.discovery.rewards._estimate import played
from matgenes.discovery.rewards._worlds import World

Floats = NDArray[np.float64]
METHODS = ("gp-ei", "gp-xt", "gp-ucb", "gp-max_variance", "linear-ei", "random_forest20-ei", "random")
WORLDS = ("naive", "adjusted", "posterior", "averaged", "forest")
SIZE, KNOWN, UNIFORM, ROUNDS, SETS, REPETITIONS, BOOTSTRAPS = 500, 80, 100, 20, 10, 8, 2000


@dataclass(frozen=True)
class Task:
    """A table, what is looked for in it, and how the labelled rows are chosen."""

    table: str
    goal: str
    is_biased: bool
    n_known: int = KNOWN


TASKS = (
    Task("double", "maximise", is_biased=True),
    Task("double", "maximise", is_biased=False),
    Task("double", "minimise", is_biased=True),
    Task("double", "maximise", is_biased=True, n_known=40),
    Task("single", "maximise", is_biased=True),
    Task("single", "minimise", is_biased=True),
    Task("gaps", "maximise", is_biased=True),
    Task("gaps", "maximise", is_biased=False),
    Task("yield", "maximise", is_biased=True),
    Task("yield", "maximise", is_biased=False),
)


def main() -> None:
    """Measure, print, write."""
    checkpoint = None
    if "--checkpoint" in sys.argv:
        place = sys.argv.index("--checkpoint")
        checkpoint = sys.argv[place + 1]
        del sys.argv[place : place + 2]
    opts = options(__doc__)
    report("discovery/bench_worlds.py", measure(opts, checkpoint), opts)


def measure(opts: Options, checkpoint: str | None = None) -> list[Result]:
    """Play everything, then compare."""
    chosen = [TASKS[0], TASKS[4]] if opts.tiny else TASKS
    sets, repetitions, rounds = (2, 2, 3) if opts.tiny else (SETS, REPETITIONS, ROUNDS)
    work = [(TASKS.index(task), number) for number in range(sets) for task in chosen]
    tables = {f"x_{name}": table(name, opts.tiny)[0] for name in TABLES}
    tables |= {f"y_{name}": table(name, opts.tiny)[1] for name in TABLES}
    with terminal() as progress, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        found = tasks.run(
            one_set, work, shared={**tables, "repetitions": repetitions, "rounds": rounds},
            executor=executor, checkpoint=checkpoint, progress=progress, stage="initial sets",
        )  # fmt: skip
    return judged([TASKS[number] for number, _ in work], found)


def one_set(task: tuple[int, int], *, repetitions: int, rounds: int, **tables: Floats) -> dict[str, Any]:
    """Return the true rewards (n_methods,) of an initial set and the estimates (n_methods,) of all worlds."""
    what, seed = TASKS[task[0]], 1000 * task[0] + task[1]
    x, y = np.array(tables[f"x_{what.table}"]), np.array(tables[f"y_{what.table}"])
    goal, rng = Goal(what.goal), np.random.default_rng(seed)
    order = np.argsort(goal.worth(y), kind="stable")
    among = order[: int(0.9 * len(y))] if what.is_biased else order
    known = rng.choice(among, min(what.n_known, len(y) // 3), replace=False)
    rest = np.setdiff1d(np.arange(len(y)), known)
    sample = rng.choice(rest, min(UNIFORM, len(rest)), replace=False)
    found = estimate_rewards(
        (x[known], y[known]), len(y), METHODS, goal=goal, uniform_sample=y[sample], candidates=x[rest],
        world="averaged", repetitions=repetitions, rounds=rounds, random_state=seed,
    )  # fmt: skip
    by_world = found.best[..., 1:].mean(axis=(2, 3))
    estimates = dict(zip(found.worlds, by_world, strict=True))
    estimates["averaged"] = by_world.mean(axis=0)
    estimates["forest"] = _forest_world(x, y, known, rest, goal, seed, repetitions, rounds)
    real = World(np.concatenate([x[known], x[rest]]), np.concatenate([y[known], y[rest]]), list(range(len(known))))
    truth = [_reward(real, method, goal, rounds, seed) for method in METHODS]
    tail = float(found.alpha.estimate(len(known)) * len(known)) if found.alpha else float("nan")
    return {"truth": np.array(truth), "tail": tail, **{name: estimates[name] for name in WORLDS}}


def _forest_world(
    x: Floats, y: Floats, known: Any, rest: Any, goal: Goal, seed: int, repetitions: int, rounds: int
) -> Floats:
    rng = np.random.default_rng(seed + 1)
    forest = ExtraTreesRegressor(repetitions, bootstrap=True, min_samples_leaf=2, random_state=seed)
    forest.fit(x[known], y[known])
    trees = np.stack([tree.predict(x[rest]) for tree in forest.estimators_])
    own = np.stack([tree.predict(x[known]) for tree in forest.estimators_])
    noise = float(np.std(own - y[known]))
    rewards = np.empty((len(METHODS), repetitions))
    for number, labels in enumerate(trees + noise * rng.standard_normal(trees.shape)):
        world = World(np.concatenate([x[known], x[rest]]), np.concatenate([y[known], labels]), list(range(len(known))))
        rewards[:, number] = [_reward(world, method, goal, rounds, seed + number) for method in METHODS]
    return np.asarray(rewards.mean(axis=1))


def _reward(world: World, method: str, goal: Goal, rounds: int, seed: int) -> float:
    made = Method.parse(method)
    return float(played(world, made, goal, rounds, tasks.seed(seed, made.stage, 0))[1:].mean())


def judged(work: list[Task], found: list[dict[str, Any]]) -> list[Result]:
    """Return correlations and regrets of the worlds, over the tasks whose true order is resolved."""
    scores: dict[str, dict[str, list[tuple[float, float, float]]]] = {}
    for task in dict.fromkeys(work):
        sets = [one for each, one in zip(work, found, strict=True) if each == task]
        truth = np.array([Goal(task.goal).worth(one["truth"]) for one in sets])
        resolved, line = _resolved(truth)
        print(f"{task}: {line}; {'counts' if resolved else 'true order not resolved: does not count'}")
        if resolved:
            for one in sets:
                for world in WORLDS:
                    said = Goal(task.goal).worth(one[world])
                    scores.setdefault(world, {}).setdefault(task.table, []).append(
                        (*agreement(said, truth.mean(axis=0)), one["tail"])
                    )
    return _results(scores)


def _resolved(truth: Floats) -> tuple[bool, str]:
    mean = truth.mean(axis=0)
    best, worst = int(np.argmax(mean)), int(np.argmin(mean))
    gap = truth[:, best] - truth[:, worst]
    error = gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else np.inf
    order = " > ".join(METHODS[i] for i in np.argsort(-mean))
    return bool(gap.mean() > 1.833 * error), f"{order}, first above last by {gap.mean():.3g} +- {error:.2g}"


def _results(scores: dict[str, dict[str, list[tuple[float, float, float]]]]) -> list[Result]:
    if not scores:
        return [Result("worlds-default", float("nan"), "", "no task is resolved")]
    means = {world: _bootstrapped(tables) for world, tables in scores.items()}
    for world, draws in means.items():
        rank, regret = (_interval(draws[:, k]) for k in (0, 1))
        print(f"{world}: Spearman {rank}, regret {regret}")
    for world in WORLDS[1:]:
        print(f"{world} above naive by {_interval((means[world] - means['naive'])[:, 0])} in Spearman")
    _by_tail(scores)
    best = max(WORLDS[1:4], key=lambda world: float(means[world][0, 0]))
    low = float(np.quantile((means[best] - means["naive"])[1:, 0], 0.05))
    note = f"{best}: lower end of the 90 % interval of its Spearman correlation above that of naive"
    return [
        Result("worlds-default", low, "", note),
        *(Result(f"worlds-{world}", float(means[world][0, 0]), "", "mean Spearman correlation") for world in WORLDS),
    ]


def _bootstrapped(tables: dict[str, list[tuple[float, float, float]]]) -> Floats:
    """Return means (1 + BOOTSTRAPS, 2) of correlation and regret over tables; the first is that of the tables."""
    each = np.array([np.array(rows)[:, :2].mean(axis=0) for rows in tables.values()])
    rng = np.random.default_rng(0)  # the same tables for every world
    drawn = [each[rng.integers(len(each), size=len(each))].mean(axis=0) for _ in range(BOOTSTRAPS)]
    return np.array([each.mean(axis=0), *drawn])


def _interval(draws: Floats) -> str:
    low, high = np.quantile(draws[1:], [0.05, 0.95])
    return f"{draws[0]:.2f} ({low:.2f} to {high:.2f})"


def _by_tail(scores: dict[str, dict[str, list[tuple[float, float, float]]]]) -> None:
    """Print correlations where alpha N, the labelled rows that stand for what is better, is small and large."""
    for low, high in ((0.0, 3.0), (3.0, np.inf)):
        line = []
        for world, tables in scores.items():
            ranks = [rank for rows in tables.values() for rank, _, tail in rows if low <= tail < high]
            line.append(f"{world} {np.mean(ranks):.2f}" if ranks else f"{world} -")
        print(f"alpha N from {low:g} to {high:g}: {', '.join(line)} ({len(ranks)} sets)")


def table(name: str, tiny: bool) -> tuple[Floats, Floats]:
    """Return features and target of at most 500 rows of a table."""
    import pandas as pd

    file, target = TABLES[name]
    if tiny or not (FOLDER / file).is_file():
        x = np.random.default_rng(0).normal(size=(150, 4))
        return x, x[:, 0] - x[:, 1] ** 2
    frame = pd.read_csv(FOLDER / file).sample(frac=1, random_state=2026).head(SIZE)
    y = frame.pop(next(column for column in frame.columns if target in column)).to_numpy(dtype=float)
    return frame.select_dtypes("number").dropna(axis=1).to_numpy(dtype=float), y


if __name__ == "__main__":
    main()
