"""Pretrained models and where they come from: packaged, timm, Hugging Face, or a local folder."""

from graft.backbones.base import Backbone, Card
from graft.backbones.catalogue import available, entries, load
from graft.backbones.folder import save_backbone
from graft.backbones.moved import at_size, trained
from graft.backbones.packaged import Entry

__all__ = ["Backbone", "Card", "Entry", "at_size", "available", "entries", "load", "save_backbone", "trained"]
