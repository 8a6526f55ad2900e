#!/usr/bin/python3
"""Muon for the matrices of the layers, AdamW for the embedding and the norms, at one learning rate."""
import torch


def orthogonalise(matrices, iterations=5):
    """The nearest (semi-)orthogonal matrices, about: quintic Newton-Schulz; matrices: [count, rows, columns]."""
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).bfloat16()
    for _ in range(iterations):
        gram = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * (gram @ gram)) @ x
    return (x.transpose(1, 2) if tall else x).float()


class Muon(torch.optim.Optimizer):
    """Nesterov momentum whose update is made orthogonal, scaled to the size an AdamW update has (root mean square 0.2)."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.1):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for parameter in group["params"]:
                by_shape.setdefault(tuple(parameter.shape), []).append(parameter)
            for (rows, columns), parameters in by_shape.items():
                updates = []
                for parameter in parameters:
                    momentum = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
                    momentum.lerp_(parameter.grad, 1 - group["momentum"])
                    updates.append(parameter.grad.lerp(momentum, group["momentum"]))
                scale = 0.2 * max(rows, columns) ** 0.5
                for parameter, update in zip(parameters, orthogonalise(torch.stack(updates))):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-group["lr"] * scale)


def make_optimizers(model, lr, weight_decay):
    """[Muon, AdamW] over the model's parameters; the norms are not decayed."""
    layers = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    embedding = [p for n, p in model.named_parameters() if "embed" in n]
    norms = [p for p in model.parameters() if p.ndim == 1]
    adam = torch.optim.AdamW([dict(params=embedding, weight_decay=weight_decay), dict(params=norms, weight_decay=0.0)],
                             lr=lr, betas=(0.9, 0.98))
    return [Muon(layers, lr, weight_decay=weight_decay), adam]
