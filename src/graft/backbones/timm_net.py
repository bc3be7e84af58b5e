"""Any timm image model: built by its architecture's name, filled strictly, run in half precision where it is fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.base import Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.imagenet import imagenet_classes
from graft.backbones.normalising import mean_and_scale, normalised
from graft.backbones.runtime import one_thread, pick_numbers
from graft.backbones.stages import maps_of, summary
from graft.backbones.vision import ImageBackbone, engine_rows, pixels_like
from graft.errors import BackboneError, did_you_mean

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

DEFAULTS = {"input_size": (3, 224, 224), "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225),
            "interpolation": "bicubic", "crop_pct": 0.875}  # fmt: skip


def read(config: dict[str, Any], state: dict[str, Tensor], sha256: str, name: str, source: str) -> Blueprint:
    """Give the blueprint of a timm config.json and its weights; raises BackboneError when they do not fit."""
    cfg: dict[str, Any] = DEFAULTS | {
        key: value for key, value in config.get("pretrained_cfg", config).items() if value is not None
    }
    architecture, count = config["architecture"], int(config.get("num_classes", cfg.get("num_classes", 1000)))
    said = {"architecture": architecture, "num_classes": count, "model_args": config.get("model_args") or {}}
    size = tuple(cfg["input_size"])
    card = Card(
        name=name,
        modality="image",
        source=source,
        licence=str(cfg.get("license", "not stated")),
        parameters=sum(tensor.numel() for key, tensor in state.items() if not _is_buffer(key)),
        dim=_width(_create(said)),
        sha256=sha256,
        trained_on=str(cfg.get("tag", "") or ""),
        input_size=size[1] if size[0] == 3 and size[1] == size[2] else 0,
        mean=tuple(cfg["mean"]),
        std=tuple(cfg["std"]),
        interpolation=cfg["interpolation"],
        crop=float(cfg["crop_pct"]),
    )
    return Blueprint("timm", card, said, state, _classes(cfg, count, source))


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> ImageBackbone:
    """Give the backbone of any timm architecture on a device."""
    import torch

    from graft.backbones.torch_runtime import TorchRuntime

    numbers = pick_numbers(device, exact)
    with one_thread():
        module: Any = make_module(blueprint).to(device).to(memory_format=torch.channels_last).requires_grad_(False)
    mean, scale = mean_and_scale(blueprint, device)

    def forward(pixels: Tensor) -> Tensor:
        """Give the (R, D) features before the classifier."""
        last, maps = maps_of(module, normalised(pixels, mean, scale))
        pooled: Tensor = module.forward_head(last, pre_logits=True).flatten(1).float()
        return torch.cat([pooled, summary(maps)], dim=1) if maps else pooled

    run = TorchRuntime(forward, device, numbers, autocast=True)
    width = run(pixels_like(blueprint, 1)[0]).shape[1]
    makers = engine_rows(device, lambda rows: Engine(run, rows, width, pixels_like(blueprint, rows)))
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    return ImageBackbone(blueprint, engine, make_module, _classifier(module), exact=exact)


def make_module(blueprint: Blueprint) -> torch.nn.Module:
    """Give a new float32 timm network with these weights, every tensor used; raises BackboneError otherwise."""
    module: torch.nn.Module = _create(blueprint.config)
    try:
        module.load_state_dict(blueprint.state, strict=True)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise BackboneError(f"The weights of {blueprint.card.name} do not fit its architecture: {first}") from error
    return module.eval()


def known(name: str) -> str | None:
    """Give the hub repository of a timm model name such as `resnet50` or `resnet50.a1_in1k`, or None."""
    import timm

    if not timm.is_model(name):
        return None
    try:
        cfg = timm.get_pretrained_cfg(name)
    except RuntimeError:
        tags = [full for full in timm.list_pretrained() if full.split(".")[0] == name.split(".")[0]]
        raise BackboneError(f"timm has no weights {name!r}. {did_you_mean(name, tags)}") from None
    if cfg is None or not cfg.hf_hub_id:
        raise BackboneError(f"timm knows the architecture {name!r} but has no pretrained weights for it.")
    return str(cfg.hf_hub_id)


def model_names() -> list[str]:
    """Give the names of every architecture timm has."""
    import timm

    return list(timm.list_models())


def _create(config: dict[str, Any]) -> Any:
    import timm

    architecture = config["architecture"]
    if not timm.is_model(architecture):
        raise BackboneError(f"timm has no architecture {architecture!r}. {did_you_mean(architecture, model_names())}")
    args = config.get("model_args", {})
    return timm.create_model(architecture, pretrained=False, num_classes=config["num_classes"], **args)


def _width(module: Any) -> int:
    return int(getattr(module, "head_hidden_size", None) or module.num_features)


def _is_buffer(key: str) -> bool:
    return key.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")


def _classes(cfg: dict[str, Any], count: int, source: str) -> tuple[str, ...]:
    said, words = cfg.get("label_names") or (), cfg.get("label_descriptions") or {}
    if len(said) == count:
        return tuple(str(words.get(label, label)) for label in said)
    told = f"{cfg.get('tag', '')} {cfg.get('hf_hub_id', '')} {source}"
    return imagenet_classes() if count == 1000 and "in1k" in told else ()


def _classifier(module: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    import torch

    layer = module.get_classifier()
    if not isinstance(layer, torch.nn.Linear) or layer.in_features != _width(module) or layer.bias is None:
        return None
    return layer.weight.float().cpu().numpy(), layer.bias.float().cpu().numpy()
