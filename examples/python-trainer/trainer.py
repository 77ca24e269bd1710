#!/usr/bin/env python3
"""A whole Permafrost trainer on Python's standard library alone.

It fits a logistic regression to made-up data by stochastic gradient descent, and keeps all of docs/trainer-contract.md: rungs, reports,
decisions, checkpoints, SIGTERM. To write your own, replace the class Model and keep the rest.

Of the assignment it takes `learningRate` (required) and `momentum` (default 0). Of the trainer block it takes `batchSize` (default 8) and
`stepSeconds` (default 0), by which each step is slowed down so that there is something to watch.
"""
import datetime
import hashlib
import hmac
import http.client
import json
import math
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BAD_CONFIGURATION, INPUT_NOT_FOUND, PREEMPTED = 64, 66, 75


# ---------------------------------------------------------------- S3

class Folder:
    """The trial's folder in S3. Requests are signed by AWS Signature Version 4 and tried again for a minute while the server is away."""

    def __init__(self, address):
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        self.region = os.environ.get("AWS_REGION", "us-east-1")
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        self.base = f"{endpoint.rstrip('/')}/{bucket}" if endpoint else f"https://{bucket}.s3.{self.region}.amazonaws.com"
        self.prefix = prefix.rstrip("/")

    def get(self, path):
        """The object's JSON, or None if there is no such object."""
        body = self._request("GET", path, accept={404})
        return None if body is None else json.loads(body)

    def put(self, path, value):
        self._request("PUT", path, json.dumps(value).encode())

    def create(self, path, value):
        """Leaves an object that is there as it is: 412 may also mean that the answer to our own first try was lost."""
        self._request("PUT", path, json.dumps(value).encode(), {"If-None-Match": "*"}, accept={412})

    def _request(self, method, path, body=b"", headers={}, accept=frozenset()):
        url = f"{self.base}/{urllib.parse.quote(f'{self.prefix}/{path}', safe='/~')}"
        give_up = time.monotonic() + 60
        while True:
            request = urllib.request.Request(url, body or None, {**headers, **self._signed(method, url, body)}, method=method)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code in accept:
                    return None
                # 409: another conditional write of the same object was under way
                if error.code not in (409, 429) and error.code < 500 or time.monotonic() > give_up:
                    sys.exit(f"S3 refused {method} {url}: {error.code} {error.read().decode(errors='replace')}")
            except (OSError, http.client.HTTPException) as error:  # refused, reset, cut short, timed out
                if time.monotonic() > give_up:
                    sys.exit(f"S3 does not answer {method} {url}: {error}")
            time.sleep(0.5)

    def _signed(self, method, url, body):
        parts = urllib.parse.urlsplit(url)
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        signed = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
        if "AWS_SESSION_TOKEN" in os.environ:
            signed["x-amz-security-token"] = os.environ["AWS_SESSION_TOKEN"]
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = "\n".join([method, parts.path, parts.query, lines, names, digest])
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
        for part in [*scope.split("/"), text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
        signed["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
        return signed


# ---------------------------------------------------------------- what is trained

class Model:
    """Logistic regression. Everything random comes from the seed and the step, so a resumed run equals an uninterrupted one."""

    FEATURES = 8

    def __init__(self, trial):
        settings = trial["trainer"]
        self.seed, self.horizon = trial["seed"], trial["horizon"]
        self.learning_rate = positive(trial["assignment"], "learningRate")
        self.momentum = trial["assignment"].get("momentum", 0.0)
        self.batch_size, self.step_seconds = settings.get("batchSize", 8), settings.get("stepSeconds", 0)
        self.train, self.splits = self.points("train", 256), {"eval": self.points("selection", 256)}
        if trial.get("purpose") == "final":
            self.splits["test"] = self.points("heldOut", 256)
        self.weights, self.velocity = [0.0] * self.FEATURES, [0.0] * self.FEATURES

    def points(self, split, count):
        """The same data for every trial: noisy labels of a fixed direction."""
        draw = random.Random(split)
        rows = [[draw.gauss(0, 1) for _ in range(self.FEATURES)] for _ in range(count)]
        return [(row, int(sum(row[:4]) - sum(row[4:]) + draw.gauss(0, 1) > 0)) for row in rows]

    def step(self, step):
        rate = self.learning_rate * (1 - step / self.horizon)  # over the horizon, whatever the goal is
        batch = random.Random(f"{self.seed} {step}").choices(self.train, k=self.batch_size)
        for i in range(self.FEATURES):
            gradient = sum((self.probability(row) - label) * row[i] for row, label in batch) / len(batch)
            self.velocity[i] = self.momentum * self.velocity[i] + gradient
        self.weights = [w - rate * v for w, v in zip(self.weights, self.velocity)]
        time.sleep(self.step_seconds)

    def probability(self, row):
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, sum(w * x for w, x in zip(self.weights, row))))))

    def metrics(self):
        measured = {"train/loss": self.measure("train", self.train)["train/loss"]}
        for name, points in self.splits.items():
            measured.update(self.measure(name, points))
        return measured

    def measure(self, name, points):
        losses = self.losses(points)
        return {f"{name}/accuracy": sum(loss < math.log(2) for loss in losses) / len(losses), f"{name}/loss": sum(losses) / len(losses)}

    def losses(self, points):
        chances = [self.probability(row) if label else 1 - self.probability(row) for row, label in points]
        return [-math.log(max(chance, 1e-12)) for chance in chances]

    def diverged(self):
        return not all(math.isfinite(weight) for weight in self.weights)

    def state(self):
        return {"weights": self.weights, "velocity": self.velocity}

    def load(self, state):
        self.weights, self.velocity = state["weights"], state["velocity"]


def positive(assignment, name):
    value = assignment.get(name)
    if not isinstance(value, (int, float)) or not value > 0:
        fail(BAD_CONFIGURATION, f"trial.json: assignment.{name}: must be a number above 0, got {json.dumps(value)}")
    return value


# ---------------------------------------------------------------- the contract

def main():
    terminated = []
    signal.signal(signal.SIGTERM, lambda *_: terminated.append(True))
    folder = Folder(os.environ["PERMAFROST_TRIAL"])
    trial = folder.get("trial.json")
    if trial is None:
        fail(INPUT_NOT_FOUND, f"{os.environ['PERMAFROST_TRIAL']}/trial.json: there is no such object")
    if trial.get("schema") != 1:
        fail(BAD_CONFIGURATION, f"trial.json: schema: must be 1, got {json.dumps(trial.get('schema'))}")

    goal = first_goal(folder, trial)
    model = Model(trial)
    step, attempt, spent = resume(folder, model)
    print(f"trial {trial['trial']}: attempt {attempt}, from step {step} to {goal}", flush=True)
    while True:
        rung = trial["rungs"].index(goal)
        if folder.get(f"reports/{rung}.json") is None:
            began, before = time.monotonic(), spent
            while step < goal and not model.diverged():
                if terminated:
                    save(folder, model, step, attempt, before + time.monotonic() - began)
                    fail(PREEMPTED, f"terminated at step {step}")
                model.step(step)
                step += 1
            spent = before + time.monotonic() - began
            save(folder, model, step, attempt, 0)
            folder.create(f"reports/{rung}.json", report(trial, rung, step, model, spent, attempt))
            print(f"rung {rung}: {model.metrics()}", flush=True)
            spent = 0
        goal = next_goal(folder, trial, rung, terminated)


def first_goal(folder, trial):
    """What the decision of the highest rung says, or the first rung."""
    for rung in reversed(range(len(trial["rungs"]))):
        decision = folder.get(f"decisions/{rung}.json")
        if decision is not None:
            return goal_of(decision)
    return trial["rungs"][0]


def next_goal(folder, trial, rung, terminated):
    """Lingers for the decision on a report; leaves when there is none."""
    until = time.monotonic() + trial["lingerSeconds"]
    while not terminated:
        decision = folder.get(f"decisions/{rung}.json")
        if decision is not None:
            return goal_of(decision)
        if time.monotonic() >= until:
            break
        time.sleep(min(1, trial["lingerSeconds"] / 10))
    print("no decision: leaving", flush=True)
    sys.exit(0)


def goal_of(decision):
    if "continueTo" in decision:
        return decision["continueTo"]
    print(f"stopped: {json.dumps(decision['reason'])}", flush=True)
    sys.exit(0)


def save(folder, model, step, attempt, spent):
    """LATEST comes last, so it never names half a checkpoint."""
    state = {"attempt": attempt, "spentSeconds": spent, "model": model.state()}
    text = json.dumps(state)
    folder.put(f"checkpoint/{step}/state.json", {"sha256": hashlib.sha256(text.encode()).hexdigest(), "state": text})
    folder.put("checkpoint/LATEST", step)


def resume(folder, model):
    """Step, attempt and seconds spent since the last report. A damaged checkpoint is told and not used."""
    latest = folder.get("checkpoint/LATEST")
    stored = None if latest is None else folder.get(f"checkpoint/{latest}/state.json")
    if stored is None:
        return 0, 1, 0
    if hashlib.sha256(stored["state"].encode()).hexdigest() != stored["sha256"]:
        print(f"checkpoint/{latest}/state.json is damaged: beginning again", flush=True)
        return 0, 1, 0
    state = json.loads(stored["state"])
    model.load(state["model"])
    return latest, state["attempt"] + 1, state["spentSeconds"]


def report(trial, rung, step, model, seconds, attempt):
    metrics = {name: value if math.isfinite(value) else None for name, value in model.metrics().items()}
    paired = {"paired": model.losses(model.splits["eval"])[:1000]} if trial.get("paired") and not model.diverged() else {}
    return {
        "schema": 1, "trial": trial["trial"], "rung": rung, "step": step, "metrics": metrics, "diverged": model.diverged(), **paired,
        "cost": {"seconds": round(seconds, 3), "gpuSeconds": 0}, "checkpoint": f"checkpoint/{step}", "attempt": attempt,
        "versions": {"trainer": "example-1", "python": sys.version.split()[0]},
    }


def fail(code, message):
    print(message, file=sys.stderr, flush=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
