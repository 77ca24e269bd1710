"""Writes the references that methods.test.ts compares with: three AdamW steps of every method on a two-layer encoder, by PyTorch.

    python -m venv venv && venv/bin/pip install torch numpy transformers safetensors
    venv/bin/python trainer/methods/reference/make-methods.py
    node_modules/.bin/biome check --write trainer/methods/reference

The encoder is fixtures/tiny-roberta, the batch that of fixtures/parity-roberta. A method is written here as its paper writes it: on the
matrices that `transformers` has, with autograd doing what the trainer's kernels do by hand. Noise is TensorFlow's stateless generator,
written out below, so both sides draw the same numbers.
"""

import json
import math
import pathlib

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.func import functional_call
from transformers import RobertaConfig, RobertaForSequenceClassification, RobertaModel

here = pathlib.Path(__file__).parent
fixtures = here.parent.parent / "fixtures"
given = json.loads((fixtures / "parity-roberta/reference.json").read_text())
config = json.loads((fixtures / "tiny-roberta/config.json").read_text())
layers, hidden, heads = config["num_hidden_layers"], config["hidden_size"], config["num_attention_heads"]
seed, rate, head_rate, weight_decay, clip, horizon = 11, 1e-3, 3e-3, 0.01, 1.0, 6


# --- noise ---------------------------------------------------------------------------------------------------------------------------------

def philox(counter, key):
    """Four 32-bit words for each counter. Source: Salmon et al., SC 2011, ten rounds of Philox4x32."""
    mask = np.uint64(0xFFFFFFFF)
    c = [np.asarray(part, dtype=np.uint64) for part in counter]
    k = [np.uint64(part) for part in key]
    for _ in range(10):
        low, high = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(high >> np.uint64(32)) ^ c[1] ^ k[0], high & mask, (low >> np.uint64(32)) ^ c[3] ^ k[1], low & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return c


def fractions(count, pair):
    """At least `count` numbers in [0, 1), four in a row (rows, 4), from two 32-bit integers: float32 of 23 random bits, as TensorFlow's kernels make them."""
    words = [part for number in pair for part in (int(number) & 0xFFFFFFFF, 0xFFFFFFFF if int(number) < 0 else 0)]
    mixed = [int(part) for part in philox(words, (0x3EC8F720, 0x02461E29))]
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    zeros = np.zeros_like(blocks)
    drawn = philox((blocks, zeros, zeros + np.uint64(mixed[2]), zeros + np.uint64(mixed[3])), mixed[:2])
    bits = np.stack(drawn, axis=1).astype(np.uint32)
    return ((bits & 0x7FFFFF) | 0x3F800000).view(np.float32) - np.float32(1)


def uniform(shape, pair):
    """`StatelessRandomUniform`: float32 in [0, 1) from two 32-bit integers."""
    count = math.prod(shape)
    return fractions(count, pair).reshape(-1)[:count].reshape(shape)


def normal(shape, pair):
    """`StatelessRandomNormal`: pairs of numbers through Box and Muller's formula, four from each block."""
    count = math.prod(shape)
    unit = fractions(count, pair).reshape(-1, 2)
    radius = np.sqrt(-2 * np.log(np.maximum(unit[:, 0], np.float32(1e-7))))
    angle = np.float32(2 * math.pi) * unit[:, 1]
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius], axis=1).reshape(-1)[:count].reshape(shape).astype(np.float32)


def kept(shape, share, pair):
    """1 with probability `share`, else 0."""
    return torch.from_numpy(np.floor(uniform(shape, pair) + np.float32(share)).astype(np.float32))


def method_pair(step, place):
    return (seed ^ 0x5BD1E995, step * 1024 + place)


# --- the model -----------------------------------------------------------------------------------------------------------------------------

start = load_file(fixtures / "tiny-roberta/model.safetensors")
model = RobertaForSequenceClassification(RobertaConfig(**config, num_labels=3, attn_implementation="eager"))
model.load_state_dict(start, strict=False)
inputs = {"input_ids": torch.tensor(given["input_ids"]), "attention_mask": torch.tensor(
    [[1] * length + [0] * (16 - length) for length in given["lengths"]])}
labels = torch.tensor(given["labels"])
names = [name for name, _ in model.named_parameters()]


def is_head(name):
    return name.startswith(("classifier", "levi"))


def is_linear(name):
    return name.endswith("weight") and start[name].dim() == 2 and "embeddings" not in name


def layer_of(name):
    return "head" if is_head(name) else "embeddings" if "embeddings" in name else name.split(".layer.")[1].split(".")[0]


# Matrices in the order in which the trainer has them; key and value are one there, with a column of noise each.
in_layer = ["attention.self.query", ("attention.self.key", "attention.self.value"), "attention.output.dense", "intermediate.dense", "output.dense"]
matrices = [[f"roberta.encoder.layer.{layer}.{part}.weight" for part in (parts if isinstance(parts, tuple) else (parts,))]
            for layer in range(layers) for parts in in_layer] + [["classifier.dense.weight"], ["classifier.out_proj.weight"]]


def of_layer(setting, name):
    """A setting that may differ between layers."""
    return setting.get(layer_of(name), setting["others"]) if isinstance(setting, dict) else setting


def column_masks(step, p):
    """For each matrix (out, in): one draw for each input, the same for all outputs; 0 with probability p."""
    masks = {}
    for place, parts in enumerate(matrices):
        width = start[parts[0]].shape[1]
        drawn = kept((width, len(parts)), np.float32(1 - of_layer(p, parts[0])), method_pair(step, place))
        masks |= {name: drawn[:, index].unsqueeze(0) for index, name in enumerate(parts)}
    return masks


class Dropout:
    """Takes the place of `torch.nn.functional.dropout`, with the trainer's noise. Its last layer works on the first position alone."""

    def __init__(self, step, rates=()):
        """`rates`: for the sites below the head, in their order; none: as the model has them."""
        self.step, self.place, self.rates = step, 0, rates

    def __call__(self, x, p=0.5, training=True, inplace=False):
        self.place += 1
        within = (self.place - 1) % (3 * layers + 3)
        p = self.rates[within] if within < len(self.rates) else p
        pair = (seed, self.step * 1024 + self.place)
        scaled = lambda shape: kept(shape, np.float32(1 - p), pair) / (1 - p)
        if within <= 3 * (layers - 1):
            return x * scaled((x.shape[0], *x.shape[1:]) if x.dim() == 4 else (x.shape[0] * x.shape[1], x.shape[2])).reshape(x.shape)
        if within > 3 * layers:
            return x * scaled(tuple(x.shape))
        mask = torch.ones_like(x)
        if x.dim() == 4:
            mask[:, :, :1, :] = scaled((x.shape[0], heads, 1, x.shape[3]))
        else:
            mask[:, 0, :] = scaled((x.shape[0], x.shape[2]))
        return x * mask


def logits(weights, dropout=None):
    model.train(dropout is not None)
    original = torch.nn.functional.dropout
    torch.nn.functional.dropout = dropout or original
    try:
        return functional_call(model, weights, kwargs=inputs).logits
    finally:
        torch.nn.functional.dropout = original


cross_entropy = lambda outputs: torch.nn.functional.cross_entropy(outputs, labels)


# --- training ------------------------------------------------------------------------------------------------------------------------------

class Plain:
    """Full fine-tuning. Methods change parts of it."""

    added = {}

    def trains(self, name):
        return True

    def decays(self, name):
        return True

    def pace(self, name, step):
        """Number of the weight's own step, from 1, and share of its learning rate; None while it rests."""
        return step + 1, 1.0

    def begin(self, weights):
        """Before the first step."""

    def loss(self, weights, step):
        return cross_entropy(logits(weights))

    def differentiate(self, weights, step):
        loss = self.loss(weights, step)
        gradients = torch.autograd.grad(loss, [weights[name] for name in self.trained], allow_unused=True)
        return loss.item(), {name: torch.zeros_like(weights[name]) if g is None else g for name, g in zip(self.trained, gradients)}

    def gradients(self, weights, step):
        return self.differentiate(weights, step)

    def stepped(self, weights, step):
        """After the step."""

    def evaluated(self, name, weights):
        return weights[name]


def adamw(weight, gradient, moments, count, rate, decay):
    """Loshchilov and Hutter, ICLR 2019."""
    mean, square = moments
    weight.mul_(1 - rate * decay)
    mean.mul_(0.9).add_(gradient, alpha=0.1)
    square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    weight.addcdiv_(mean / (1 - 0.9**count), (square / (1 - 0.999**count)).sqrt() + 1e-8, value=-rate)


def run(method, steps=3):
    weights = {name: value.clone() for name, value in start.items() if name in names} | {name: value.clone() for name, value in method.added.items()}
    method.begin(weights)
    method.trained = [name for name in weights if method.trains(name)]
    for name in method.trained:
        weights[name].requires_grad_(True)
    moments = {name: (torch.zeros_like(weights[name]), torch.zeros_like(weights[name])) for name in method.trained}
    losses = []
    for step in range(steps):
        loss, gradients = method.gradients(weights, step)
        losses.append(loss)
        paces = {name: method.pace(name, step) for name in method.trained}
        moving = [name for name in method.trained if paces[name] is not None]
        norm = torch.sqrt(sum((gradients[name] ** 2).sum() for name in moving))
        factor = min(1.0, clip / (norm.item() + 1e-6))
        with torch.no_grad():
            for name in moving:
                count, share = paces[name]
                decay = weight_decay if weights[name].dim() > 1 and method.decays(name) else 0.0
                adamw(weights[name], gradients[name] * factor, moments[name], count, share * (head_rate if is_head(name) else rate), decay)
            method.stepped(weights, step)
    with torch.no_grad():
        return losses, {name: method.evaluated(name, weights).detach().clone().contiguous() for name in method.trained}


# --- the methods: the notes of trainer/methods/ name the papers ------------------------------------------------------------------------------

class BitFit(Plain):
    def __init__(self, biases):
        self.biases = biases

    def trains(self, name):
        inside = "query.bias" in name or "intermediate.dense.bias" in name if self.biases == "subset" else name.endswith("bias")
        return is_head(name) or inside


def factor(name, letter):
    return name.replace(".weight", f".lora_{letter}.weight")


class LoRA(Plain):
    rank, alpha = 2, 6
    targets = [f"roberta.encoder.layer.{layer}.attention.self.{part}.weight" for layer in range(layers) for part in ("query", "value")]

    def __init__(self):
        torch.manual_seed(3)
        self.added = {}
        for name in self.targets:
            self.added[factor(name, "A")] = torch.randn(self.rank, hidden) * 0.2
            self.added[factor(name, "B")] = torch.randn(hidden, self.rank) * 0.2  # as if it had learnt: B = 0 would hide A's gradient in the first step

    def trains(self, name):
        return is_head(name) or name in self.added

    def loss(self, weights, step):
        effective = {name: weights[name] for name in names}
        for name in self.targets:
            effective[name] = weights[name] + self.alpha / self.rank * weights[factor(name, "B")] @ weights[factor(name, "A")]
        return cross_entropy(logits(effective))


class Mixed(torch.autograd.Function):
    """(m·w + (1 - m)·w0 - p·w0) / (1 - p), with `through` on the way back."""

    @staticmethod
    def forward(ctx, w, w0, mask, p, through):
        ctx.through = through
        return (mask * w + (1 - mask) * w0 - p * w0) / (1 - p)

    @staticmethod
    def backward(ctx, dy):
        return dy * ctx.through, None, None, None, None


class Mixout(Plain):
    p = 0.4

    def loss(self, weights, step):
        masks = column_masks(step, self.p)
        return cross_entropy(logits({name: Mixed.apply(weights[name], start[name], masks[name], of_layer(self.p, name), masks[name])
                                     if name in masks else weights[name] for name in names}))


class MixoutByLayer(Mixout):
    p = {"0": 0.0, "head": 0.2, "others": 0.6}


class DPS(Plain):
    p, update_ratio = 0.3, 1 / 3

    def __init__(self):
        self.stage_steps = max(1, math.floor(horizon * self.update_ratio))
        self.linear = [name for parts in matrices for name in parts]
        self.importance, self.masks, self.counts = {}, {}, {}

    def estimates(self, step):
        return (step // self.stage_steps) % 2 == 0

    def is_first(self, step):
        return step % self.stage_steps == 0

    def select(self, scores):
        for name in self.linear:
            score = scores(name)
            keep = math.ceil(score.numel() * (1 - of_layer(self.p, name)))
            self.masks[name] = (score >= score.flatten().sort(descending=True).values[keep - 1]).float()


class DPSDense(DPS):
    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        if self.estimates(step):
            for name in self.linear:
                before = 0 if self.is_first(step) else self.importance[name]
                self.importance[name] = before + found[name] ** 2 / 1e3
        else:
            if self.is_first(step):
                self.select(lambda name: self.importance[name])
            found |= {name: found[name] * self.masks[name] for name in self.linear}
        return loss, found


class DPSMix(DPS):
    def gradients(self, weights, step):
        if self.estimates(step):
            self.drawn = column_masks(step, self.p)
            if self.is_first(step):
                self.importance = {name: torch.zeros_like(start[name]) for name in self.linear}
                self.counts = {name: torch.zeros_like(start[name]) for name in self.linear}
        elif self.is_first(step):
            self.anchor = {name: weights[name].detach().clone() for name in self.linear}
            decayed = lambda seen: torch.exp(-seen / self.stage_steps) if self.stage_steps >= 50 else 1.0
            self.select(lambda name: self.importance[name] / self.counts[name].clamp(min=1) * decayed(self.counts[name].clamp(min=1)))
        loss, found = self.differentiate(weights, step)
        for name in self.linear:
            if self.estimates(step):
                mask = self.drawn[name]
                self.importance[name] += found[name] ** 2 * mask / 1e3
                self.counts[name] += mask
            found[name] = found[name] * (self.drawn[name] if self.estimates(step) else self.masks[name])
        return loss, found

    def loss(self, weights, step):
        masks = self.drawn if self.estimates(step) else self.masks
        towards = start if self.estimates(step) else self.anchor
        return cross_entropy(logits({name: Mixed.apply(weights[name], towards[name], masks[name], of_layer(self.p, name), 1.0)
                                     if name in masks else weights[name] for name in names}))


class DPSMixByLayer(DPSMix):
    p = {"0": 0.6, "others": 0.3}


class L2SP(Plain):
    strength, head_strength = 0.3, 0.05

    def loss(self, weights, step):
        return cross_entropy(logits(weights))

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        for name in self.trained:
            w = weights[name].detach()
            found[name] = found[name] + (self.head_strength * w if is_head(name) else self.strength * (w - start[name]))
        return loss, found


class DecayToStart(Plain):
    strength, head_strength = 30.0, 5.0

    def gradients(self, weights, step):
        found = self.differentiate(weights, step)
        with torch.no_grad():
            for name in self.trained:
                if weights[name].dim() > 1:
                    w = weights[name]
                    w.sub_((head_rate * self.head_strength * w) if is_head(name) else (rate * self.strength * (w - start[name])))
        return found


class RDrop(Plain):
    alpha = 2.0

    def loss(self, weights, step):
        dropout = Dropout(step)
        one, other = logits(weights, dropout), logits(weights, dropout)
        p, q = one.log_softmax(-1), other.log_softmax(-1)
        kl = lambda a, b: (a.exp() * (a - b)).sum(-1).mean()
        return (cross_entropy(one) + cross_entropy(other)) / 2 + self.alpha / 2 * (kl(p, q) + kl(q, p))


class SAM(Plain):
    rho, adaptive, every = 0.05, False, 1

    def gradients(self, weights, step):
        loss, first = self.differentiate(weights, step)
        if step % self.every != 0:
            return loss, first
        size = lambda name: weights[name].detach().abs() if self.adaptive else 1.0
        norm = torch.sqrt(sum(((size(name) * first[name]) ** 2).sum() for name in self.trained))
        beside = dict(weights)
        for name in self.trained:
            direction = size(name) ** 2 * first[name] if self.adaptive else first[name]
            beside[name] = (weights[name].detach() + self.rho / (norm + 1e-12) * direction).requires_grad_(True)
        return loss, self.differentiate(beside, step)[1]


class ASAM(SAM):
    rho, adaptive = 0.5, True


class SAMOfTwo(SAM):
    rho, every = 0.5, 2


class ChildTuningF(Plain):
    p = 0.3

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        for place, parts in enumerate(trained_here):
            stored = [found[name] for name in parts]
            side = [value.T if is_linear(name) else value for name, value in zip(parts, stored)]  # as the trainer holds it
            joined = torch.cat(side, dim=-1)
            if parts == ["roberta.embeddings.word_embeddings.weight"]:  # the trainer draws for the batch's words alone
                mask = torch.zeros_like(joined)
                mask[words] = kept((len(words), hidden), np.float32(of_layer(self.p, parts[0])), method_pair(step, place))
            else:
                mask = kept(tuple(joined.shape), np.float32(of_layer(self.p, parts[0])), method_pair(step, place))
            for name, part in zip(parts, torch.chunk(joined * mask / of_layer(self.p, parts[0]), len(parts), dim=-1)):
                found[name] = part.T if is_linear(name) else part
        return loss, found


class ChildTuningFByLayer(ChildTuningF):
    p = {"embeddings": 0.5, "1": 0.2, "others": 0.4}


# Parameters in the trainer's order, and the batch's words in the order in which it numbers them: the padding first.
def both(parts):
    return [[f"{part}.{kind}" for part in (parts if isinstance(parts, tuple) else (parts,))] for kind in ("weight", "bias")]


order = ["attention.self.query", ("attention.self.key", "attention.self.value"), "attention.output.dense", "attention.output.LayerNorm",
         "intermediate.dense", "output.dense", "output.LayerNorm"]
trained_here = [[f"roberta.embeddings.{table}_embeddings.weight"] for table in ("word", "position", "token_type")] + both("roberta.embeddings.LayerNorm")
for layer in range(layers):
    at = f"roberta.encoder.layer.{layer}."
    for parts in order:
        trained_here += both(tuple(at + part for part in parts) if isinstance(parts, tuple) else at + parts)
trained_here += both("classifier.dense") + both("classifier.out_proj")
tokens = [token for row, length in zip(given["input_ids"], given["lengths"]) for token in row[:length]]
words = list(dict.fromkeys([config["pad_token_id"], *tokens]))


class SIFT(Plain):
    share = 0.1

    def __init__(self):
        self.masks = {}

    def trains(self, name):
        return is_head(name) or ("attention" in name and is_linear(name))

    def decays(self, name):
        return is_head(name)

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        for name in self.trained:
            if is_head(name):
                continue
            if step == 0:
                size = found[name].abs()
                count = max(1, round(self.share * size.numel()))
                self.masks[name] = (size >= size.flatten().sort(descending=True).values[count - 1]).float()
            found[name] = found[name] * self.masks[name]
        return loss, found


def gradients_by_text(wanted):
    """Of the loss of each text alone, before training."""
    weights = {name: start[name].clone().requires_grad_(True) for name in start if name in names}
    losses = torch.nn.functional.cross_entropy(logits(weights), labels, reduction="none")
    return [dict(zip(wanted, torch.autograd.grad(loss, [weights[name] for name in wanted], retain_graph=True))) for loss in losses]


class ChildTuningD(Plain):
    p = 0.3

    def __init__(self):
        self.masks = {}

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        if step == 0:  # the data is one batch, seen before training at the weights of the first step
            norm = torch.sqrt(sum((g**2).sum() for g in found.values()))
            clipped = {name: g * min(1.0, clip / (norm.item() + 1e-6)) for name, g in found.items() if layer_of(name) not in ("embeddings", "head")}
            groups = [[name for name in clipped if layer_of(name) == str(layer)] for layer in range(layers)] if isinstance(self.p, dict) else [list(clipped)]
            for group in groups:
                fisher = torch.cat([(clipped[name] ** 2).flatten() for name in group])
                threshold = fisher.sort(descending=True).values[round(of_layer(self.p, group[0]) * fisher.numel()) - 1]
                self.masks |= {name: (clipped[name] ** 2 >= threshold).float() for name in group}
        return loss, {name: g * self.masks.get(name, 1.0) for name, g in found.items()}


class ChildTuningDByLayer(ChildTuningD):
    p = {"0": 0.6, "others": 0.1}


class Surgical(Plain):
    layers = 1

    def __init__(self):
        inside = [name for name in names if layer_of(name) not in ("embeddings", "head")]
        found = gradients_by_text(inside)
        scores = {str(layer): self.score([name for name in inside if layer_of(name) == str(layer)], found) for layer in range(layers)}
        self.resting = sorted(scores, key=scores.get)[: layers - self.layers]

    def score(self, inside, found):
        return sum((sum(each[name] ** 2 for each in found) / len(found)).norm().item() for name in inside)

    def pace(self, name, step):
        return None if layer_of(name) in self.resting else (step + 1, 1.0)


class SurgicalByRatio(Surgical):
    def score(self, inside, found):
        gradient = torch.cat([sum(each[name] for each in found).flatten() for name in inside]) / len(found)
        return (gradient.norm() / torch.cat([start[name].flatten() for name in inside]).norm()).item()


class SurgicalByProduct(Surgical):
    def score(self, inside, found):
        return sum((sum(each[name] for each in found) / len(found) * start[name]).abs().sum().item() for name in inside)


class GuidedDropout(Plain):
    highest = 0.3

    def __init__(self):
        parts = [["embeddings"]] + [[f".layer.{layer}.{part}" for part in behind] for layer in range(layers) for behind in
                                    (["attention.self"], ["attention.output.dense"], ["intermediate.dense", "output.dense"])]
        behind = [[name for name in names if any(part in name for part in at)] for at in parts]
        found = gradients_by_text(names)
        traces = [sum((each[name] ** 2).sum().item() for each in found for name in group) / len(found) for group in behind]
        self.rates = [0.0] * len(traces)
        for place, site in enumerate(sorted(range(len(traces)), key=traces.__getitem__)):
            self.rates[site] = self.highest * (1 - place / (len(traces) - 1))

    def loss(self, weights, step):
        return cross_entropy(logits(weights, Dropout(step, self.rates)))


class EMA(Plain):
    decay, first = 0.7, 1

    def share(self, step):
        return 1 - self.decay

    def stepped(self, weights, step):
        if step == self.first:
            self.average = {name: weights[name].clone() for name in self.trained}
        elif step > self.first:
            for name in self.trained:
                self.average[name] += self.share(step) * (weights[name] - self.average[name])

    def evaluated(self, name, weights):
        return self.average[name]


class SWA(EMA):
    first = 0

    def share(self, step):
        return 1 / (step - self.first + 1)


class WiSE(Plain):
    alpha = {"embeddings": 0.2, "0": 0.5, "1": 0.9, "head": 1.0}

    def evaluated(self, name, weights):
        alpha = self.alpha[layer_of(name)]
        return weights[name] if alpha == 1 else (1 - alpha) * start[name] + alpha * weights[name]


class WeightMixup(Plain):
    deviation, rate, until, order = 0.1, 2e-3, 2, "second"
    mixed = [parts for parts in matrices if not is_head(parts[0])]

    def begin(self, weights):
        self.alphas, self.moments = {}, {}
        for place, parts in enumerate(self.mixed):
            outputs, width = start[parts[0]].shape
            draw = lambda side, length: torch.from_numpy(1 + np.float32(self.deviation) * normal((length * len(parts),), method_pair(0, 2 * place + side)))
            of_inputs, of_outputs = draw(0, width).reshape(width, len(parts)), draw(1, outputs).reshape(len(parts), outputs)
            for index, name in enumerate(parts):
                self.alphas[name] = [of_outputs[index].clone(), of_inputs[:, index].clone()]
                self.moments[name] = [(torch.zeros_like(a), torch.zeros_like(a)) for a in self.alphas[name]]

    def seen(self, weights, alphas):
        alpha = {name: torch.outer(*pair) for name, pair in alphas.items()}
        return {name: alpha[name] * weights[name] + (1 - alpha[name]) * start[name] if name in alpha else weights[name] for name in names}

    def slopes(self, weights, texts):
        """Gradients of the loss on some texts for the weights and for what α is made of."""
        own = {name: weights[name].detach().requires_grad_(True) for name in names}
        alphas = {name: [a.detach().requires_grad_(True) for a in pair] for name, pair in self.alphas.items()}
        loss = torch.nn.functional.cross_entropy(logits(self.seen(own, alphas))[texts], labels[texts])
        flat = [a for pair in alphas.values() for a in pair]
        found = torch.autograd.grad(loss, [own[name] for name in names] + flat, allow_unused=True)
        filled = [torch.zeros_like(of) if g is None else g for g, of in zip(found, list(own.values()) + flat)]
        return dict(zip(names, filled)), filled[len(names):]

    def gradients(self, weights, step):
        if step < self.until:
            of_weights, slope = self.slopes(weights, slice(0, 2))
            if self.order == "second":
                move = {name: (head_rate if is_head(name) else rate) * g for name, g in of_weights.items() if "word_embeddings" not in name}
                norm = torch.sqrt(sum((m**2).sum() for m in move.values()))
                at = lambda sign: self.slopes({name: weights[name].detach() + sign * 0.01 / norm * move[name] if name in move else weights[name] for name in names}, slice(None))[1]
                slope = [direct - (ahead - behind) / (2 * 0.01 / norm) for direct, ahead, behind in zip(slope, at(1), at(-1))]
            pairs = [(a, moments) for name in self.alphas for a, moments in zip(self.alphas[name], self.moments[name])]
            for (a, moments), g in zip(pairs, slope):
                adamw(a, g, moments, step + 1, self.rate * (1 + math.cos(math.pi * step / self.until)) / 2, 0.0)
        return self.differentiate(weights, step)

    def loss(self, weights, step):
        return cross_entropy(logits(self.seen(weights, self.alphas)))

    def evaluated(self, name, weights):
        return self.seen(weights, self.alphas)[name]


class WeightMixupFirst(WeightMixup):
    until, order = 6, "first"


class Noisy(Plain):
    """Methods that add something to what enters a layer."""

    def at_bottom(self, weights, added):
        return self.above(0, weights, added)

    def above(self, below, weights, added):
        """Outputs with it above so many layers, and what each layer gives."""
        plus = lambda output: (output[0] + added, *output[1:]) if isinstance(output, tuple) else output + added
        giver = model.roberta.encoder.layer[below - 1] if below else model.roberta.embeddings
        handle = giver.register_forward_hook(lambda _module, _inputs, output: plus(output))
        try:
            model.eval()
            found = functional_call(model, weights, kwargs=inputs | {"output_hidden_states": True})
        finally:
            handle.remove()
        return found.logits, found.hidden_states[1:]

    def drawn(self, step, make):
        # padded positions have noise of their own, which nobody sees
        return torch.from_numpy(make((len(labels) * 16, hidden), method_pair(step, 0))).reshape(len(labels), 16, hidden)


def symmetric(one, other):
    p, q = one.log_softmax(-1), other.log_softmax(-1)
    kl = lambda a, b: (a.exp() * (a - b)).sum(-1).mean()
    return kl(p, q) + kl(q, p)


class R3F(Noisy):
    strength, epsilon = 2.0, 0.2

    def noise(self, step):
        return self.epsilon * (2 * self.drawn(step, uniform) - 1)

    def loss(self, weights, step):
        one, other = logits(weights), self.at_bottom(weights, self.noise(step))[0]
        return cross_entropy(one) + self.strength * symmetric(one, other)


class R3FNormal(R3F):
    def noise(self, step):
        return self.epsilon * self.drawn(step, normal)


class SMART(R3F):
    radius, ascent = 0.1, 0.08

    def noise(self, step):
        return self.worst

    def loss(self, weights, step):
        first = (self.radius * self.drawn(step, normal)).requires_grad_(True)
        apart = symmetric(logits(weights), self.at_bottom(weights, first)[0])
        gradient, = torch.autograd.grad(apart, first)
        moved = first.detach() + self.ascent * gradient / gradient.abs().amax((1, 2), keepdim=True)
        self.worst = moved.clamp(-self.radius, self.radius)
        return super().loss(weights, step)


class SMARTProximal(SMART):
    strength, proximal, momentum = 0.5, 3.0, 0.6

    def begin(self, weights):
        self.earlier = {name: weights[name].clone() for name in names}

    def loss(self, weights, step):
        total = super().loss(weights, step)
        return total + self.proximal * symmetric(logits(weights), logits(self.earlier))

    def stepped(self, weights, step):
        for name in names:
            self.earlier[name] = self.momentum * self.earlier[name] + (1 - self.momentum) * weights[name].detach()


class LNSR(Noisy):
    strength, deviation, below = 0.5, 0.1, 0

    def loss(self, weights, step):
        one, clean = self.at_bottom(weights, torch.zeros(1))
        _, noisy = self.above(self.below, weights, self.deviation * self.drawn(step, normal))
        mask = inputs["attention_mask"].float()
        total = cross_entropy(one)
        for layer, (h, k) in list(enumerate(zip(clean, noisy)))[self.below:]:
            apart = ((h - k) ** 2).mean(-1)  # (texts, time)
            by_text = apart[:, 0] if layer == layers - 1 else (apart * mask).sum(-1) / mask.sum(-1)
            total = total + self.strength * by_text.mean()
        return total


class LNSRAbove(LNSR):
    below = 1


class Houlsby(Plain):
    size, places = 5, ("attention.output.dense", "output.dense")

    def __init__(self):
        torch.manual_seed(4)
        self.added = {}
        for layer in range(layers):
            for place in self.places:
                for part, shape in (("down.weight", (self.size, hidden)), ("down.bias", (self.size,)), ("up.weight", (hidden, self.size)), ("up.bias", (hidden,))):
                    self.added[f"roberta.encoder.layer.{layer}.{place}.adapter.{part}"] = torch.randn(shape) * 0.2

    def trains(self, name):
        return is_head(name) or name in self.added or ("LayerNorm" in name and "embeddings" not in name)

    def loss(self, weights, step):
        handles = []
        for layer in range(layers):
            for place in self.places:
                at = f"roberta.encoder.layer.{layer}.{place}"
                def insert(_module, _inputs, x, at=at):
                    inner = torch.nn.functional.linear(x, weights[f"{at}.adapter.down.weight"], weights[f"{at}.adapter.down.bias"])
                    return x + torch.nn.functional.linear(torch.nn.functional.gelu(inner), weights[f"{at}.adapter.up.weight"], weights[f"{at}.adapter.up.bias"])
                handles.append(model.get_submodule(at).register_forward_hook(insert))
        try:
            return cross_entropy(logits({name: weights[name] for name in names}))
        finally:
            for handle in handles:
                handle.remove()


class Pfeiffer(Houlsby):
    places = ("output.dense",)

    def __init__(self):
        self.added = {name: value for name, value in Houlsby().added.items() if "attention.output" not in name}

    def trains(self, name):
        return is_head(name) or name in self.added


class AutoRGN(Plain):
    batches = 2

    def __init__(self):
        self.groups = ["embeddings"] + [str(layer) for layer in range(layers)]
        self.ratios, self.shares = [], {}

    def of(self, values, group):
        return sum((value**2).sum().item() for name, value in values.items() if layer_of(name) == group)

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        self.ratios.append([math.sqrt(self.of(found, group) / self.of({name: weights[name].detach() for name in names}, group)) for group in self.groups])
        return loss, found

    def stepped(self, weights, step):
        if step == self.batches - 1:
            mean = np.mean(self.ratios, axis=0)
            self.shares = dict(zip(self.groups, mean / mean.max()))

    def pace(self, name, step):
        return step + 1, self.shares.get(layer_of(name), 1.0)


class AutoSNR(AutoRGN):
    threshold = 0.9

    def __init__(self):
        super().__init__()
        self.seen = []

    def gradients(self, weights, step):
        loss, found = self.differentiate(weights, step)
        self.seen.append(found)
        return loss, found

    def stepped(self, weights, step):
        if step == self.batches - 1:
            mean = {name: sum(found[name] for found in self.seen) / len(self.seen) for name in names}
            variance = lambda group: sum(self.of(found, group) for found in self.seen) / len(self.seen) - self.of(mean, group)
            ratios = np.array([self.of(mean, group) / variance(group) for group in self.groups])
            self.shares = dict(zip(self.groups, (ratios / ratios.max() >= self.threshold).astype(float)))


class AutoFreeze(Plain):
    percentile, interval = 50, 1

    def __init__(self):
        self.groups = ["embeddings"] + [str(layer) for layer in range(layers)]
        self.frozen, self.norms = 0, None

    def gradients(self, weights, step):
        loss, self.found = self.differentiate(weights, step)
        return loss, self.found

    def stepped(self, weights, step):
        norms = {group: sum(value.abs().sum().item() for name, value in self.found.items() if layer_of(name) == group) for group in self.groups[self.frozen:]}
        if self.norms is not None:
            changes = [abs(self.norms[group] - norms[group]) / self.norms[group] for group in norms]
            self.frozen += int(np.argmax(np.array(changes) >= np.percentile(changes, self.percentile)))
        self.norms = norms

    def pace(self, name, step):
        return None if layer_of(name) in self.groups[: self.frozen] else (step + 1, 1.0)


class DSEE(LoRA):
    alpha, entries = 2, 10

    def thinned(self, name, weight):
        return weight

    def __init__(self):
        super().__init__()
        torch.manual_seed(5)
        self.places = {}
        for name in self.targets:
            u, s, v = torch.linalg.svd(start[name].double(), full_matrices=False)
            residual = (start[name] - (u[:, :self.rank] * s[:self.rank]) @ v[:self.rank]).T.flatten()  # as the trainer counts: by input
            self.places[name] = residual.abs().argsort(descending=True)[: self.entries]
            self.added[factor(name, "A").replace("lora_A", "dsee_S")] = torch.randn(self.entries, 1) * 0.2

    def loss(self, weights, step):
        effective = {name: self.thinned(name, weights[name]) for name in names}
        for name in self.targets:
            spread = torch.zeros(start[name].numel()).index_put((self.places[name],), weights[factor(name, "A").replace("lora_A", "dsee_S")][:, 0])
            effective[name] = effective[name] + weights[factor(name, "B")] @ weights[factor(name, "A")] + spread.reshape(hidden, hidden).T
        return cross_entropy(logits(effective))


class DSEESparse(DSEE):
    sparsity = 0.4

    def thinned(self, name, weight):
        if not is_linear(name) or is_head(name):
            return weight
        kept = round((1 - self.sparsity) * weight.numel())
        return weight * (weight.abs() >= weight.abs().flatten().sort(descending=True).values[kept - 1])


class Extrapolation(Plain):
    ratio, before = 1.5, None

    def gradients(self, weights, step):
        ahead = dict(weights)
        for name in self.trained:
            if self.before is not None and "word_embeddings" not in name:
                ahead[name] = (weights[name].detach() + self.ratio * (weights[name].detach() - self.before[name])).requires_grad_(True)
        self.before = {name: weights[name].detach().clone() for name in self.trained}
        return self.differentiate(ahead, step)


class ExtrapolationByNoise(Plain):
    ratio = 1.5

    def gradients(self, weights, step):
        beside = dict(weights)
        for place, parts in enumerate(trained_here):
            if parts == ["roberta.embeddings.word_embeddings.weight"]:
                continue
            side = [start[name].T if is_linear(name) else start[name] for name in parts]  # as the trainer holds it
            drawn = torch.from_numpy(normal(tuple(torch.cat(side, dim=-1).shape), method_pair(step, place)))
            for name, noise in zip(parts, drawn.split([value.shape[-1] for value in side], dim=-1)):
                noise = noise.T if is_linear(name) else noise
                own_rate = head_rate if is_head(name) else rate
                beside[name] = (weights[name].detach() + self.ratio * own_rate * noise).requires_grad_(True)
        return self.differentiate(beside, step)


class Prototypes(Plain):
    shrinkage, temperature = 0.5, 10.0

    def begin(self, weights):
        with torch.no_grad():
            first = functional_call(model.eval(), weights, kwargs=inputs | {"output_hidden_states": True}).hidden_states[-1][:, 0]
            seen = torch.tanh(first @ weights["classifier.dense.weight"].T + weights["classifier.dense.bias"])
        means = torch.stack([seen[labels == label].mean(0) for label in range(3)])
        within = ((seen - means[labels]) ** 2).mean(0)
        variance = ((1 - self.shrinkage) * within + self.shrinkage * within.mean() + 1e-8) * self.temperature
        weights["classifier.out_proj.weight"] = means / variance
        weights["classifier.out_proj.bias"] = -(means**2 / variance).sum(1) / 2


class UPET(Plain):
    teaching, tau, tunes = 1, 2.5, "biases"

    def pace(self, name, step):
        learns = step < self.teaching or self.tunes == "all" or name.endswith("bias") or is_head(name)
        return (step + 1, 1.0) if learns else None

    def loss(self, weights, step):
        outputs = logits(weights)
        if step < self.teaching:
            return cross_entropy(outputs)
        p = outputs.softmax(-1)[torch.arange(len(labels)), labels]
        return torch.where(p >= 1 / self.tau, -p.log(), math.log(self.tau) + 1 - self.tau * p).mean()


class UPETAll(UPET):
    tau, tunes = 1.5, "all"


class LEVI(Plain):
    width, taps = 32, (1, 2)

    def __init__(self):
        torch.manual_seed(9)  # with others PyTorch's float32 lies up to 6e-5 from its float64, where a gradient is nearly 0
        self.config = RobertaConfig(**config | {"hidden_size": self.width, "intermediate_size": 2 * self.width, "num_attention_heads": self.width // 32,
                                                "num_hidden_layers": len(self.taps), "attn_implementation": "eager"})
        self.small = RobertaModel(self.config, add_pooling_layer=False).eval()
        self.added = {f"levi.roberta.{name}": value.detach() + 0.1 * torch.randn(value.shape) for name, value in self.small.named_parameters()}
        for tap in self.taps:
            for part, shape in ((f"adapt.{tap}", (self.width, hidden + self.width)), (f"head.{tap}", (3, self.width))):
                self.added |= {f"levi.{part}.weight": torch.randn(shape) * 0.2, f"levi.{part}.bias": torch.randn(shape[0]) * 0.2}

    def trains(self, name):
        return name.startswith("levi")

    def loss(self, weights, step):
        mask = inputs["attention_mask"].float().unsqueeze(-1)
        mean = lambda h: (h * mask).sum(1) / mask.sum(1)
        with torch.no_grad():
            seen = functional_call(model.eval(), {name: weights[name] for name in names}, kwargs=inputs | {"output_hidden_states": True}).hidden_states
        own = {name: weights[f"levi.roberta.{name}"] for name, _ in self.small.named_parameters()}
        made = functional_call(self.small, own, kwargs=inputs | {"output_hidden_states": True}).hidden_states[1:]
        linear = lambda x, part: torch.nn.functional.linear(x, weights[f"levi.{part}.weight"], weights[f"levi.{part}.bias"])
        losses = [cross_entropy(linear(torch.nn.functional.gelu(linear(torch.cat([mean(seen[tap]), mean(s)], -1), f"adapt.{tap}")), f"head.{tap}"))
                  for tap, s in zip(self.taps, made)]
        return sum(losses) / len(losses)


class LEVIThird(LEVI):
    taps = (2,)

    def __init__(self):
        super().__init__()
        every = LEVI().added
        self.added = {name: every[name] for name in self.added}


def schedule(step, over, warmup):
    warm = math.ceil(warmup * over)
    return (step + 1) / warm if step < warm else (over - step) / (over - warm)


class LPFT(Plain):
    head_share, warmup = 1 / 3, 0.5

    def pace(self, name, step):
        until = math.ceil(self.head_share * horizon)
        share = schedule(step, until, self.warmup) if step < until else schedule(step - until, horizon - until, self.warmup)
        if is_head(name):
            return step + 1, share
        return None if step < until else (step - until + 1, share)


class GradualUnfreezing(Plain):
    until, block, cut, ratio, order = 0.5, 1, 1 / 3, 8, "topDown"

    def pace(self, name, step):
        groups = math.ceil((layers + 1) / self.block)
        height = {"head": None, "embeddings": layers} | {str(layer): layers - 1 - layer for layer in range(layers)}
        above = height[layer_of(name)]
        if self.order == "bottomUp" and above is not None:
            above = layers - above
        begin = 0 if above is None else math.ceil((above // self.block + 1) * self.until * horizon / groups)
        if step < begin:
            return None
        cut = max(1, math.floor(horizon * self.cut))
        t = step + 1
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / self.cut - 1))
        return step - begin + 1, (1 + p * (self.ratio - 1)) / self.ratio


class FromBelow(GradualUnfreezing):
    order = "bottomUp"


runs = {"full": Plain(), "bitfit": BitFit("all"), "bitfit-subset": BitFit("subset"), "lora": LoRA(), "mixout": Mixout(), "mixout-byLayer": MixoutByLayer(), "dps-dense": DPSDense(),
        "dps-mix": DPSMix(), "dps-mix-byLayer": DPSMixByLayer(), "l2sp": L2SP(), "l2sp-decay": DecayToStart(), "rdrop": RDrop(), "sam": SAM(), "asam": ASAM(), "sam-every": SAMOfTwo(), "childTuning": ChildTuningF(), "childTuning-byLayer": ChildTuningFByLayer(), "sift": SIFT(),
        "lpft": LPFT(), "gradualUnfreezing": GradualUnfreezing(), "gradualUnfreezing-bottomUp": FromBelow(), "childTuning-D": ChildTuningD(), "childTuning-D-byLayer": ChildTuningDByLayer(), "surgical": Surgical(), "surgical-rgn": SurgicalByRatio(), "surgical-product": SurgicalByProduct(),
        "guidedDropout": GuidedDropout(), "ema": EMA(), "swa": SWA(), "wiseft": WiSE(), "weightMixup": WeightMixup(), "weightMixup-first": WeightMixupFirst(), "r3f": R3F(), "r3f-normal": R3FNormal(), "smart": SMART(), "smart-proximal": SMARTProximal(), "lnsr": LNSR(), "lnsr-above": LNSRAbove(),
        "houlsby": Houlsby(), "pfeiffer": Pfeiffer(), "autoRgn": AutoRGN(), "autoSnr": AutoSNR(), "autoFreeze": AutoFreeze(), "dsee": DSEE(), "dsee-sparse": DSEESparse(),
        "upet": UPET(), "upet-all": UPETAll(), "levi": LEVI(), "levi-third": LEVIThird(), "extrapolation": Extrapolation(), "extrapolation-noise": ExtrapolationByNoise(), "prototypes": Prototypes()}

losses = {}
for name, method in runs.items():
    losses[name], after = run(method)
    save_file(after, here / f"{name}.safetensors")
added = DSEE().added | Houlsby().added | LEVI().added  # those of LoRA are DSEE's too
save_file({name: value.contiguous() for name, value in added.items()}, here / "added.safetensors")
(here / "reference.json").write_text(json.dumps({"uniform": uniform((7,), (3, -5)).tolist(), "losses": losses}) + "\n")
