"""Pretrained models and where they come from: packaged, timm, Hugging Face, or a local folder."""

from graft.backbones.base import Backbone, Card
from graft.backbones.catalogue import available, entries, load
from graft.backbones.folder import save_backbone
from graft.backbones.packaged import Entry

__all__ = ["Backbone", "Card", "Entry", "available", "entries", "load", "save_backbone"]
