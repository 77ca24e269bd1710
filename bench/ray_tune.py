"""The peer: as many Ray Tune trials that do nothing, two at a time, a fresh process each. Prints seconds per trial."""
import os
import sys
import tempfile
import time

os.environ["RAY_AIR_NEW_OUTPUT"] = "0"
import ray  # noqa: E402
from ray import tune  # noqa: E402

trials = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    tuner = tune.Tuner(
        tune.with_resources(lambda config: tune.report({"loss": config["x"]}), {"cpu": 1}),
        param_space={"x": tune.uniform(0, 1)},
        tune_config=tune.TuneConfig(num_samples=trials, metric="loss", mode="min", reuse_actors=False),
        run_config=tune.RunConfig(storage_path=folder, verbose=0),
    )
    began = time.perf_counter()
    tuner.fit()
    print((time.perf_counter() - began) / trials)
