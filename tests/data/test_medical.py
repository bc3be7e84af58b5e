"""Medical files: DICOM by its own rules of grey, NIfTI slices, patients as groups, and sentences on what is broken."""

import gzip
import sys

import numpy as np
import pytest

from graft.data import read
from graft.data.images import decode
from graft.data.medical import decode_medical
from graft.errors import DataError

pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed")
nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")

RAMP = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4


def write_dicom(path, pixels=RAMP, kind="MONOCHROME2", bits=None, patient="", frames=0, **words):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

    pixels = np.ascontiguousarray(pixels)
    tags = Dataset()
    tags.file_meta = FileMetaDataset()
    tags.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    tags.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    tags.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    tags.SOPClassUID, tags.SOPInstanceUID = SecondaryCaptureImageStorage, tags.file_meta.MediaStorageSOPInstanceUID
    colour = kind == "RGB"
    tags.SamplesPerPixel, tags.PhotometricInterpretation = 3 if colour else 1, kind
    if colour:
        tags.PlanarConfiguration = 0
    if frames:
        tags.NumberOfFrames = frames
    tags.Rows, tags.Columns = pixels.shape[1 if frames else 0], pixels.shape[2 if frames else 1]
    tags.BitsAllocated = 8 * pixels.dtype.itemsize
    tags.BitsStored = bits or tags.BitsAllocated
    tags.HighBit, tags.PixelRepresentation = tags.BitsStored - 1, int(pixels.dtype.kind == "i")
    tags.PatientID = patient
    for word, value in words.items():
        setattr(tags, word, value)
    tags.PixelData = pixels.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    tags.save_as(path, enforce_file_format=True)
    return path


def greys(path):
    image = decode(path)
    assert image.mode == "RGB"
    pixels = np.asarray(image)
    assert (pixels == pixels[:, :, :1]).all()
    return pixels[:, :, 0]


def test_eight_bits_are_taken_as_they_are_and_inverted_where_low_is_white(tmp_path):
    np.testing.assert_array_equal(greys(write_dicom(tmp_path / "a.dcm")), RAMP)
    np.testing.assert_array_equal(greys(write_dicom(tmp_path / "b.dcm", kind="MONOCHROME1")), 255 - RAMP)
    nameless = write_dicom(tmp_path / "c")
    np.testing.assert_array_equal(greys(nameless), RAMP)
    np.testing.assert_array_equal(decode_medical(nameless.read_bytes()), RAMP)


def test_stored_bits_are_scaled_by_their_number(tmp_path):
    deep = RAMP.astype(np.uint16) * 16
    path = write_dicom(tmp_path / "d.dcm", deep, bits=12)
    np.testing.assert_array_equal(greys(path), np.rint(deep / 4095 * 255))


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_windows_are_those_of_the_standard_on_rescaled_values(tmp_path, function):
    stored = np.arange(-32, 32, dtype=np.int16).reshape(8, 8) * 20
    path = write_dicom(
        tmp_path / "w.dcm", stored, RescaleSlope="2", RescaleIntercept="-100", WindowCenter=["40", "9"],
        WindowWidth=["400", "9"], VOILUTFunction=function,
    )  # fmt: skip
    x = stored * 2.0 - 100
    share = {
        "LINEAR": (x - 39.5) / 399 + 0.5,
        "LINEAR_EXACT": (x - 40) / 400 + 0.5,
        "SIGMOID": 1 / (1 + np.exp(-4 * (x - 40) / 400)),
    }[function]
    np.testing.assert_array_equal(greys(path), np.rint(np.clip(share, 0, 1) * 255))


def test_signed_values_without_a_window_reach_from_the_lowest_to_the_highest(tmp_path):
    stored = np.arange(-32, 32, dtype=np.int16).reshape(8, 8)
    np.testing.assert_array_equal(greys(write_dicom(tmp_path / "s.dcm", stored)), np.rint((stored + 32) / 63 * 255))


def test_a_table_of_greys_is_looked_up(tmp_path):
    from pydicom.dataset import Dataset

    table = Dataset()
    table.add_new("LUTDescriptor", "US", [256, 0, 8])
    table.add_new("LUTData", "US", [255 - k for k in range(256)])
    path = write_dicom(tmp_path / "v.dcm", VOILUTSequence=[table])
    np.testing.assert_array_equal(greys(path), 255 - RAMP)


def test_colours_stay_and_of_several_frames_the_middle_one_is_taken(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    np.testing.assert_array_equal(np.asarray(decode(write_dicom(tmp_path / "c.dcm", colours, "RGB"))), colours)
    film = np.stack([RAMP // 2, RAMP, RAMP // 3])
    np.testing.assert_array_equal(greys(write_dicom(tmp_path / "m.dcm", film, frames=3)), RAMP)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_the_middle_slice_of_a_volume(tmp_path, ending):
    volume = np.random.default_rng(0).normal(size=(6, 5, 7)).astype(np.float32)
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / f"v{ending}")
    plane = volume[:, :, 3]
    share = (plane - plane.min()) / (plane.max() - plane.min())
    np.testing.assert_array_equal(greys(tmp_path / f"v{ending}"), np.rint(share * 255).T[::-1])
    (tmp_path / "x").mkdir()
    assert len(read(tmp_path, labelled=False)) == 1


def test_what_is_broken_gets_a_sentence(tmp_path):
    whole = write_dicom(tmp_path / "a.dcm").read_bytes()
    for k, data in enumerate([whole[:-40], whole[:300], whole[:132]]):
        with pytest.raises(DataError, match="DICOM file cannot be decoded"):
            decode(data)
        (tmp_path / f"b{k}.dcm").write_bytes(data)
    with pytest.raises(DataError, match="content is of no known format"):
        decode(b"x" * 400)
    packed = gzip.compress(b"\0" * 344 + b"n+1\0" + b"\0" * 100)
    with pytest.raises(DataError, match="NIfTI file cannot be decoded"):
        decode(packed)
    with pytest.raises(DataError, match="broken"):
        decode(packed[:30])


def test_without_the_library_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = write_dicom(tmp_path / "a.dcm")
    nibabel.save(nibabel.Nifti1Image(np.zeros((3, 3, 3), np.float32), np.eye(4)), tmp_path / "v.nii")
    monkeypatch.setitem(sys.modules, "pydicom", None)
    monkeypatch.setitem(sys.modules, "nibabel", None)
    for name in (path, tmp_path / "v.nii"):
        with pytest.raises(DataError, match=r"pip install 'graftlearn\[medical\]'"):
            decode(name)


def folder_of(root, patients):
    for k, patient in enumerate(patients):
        write_dicom(root / "ab"[k % 2] / f"{k}.dcm", (RAMP + k).astype(np.uint8), patient=patient)
    return root


def test_patients_are_groups(tmp_path):
    data = read(folder_of(tmp_path / "p", ["ann", "ann", "bob", "ann", "", "bob"]))
    found = dict(zip(data.names, data.groups.tolist(), strict=True))
    assert found["a/0.dcm"] == found["b/1.dcm"] == found["b/3.dcm"] == "ann"
    assert found["a/2.dcm"] == found["b/5.dcm"] == "bob"
    assert len(set(found.values())) == 3
    assert any("5 DICOM files name 2 patients" in note for note in data.notes)


def test_patients_with_one_image_each_are_no_groups_and_others_may_be_named(tmp_path):
    assert read(folder_of(tmp_path / "p", list("uvwxyz"))).groups is None
    rows = "".join(f"{name},{label},{place}\n" for name, label, place in (("a/0.dcm", "x", "s"), ("b/1.dcm", "y", "t")))
    root = folder_of(tmp_path / "q", ["ann"] * 2)
    (root / "t.csv").write_text("file,label,site\n" + rows, encoding="utf-8")
    assert read(root / "t.csv").groups.tolist() == ["ann", "ann"]
    assert read(root / "t.csv", group="site").groups.tolist() == ["s", "t"]


def test_frames_are_told(tmp_path):
    folder_of(tmp_path / "p", list("uvwx"))
    write_dicom(tmp_path / "p" / "a" / "film.dcm", np.stack([RAMP] * 4), frames=4)
    (note,) = (note for note in read(tmp_path / "p").notes if "several frames" in note)
    assert "a/film.dcm" in note
    assert "the middle one" in note


@pytest.mark.real
def test_pneumonia_as_dicom_scores_what_the_arrays_score(tmp_path, real):
    import graft
    from graft import backbones

    if "efficientnet-lite0" not in backbones.available("image"):
        pytest.skip("the packaged image backbone is not installed")
    with np.load(real("images/pneumonia/pneumoniamnist.npz")) as arrays:
        images, labels = arrays["train_images"], arrays["train_labels"][:, 0]
    picked = np.concatenate([np.flatnonzero(labels == label)[:45] for label in (0, 1)])
    for k, i in enumerate(picked):
        write_dicom(tmp_path / "d" / ("healthy", "pneumonia")[labels[i]] / f"{k:03d}.dcm", images[i])
    names = np.array(["healthy", "pneumonia"])[labels[picked]].tolist()
    words = {"backbone": "efficientnet-lite0", "head": "logistic", "finetune": "never", "verdict": False}
    by_file = graft.fit(tmp_path / "d", **words)
    by_array = graft.fit((images[picked], names), **words)
    assert by_file.scores.to_dict() == by_array.scores.to_dict()
    assert by_file.scores.accuracy.value > 0.7
