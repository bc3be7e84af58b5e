"""Medical files as images: DICOM by its own rules of grey, NIfTI volumes by their middle slice."""

from __future__ import annotations

import gzip
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dicom import shown
from graft.errors import DataError

MEDICAL_EXTENSIONS = frozenset({".dcm", ".dicom", ".nii", ".nii.gz"})
INSTALL = "install what reads it: pip install 'graftlearn[medical]'"
DICOM_AT, NIFTI_AT, HEAD = 128, 344, 352
NIFTI = (b"n+1\0", b"ni1\0")
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Header:
    """What a DICOM file says of itself without its pixels."""

    patient: str
    frames: int


def decode_medical(item: Any) -> NDArray[Any] | None:
    """Give the grey (H, W) or colour (H, W, 3) uint8 image of a DICOM or NIfTI file, as a path or bytes; else None.

    Which it is says the content. Of several frames or slices the middle one is taken. Raises DataError when the file is
    one but cannot be read, or the library that reads it is not installed.
    """
    data = _bytes(item)
    if data is None:
        return None
    if data[DICOM_AT : DICOM_AT + 4] == b"DICM":
        return _dicom(data)
    if data[NIFTI_AT:HEAD][:4] in NIFTI or (data[:2] == GZIP and _unpacked(data, HEAD)[NIFTI_AT:][:4] in NIFTI):
        return _nifti(_unpacked(data) if data[:2] == GZIP else data)
    return None


def dicom_header(path: Path) -> Header | None:
    """Read the patient and the number of frames of a DICOM file, not its pixels; None for anything else."""
    try:
        with path.open("rb") as file:
            if file.read(DICOM_AT + 4)[DICOM_AT:] != b"DICM":
                return None
        import pydicom

        tags = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["PatientID", "NumberOfFrames"])
        return Header(str(tags.get("PatientID") or "").strip(), int(tags.get("NumberOfFrames") or 1))
    except Exception:  # what is wrong with the file is said when it is decoded
        return None


def _bytes(item: Any) -> bytes | None:
    if isinstance(item, bytes | bytearray | memoryview):
        return bytes(item)
    if not isinstance(item, os.PathLike):
        return None
    path = Path(item)
    ending = path.name.lower().endswith(tuple(MEDICAL_EXTENSIONS)) or not path.suffix
    return path.read_bytes() if ending else None


def _unpacked(data: bytes, most: int = -1) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            return file.read(most)
    except (OSError, EOFError) as error:
        raise DataError(f"The compressed file is broken ({error}).") from error


def _dicom(data: bytes) -> NDArray[Any]:
    try:
        import pydicom
        from pydicom.pixels import pixel_array
    except ImportError as error:
        raise DataError(f"This is a DICOM file; {INSTALL}.") from error
    try:
        tags = pydicom.dcmread(io.BytesIO(data))
        middle = int(tags.get("NumberOfFrames") or 1) // 2
        pixels = pixel_array(tags, index=middle)
        return shown(pixels, tags)
    except Exception as error:
        raise DataError(f"The DICOM file cannot be decoded ({_said(error)}).") from error


def _said(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _nifti(data: bytes) -> NDArray[np.uint8]:
    """Give the middle slice of the third axis of the first volume, upright, from its lowest to its highest value."""
    try:
        import nibabel
    except ImportError as error:
        raise DataError(f"This is a NIfTI file; {INSTALL}.") from error
    try:
        image = nibabel.as_closest_canonical(nibabel.Nifti1Image.from_bytes(data))
        shape = image.shape
        at = (slice(None), slice(None), *([shape[2] // 2] if len(shape) > 2 else []), *[0] * max(0, len(shape) - 3))
        plane = np.asarray(image.dataobj[at], dtype=np.float64)
    except Exception as error:
        raise DataError(f"The NIfTI file cannot be decoded ({_said(error)}).") from error
    finite = plane[np.isfinite(plane)]
    if not finite.size:
        raise DataError("The middle slice of the NIfTI file has no finite value.")
    low, high = finite.min(), finite.max()
    share = (np.nan_to_num(plane, nan=low) - low) / ((high - low) or 1.0)
    return np.asarray(np.rint(np.clip(share, 0, 1) * 255).T[::-1], dtype=np.uint8)
