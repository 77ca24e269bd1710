"""Optuna's samplers and the CMA package on synthetic functions, one evaluation at a time. The functions are those of bench/functions.ts."""
import time

import cma
import numpy as np
import optuna
from optuna.distributions import FloatDistribution

A = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
P = np.array([
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
])
DEPTHS = np.array([1, 1.2, 3, 3.2])


def branin(x):
    a, b = x
    bowl = (b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6) ** 2
    return bowl + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10 - 0.39788735772973816


def zdt(front):
    def objectives(x):
        g = 1 + 9 * np.mean(x[1:])
        return x[0], g * front(x[0] / g, x[0])

    return objectives


FUNCTIONS = {
    "branin": branin,
    "hartmann6": lambda x: 3.32236801141551 - np.sum(DEPTHS * np.exp(-np.sum(A * (x - P) ** 2, axis=1))),
    "rosenbrock5": lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
    "ackley10": lambda x: 20 - 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) + np.e - np.exp(np.mean(np.cos(2 * np.pi * x))),
    "rastrigin10": lambda x: np.sum(10 + x**2 - 10 * np.cos(2 * np.pi * x)),
    "zdt1": zdt(lambda share, first: 1 - np.sqrt(share)),
    "zdt2": zdt(lambda share, first: 1 - share**2),
    "zdt3": zdt(lambda share, first: 1 - np.sqrt(share) - share * np.sin(10 * np.pi * first)),
}

SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed, deterministic_objective=True),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
}


def run(job):
    """Values at each point tried, in order, and CPU seconds without those that loading the libraries takes."""
    function = FUNCTIONS[job["function"]]
    warm_up(job["method"])
    began = time.process_time()
    values = (with_cma if job["method"] == "cma" else with_optuna)(job, function)
    return {"values": values, "seconds": time.process_time() - began}


def with_optuna(job, function):
    box = job["box"]
    space = {f"x{i}": FloatDistribution(low, high) for i, (low, high) in enumerate(box)}
    objectives = 2 if job["function"].startswith("zdt") else 1
    study = optuna.create_study(sampler=SAMPLERS[job["method"]](job["seed"]), directions=["minimize"] * objectives)
    values = []
    for _ in range(job["evaluations"]):
        trial = study.ask(space)
        value = function(np.array([trial.params[name] for name in space]))
        value = [float(v) for v in value] if objectives == 2 else float(value)
        study.tell(trial, value)
        values.append(value)
    return values


def with_cma(job, function):
    """From a random point of the inner 60 % of the box, with a step of 0.3 of its width, as `cma` advises."""
    low, high = np.array(job["box"]).T
    start = np.random.default_rng(job["seed"]).uniform(0.2, 0.8, len(low))
    strategy = cma.CMAEvolutionStrategy(start, 0.3, {"bounds": [0, 1], "seed": job["seed"] + 1, "verbose": -9})
    values = []
    while len(values) < job["evaluations"]:
        points = strategy.ask()
        told = [float(function(low + (high - low) * np.clip(point, 0, 1))) for point in points]
        strategy.tell(points, told)
        values += told
    return values[: job["evaluations"]]


def warm_up(method):
    if method in ("gp",):
        with_optuna({"method": method, "seed": 0, "box": [[0, 1]], "evaluations": 12, "function": "rastrigin10"}, FUNCTIONS["rastrigin10"])
