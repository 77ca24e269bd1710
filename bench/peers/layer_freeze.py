"""Optuna's combinations of sampler and pruner on the layer-freeze task (study/simulator/layer-freeze.ts), on a virtual clock.

A trial reports after every epoch, as Optuna's pruners want it, and leaves its worker when it is pruned. The incumbent is
the configuration with the lowest loss ever reported, which is more than study.best_trial gives: that looks at complete
trials only. Times are epochs in which nothing is frozen.
"""
import heapq
import math

import numpy as np
import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.pruners import HyperbandPruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import RandomSampler, TPESampler
from optuna.trial import TrialState

LAYERS, EPOCHS, ETA, NOISE = 12, 27, 3, 0.006
LEAST, MOST = 1e-6, 1e-3

SAMPLERS = {
    "random": lambda seed: RandomSampler(seed=seed),
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=True, constant_liar=True, n_startup_trials=10),
}
PRUNERS = {
    "none": NopPruner,
    "median": lambda: MedianPruner(n_startup_trials=5, n_warmup_steps=1),
    "sha": lambda: SuccessiveHalvingPruner(min_resource=1, reduction_factor=ETA),
    "hyperband": lambda: HyperbandPruner(min_resource=1, max_resource=EPOCHS, reduction_factor=ETA),
}

FLAT = {f"rate{i}": FloatDistribution(LEAST, MOST, log=True) for i in range(LAYERS)} | {"prefix": IntDistribution(0, LAYERS)}


def rates_of(params):
    """From the bottom."""
    return np.array([params[f"rate{i}"] for i in range(LAYERS)])


def loss(task, params, epoch):
    """As `lossAt` in layer-freeze.ts."""
    prefix, best = params["prefix"], task["bestPrefix"]
    x = np.log(rates_of(params) / LEAST) / math.log(MOST / LEAST)
    x[:prefix] = 0
    mismatch = np.array(task["weights"]) * np.minimum(6 * (x - np.array(task["optimum"])) ** 2, 1.5)
    if best is None:
        cost = mismatch.sum()
    else:
        cost = mismatch[prefix:].sum() + 0.02 * abs(prefix - best) + 0.015 * max(0, prefix - best) ** 1.3
    speed = 0.35 + 0.9 * math.exp(-3 * cost) + 0.02 * prefix
    return 0.25 + 0.5 * cost + 0.9 * math.exp(-speed * epoch**0.8)


def seconds_per_epoch(params):
    return 1 - 0.6 * params["prefix"] / LAYERS


def run(job):
    """The incumbent at each of job["times"], in whole trials, with its loss at the horizon without noise; and trials started."""
    task, workers, seed = job["task"], job["workers"], job["seed"]
    noise = np.random.default_rng([seed, 999])
    study = optuna.create_study(sampler=SAMPLERS[job["sampler"]](seed), pruner=PRUNERS[job["pruner"]](), study_name=f"s{seed}")
    times = [time * EPOCHS for time in job["times"]]
    events, started, best, incumbents = [], 0, (math.inf, None), []

    def start(now):
        nonlocal started
        trial = study.ask(FLAT)
        heapq.heappush(events, (now + seconds_per_epoch(trial.params), started, trial, 1))
        started += 1

    for _ in range(workers):
        start(0.0)
    while True:
        now, number, trial, epoch = heapq.heappop(events)
        while len(incumbents) < len(times) and now > times[len(incumbents)]:
            incumbents.append({"rates": rates_of(best[1]).tolist(), "prefix": best[1]["prefix"], "loss": loss(task, best[1], EPOCHS)})
        if len(incumbents) == len(times):
            return {"incumbents": incumbents, "trials": started}
        value = loss(task, trial.params, epoch) + noise.normal(0, NOISE)
        trial.report(value, epoch)
        if value < best[0]:
            best = (value, dict(trial.params))
        if epoch == EPOCHS:
            study.tell(trial, value)
            start(now)
        elif trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            start(now)
        else:
            heapq.heappush(events, (now + seconds_per_epoch(trial.params), number, trial, epoch + 1))
