"""Weights from the Hugging Face hub: those on disk first, then a download, or one line at once that says why not."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from graft.errors import BackboneError, HubError

WANTED = ("*.json", "README.md", "model*.safetensors")
OLDER = ("pytorch_model*.bin",)
PATIENCE = 3.0


def fetch(repository: str, instead: str) -> Path:
    """Give the local folder of a hub repository's weights and configuration.

    `instead` ends the message when the hub cannot be reached: what can be used without it. Raises BackboneError.
    """
    folder = _on_disk(repository)
    if folder is not None:
        return folder
    why = _unreachable()
    if why:
        raise HubError(f"The weights of {repository} are not on this machine and {why}. {instead}")
    folder = _download(repository, WANTED, instead)
    if not _has_weights(folder):
        folder = _download(repository, OLDER, instead)
    if not _has_weights(folder):
        raise BackboneError(f"{repository} on the hub holds no model.safetensors and no pytorch_model.bin.")
    return folder


def _on_disk(repository: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, local_files_only=True))
    except HFValidationError as error:
        raise BackboneError(f"{repository!r} is no name of a repository on the hub ({error}).") from error
    except (LocalEntryNotFoundError, OSError):
        return None
    return folder if _has_weights(folder) else None


def _has_weights(folder: Path) -> bool:
    from graft.backbones.files import weights_files

    try:
        return bool(weights_files(folder)) and (folder / "config.json").is_file()
    except BackboneError:
        return False


def _download(repository: str, patterns: tuple[str, ...], instead: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(repository, allow_patterns=list(patterns), etag_timeout=PATIENCE))
    except GatedRepoError as error:
        raise BackboneError(
            f"{repository} asks you to accept its terms: do so at https://huggingface.co/{repository}, then log in "
            "with `hf auth login`."
        ) from error
    except RepositoryNotFoundError as error:
        raise BackboneError(f"The hub has no repository {repository!r}; look at its spelling.") from error
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise HubError(f"{repository} could not be downloaded from the hub ({first}). {instead}") from error


def _unreachable() -> str:
    """Give why the hub cannot be reached, or "" when a connection opens; takes at most a few seconds."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE forbids to fetch them"
    host, port = _door(constants.ENDPOINT, os.environ)
    result: list[str] = []

    def knock() -> None:
        """Try to open a connection, and note why not."""
        try:
            socket.create_connection((host, port), timeout=PATIENCE).close()
            result.append("")
        except OSError as error:
            result.append(str(error.strerror or error))

    thread = threading.Thread(target=knock, daemon=True)  # looking up a name has no timeout of its own
    thread.start()
    thread.join(PATIENCE + 1)
    why = result[0] if result else "no answer"
    return f"the hub cannot be reached at {host}:{port} ({why})" if why else ""


def _door(endpoint: str, environment: Mapping[str, str]) -> tuple[str, int]:
    """Give the host and port to knock at: the proxy's where one is set for this scheme."""
    parts = urlsplit(endpoint)
    named = f"{parts.scheme}_proxy"
    proxy = environment.get(named) or environment.get(named.upper()) or ""
    if proxy:
        parts = urlsplit(proxy if "//" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
