"""Fine-tunes with PyTorch as bench/trainer/train-once.ts does with ours, once per seed, and prints the held-out accuracies as JSON.

The recipe is ours: AdamW with a rate for the head and one for the rest, no decay on biases and norms, 10 % warm-up, then a straight line down,
gradients clipped at 1, frozen layers without dropout, a new pooler and classifier. Batches are drawn at random from each epoch.
"""

import json
import os
import sys

import torch
from transformers import AutoTokenizer, BertForSequenceClassification

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
job = json.loads(sys.argv[1])
labels = json.load(open(os.path.join(job["data"], "dataset.json")))["labels"]
tokenizer = AutoTokenizer.from_pretrained(job["model"])


def split(name):
    rows = [json.loads(line) for line in open(os.path.join(job["data"], name + ".jsonl"))]
    return [row["text"] for row in rows], torch.tensor([labels.index(row["label"]) for row in rows])


def encoded(texts):
    return tokenizer(texts, truncation=True, max_length=job["maxLength"], padding=True, return_tensors="pt")


def groups(model):
    head = ("classifier", "bert.pooler")
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    rate = lambda name: job["headLearningRate"] if name.startswith(head) else job["learningRate"]
    return [{"params": [p], "lr": rate(n), "weight_decay": 0.01 if p.dim() > 1 else 0.0} for n, p in named]


def share(step, steps):
    warmup = -(-steps // 10)
    return (step + 1) / warmup if step < warmup else (steps - step) / (steps - warmup)


def train(seed):
    torch.manual_seed(seed)
    model = BertForSequenceClassification.from_pretrained(job["model"], num_labels=len(labels))
    frozen = [model.bert.embeddings, *model.bert.encoder.layer][: job["frozen"]]
    for module in frozen:
        module.requires_grad_(False)
    model.train()
    for module in frozen:
        module.eval()
    optimizer = torch.optim.AdamW(groups(model))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share(step, job["steps"]))
    texts, truth = split("train")
    order = []
    for _ in range(job["steps"]):
        if not order:
            order = list(torch.randperm(len(texts)).split(job["batchSize"]))
        chosen = order.pop()
        loss = model(**encoded([texts[i] for i in chosen]), labels=truth[chosen]).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return accuracy(model.eval())


def accuracy(model):
    texts, truth = split("heldOut")
    with torch.inference_mode():
        answers = torch.cat([model(**encoded(texts[at : at + 32])).logits.argmax(-1) for at in range(0, len(texts), 32)])
    return (answers == truth).float().mean().item()


print(json.dumps([train(seed) for seed in job["seeds"]]))
