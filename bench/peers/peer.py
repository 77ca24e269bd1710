"""Carries out one job per line of standard input and answers each with one line. `bench/search/contest.ts` hands the jobs out."""
import importlib
import json
import logging
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(logging.ERROR)

for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps(importlib.import_module(job["module"]).run(job)), flush=True)
