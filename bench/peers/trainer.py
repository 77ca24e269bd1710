"""The PyTorch side of bench/trainer.ts: does the work it is given (bench/trainer/work.ts) whenever it is asked.

Plain `transformers` with scaled dot-product attention, AdamW in its fused form (the fastest on a CPU), clipping as ours does. On a GPU in float32
with TF32 products, as ours; every step reads its loss, so the clock waits for the card.
"""

import json
import os
import sys
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

device = {"cpu": "cpu", "gpu": "cuda"}[os.environ["BENCH_DEVICE"]]
if device == "cuda" and not torch.cuda.is_available():
    sys.exit(f"trainer.py: torch {torch.__version__} finds no CUDA device; --gpu needs a build of torch that does")
torch.backends.cuda.matmul.allow_tf32 = True  # as TensorFlow has it by default
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
threads_between = 1
torch.set_num_interop_threads(threads_between)


def build(work):
    dropout = {"hidden_dropout_prob": work["dropout"], "attention_probs_dropout_prob": work["dropout"], "classifier_dropout": work["dropout"]}
    options = {"num_labels": 2, "attn_implementation": "sdpa", **dropout}
    if os.path.exists(os.path.join(work["model"], "model.safetensors")):
        return BertForSequenceClassification.from_pretrained(work["model"], **options)
    settings = json.load(open(os.path.join(work["model"], "config.json")))
    config = BertConfig(**{**settings, **dropout, "num_labels": 2})
    return BertForSequenceClassification._from_config(config, attn_implementation="sdpa")


def freeze(model, count):
    """The embeddings are the first layer that freezes."""
    frozen = [model.bert.embeddings, *model.bert.encoder.layer][:count]
    for module in frozen:
        module.requires_grad_(False)


def above(model, hidden, first, labels):
    """The loss from the given output of the layers below `first`. All tokens are there, so no mask is needed."""
    for layer in model.bert.encoder.layer[first:]:
        out = layer(hidden)
        hidden = out[0] if isinstance(out, tuple) else out
    logits = model.classifier(model.dropout(model.bert.pooler(hidden)))
    return torch.nn.functional.cross_entropy(logits, labels)


def repeatable(work):
    model = build(work).to(device)
    freeze(model, work["frozen"])
    batch, length = work["batch"], work["time"]
    draw = torch.Generator().manual_seed(0)
    vocabulary = model.config.vocab_size
    mask = torch.ones(batch, length, dtype=torch.long, device=device)
    labels = (torch.arange(batch) % 2).to(device)

    def tokens():
        return torch.randint(min(1000, vocabulary // 2), vocabulary, (batch, length), generator=draw).to(device)

    if work["does"] == "infer":
        model.eval()

        def infer():
            with torch.inference_mode():
                model(input_ids=tokens(), attention_mask=mask).logits.cpu().numpy()

        return infer

    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, 1e-5, weight_decay=0.01, fused=True)
    given = torch.randn(batch, length, model.config.hidden_size, generator=draw).to(device) if work["prefix"] == "given" else None

    def step():
        if given is None:
            loss = model(input_ids=tokens(), attention_mask=mask, labels=labels).loss
        else:
            loss = above(model, given, work["frozen"] - 1, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()

    return step


def footprint():
    lines = open("/proc/self/status").read().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmHWM", "VmRSS"))}
    return {"peakBytes": kilobytes["VmHWM"] * 1024, "residentBytes": kilobytes["VmRSS"] * 1024}


def timed(work):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


run = None
for line in sys.stdin:
    question = json.loads(line)
    if "work" in question:
        run = repeatable(question["work"])
        answer = None
    elif "times" in question:
        answer = [timed(run) for _ in range(question["times"])]
    else:
        answer = footprint()
    print(json.dumps(answer), flush=True)
