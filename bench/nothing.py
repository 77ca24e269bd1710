"""A trainer that does nothing: it reports at its only rung, says when, and leaves. What is left is the cost of orchestration."""
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples" / "python-trainer"))
from trainer import Folder  # noqa: E402

folder = Folder(os.environ["PERMAFROST_TRIAL"])
trial = folder.get("trial.json")
folder.create("reports/0.json", {
    "schema": 1, "trial": trial["trial"], "rung": 0, "step": trial["rungs"][0], "diverged": False, "attempt": 1, "versions": {},
    "metrics": {"loss": trial["assignment"]["x"], "reportedAt": time.time()}, "cost": {"seconds": 0, "gpuSeconds": 0},
})
