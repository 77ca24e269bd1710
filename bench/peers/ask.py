"""How long Optuna's samplers think about one more trial after many: a space of `layers` rates and four other parameters."""
import time

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

SAMPLERS = {
    "tpe": lambda: optuna.samplers.TPESampler(seed=0, multivariate=True, constant_liar=True),
    "gp": lambda: optuna.samplers.GPSampler(seed=0),
}


def run(job):
    """Median of the milliseconds that some asks take."""
    layers = job["layers"]
    space = {f"rate{i}": FloatDistribution(1e-6, 1e-3, log=True) for i in range(layers)} | {
        "prefix": IntDistribution(0, layers),
        "weightDecay": FloatDistribution(1e-4, 0.3, log=True),
        "warmup": FloatDistribution(0, 0.2),
        "schedule": CategoricalDistribution(["linear", "cosine", "constant"]),
    }
    random = np.random.default_rng(0)
    study = optuna.create_study(sampler=SAMPLERS[job["method"]]())
    study.add_trials([
        optuna.trial.create_trial(params=drawn(space, random), distributions=space, value=float(random.normal()))
        for _ in range(job["trials"])
    ])
    milliseconds = []
    for _ in range(job["asks"]):
        began = time.perf_counter()
        trial = study.ask(space)
        milliseconds.append(1000 * (time.perf_counter() - began))
        study.tell(trial, 0.0)
    return {"milliseconds": float(np.median(milliseconds))}


def drawn(space, random):
    def value(distribution):
        if isinstance(distribution, CategoricalDistribution):
            return distribution.choices[random.integers(len(distribution.choices))]
        if isinstance(distribution, IntDistribution):
            return int(random.integers(distribution.low, distribution.high + 1))
        if distribution.log:
            return float(np.exp(random.uniform(np.log(distribution.low), np.log(distribution.high))))
        return float(random.uniform(distribution.low, distribution.high))

    return {name: value(distribution) for name, distribution in space.items()}
