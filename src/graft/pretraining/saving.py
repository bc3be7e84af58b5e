"""A pretrained backbone on disk: whole or not at all, never over something else, with a page that says what it is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from graft.backbones import entries, save_backbone
from graft.backbones.base import Backbone, Card
from graft.backbones.folder import OURS
from graft.errors import BackboneError


def check_out(out: Path, *, force: bool) -> None:
    """Raise BackboneError when a backbone may not be written to `out`: something is there, or nothing can be."""
    if out.name in {entry.name for entry in entries()}:
        raise BackboneError(
            f"{out.name} is the name of a packaged backbone, which would be found instead; choose another."
        )
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BackboneError(f"{out} is a file or a link, not a folder; name another place for the backbone.")
    held = sorted(out.iterdir()) if out.exists() else []
    if held and not (out / OURS).is_file():
        raise BackboneError(f"{out} holds files that are not a graft backbone; name an empty or a new folder.")
    if held and not force:
        raise BackboneError(f"{out} already holds a backbone; use --force to replace it, or name another folder.")
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent)).rmdir()
    except OSError as error:
        raise BackboneError(f"{out} cannot be written ({error.strerror or error}); name another place.") from error


def write_out(backbone: Backbone, out: Path, *, force: bool) -> None:
    """Write a backbone and its card beside `out`, then move it there; what was there stays until it is whole."""
    check_out(out, force=force)
    above = out.absolute().parent
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=above, ignore_cleanup_errors=True) as room:
        fresh, old = Path(room) / "new", Path(room) / "old"
        save_backbone(backbone, fresh)
        (fresh / "README.md").write_text(page(backbone.card, out.name), encoding="utf-8")
        if out.exists():
            out.replace(old)
        try:
            fresh.replace(out)
        except OSError as error:
            if old.exists():
                old.replace(out)
            raise BackboneError(f"{out} cannot be written ({error.strerror or error}); nothing was changed.") from error


def page(card: Card, name: str) -> str:
    """Give the card as Markdown, headed as model cards of the Hugging Face hub are."""
    size = f"{card.input_size} × {card.input_size} pixels" if card.input_size else f"up to {card.max_tokens} tokens"
    reads = ", ".join([card.modality, *([size] if card.input_size or card.max_tokens else [])])
    return (
        f"---\nlibrary_name: graft\ntags: [feature-extraction, {card.modality}]\n---\n\n# {name}\n\n"
        f"A backbone made by `graft pretrain`. Use it with `--backbone {name}` (the path of this folder).\n\n"
        f"- started from: {card.parent or 'random weights'}\n- trained on: {card.trained_on}\n"
        f"- licence: {card.licence}\n- reads: {reads}\n"
        f"- gives: {card.dim} numbers; {card.parameters:,} parameters\n- sha256 of its weights: {card.sha256}\n"
    )
