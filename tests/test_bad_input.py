"""Bad input through the whole command line: exit status 2, one sentence on standard error, nothing printed."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny import write_photos

import graft
from graft.cli import main

TEXTS = [f"{words} number {i}" for i, words in enumerate(["good film", "fine plot", "bad film", "dull plot"] * 3)]
LABELS = ["yes", "yes", "no", "no"] * 3
Said = tuple[int, str, str]
Graft = Callable[..., Said]


@pytest.fixture
def graft_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], models: Path
) -> Graft:
    """Run `graft` in this process, in a folder with data and models: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    for name in ("texts", "photos", "amounts"):
        (tmp_path / f"{name}-model").symlink_to(models / name)
    write_data(tmp_path)

    def call(*words: str | Path, stdin: str = "") -> Said:
        monkeypatch.setattr("sys.argv", ["graft", *map(str, words)])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out, said.err

    return call


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, tiny_backbone: Path) -> Path:
    """Give a folder with a model of texts, one of photos, and one that predicts amounts."""
    place = tmp_path_factory.mktemp("models")
    photos = write_photos(place / "photos-data", 6)
    files = [str(p) for p in sorted(photos.rglob("*.png"))]
    head = {"backbone": str(tiny_backbone), "cache": None}
    graft.fit((TEXTS, LABELS), backbone="word-counts").save(place / "texts")
    graft.fit(photos, head="lda", **head).save(place / "photos", self_contained=True)
    graft.fit((files, np.arange(12) * 1.5), **head).save(place / "amounts")
    return place


def table(path: Path, rows: list[tuple[object, ...]], header: tuple[str, ...] | None = ("text", "label")) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows] if header else rows)


def write_data(place: Path) -> None:
    pairs = list(zip(TEXTS, LABELS, strict=True))
    write_photos(place / "two", 3)
    write_photos(place / "one-class", 3, ("red",))
    write_photos(place / "blue", 3, ("blue",))
    write_photos(place / "one-each", 1)
    write_photos(place / "cut", 3)
    for i in range(3):
        whole = io.BytesIO()
        Image.fromarray(np.full((40, 40, 3), 50 * i, np.uint8)).save(whole, "JPEG")
        (place / "cut" / "red" / f"{i}.jpg").write_bytes(whole.getvalue()[:300])
    (place / "flat").mkdir()
    shutil.copy(place / "two" / "red" / "0.png", place / "flat" / "0.png")
    (place / "empty").mkdir()
    (place / "empty-classes" / "a").mkdir(parents=True)
    table(place / "texts.csv", pairs)
    table(place / "no-header.csv", pairs, None)
    table(place / "one-class.csv", [(text, "yes") for text in TEXTS])
    table(place / "no-rows.csv", [])
    table(place / "no-target.csv", [(text,) for text in TEXTS], ("text",))
    table(place / "copies.csv", [("same", "yes")] * 6 + [("other", "no")] * 6)
    table(place / "gaps.csv", [("" if i % 2 else text, label) for i, (text, label) in enumerate(pairs)])
    table(place / "one-author.csv", [(*pair, "me") for pair in pairs], ("text", "label", "author"))
    table(place / "amounts.csv", [(text, 1.7 * i) for i, text in enumerate(TEXTS)], ("text", "price"))
    table(place / "word.csv", [(t, "free?" if i == 5 else 1.7 * i) for i, t in enumerate(TEXTS)], ("text", "price"))
    table(place / "constant.csv", [(text, 3.25) for text in TEXTS], ("text", "price"))
    table(place / "lost.csv", [(f"two/{c}/{i}.png", c) for c in ("red", "green") for i in range(6)], ("path", "label"))
    (place / "zero.csv").write_bytes(b"")
    (place / "binary.csv").write_bytes(bytes(range(256)) * 20)
    (place / "letter.docx").write_bytes(b"PK\3\4")
    (place / "broken.parquet").write_bytes(b"junk")
    (place / "broken.npz").write_bytes(b"junk")
    (place / "lines.txt").write_text("good film\n")
    (place / "zero.jpg").write_bytes(b"")
    (place / "holds-things").mkdir()
    (place / "holds-things" / "thesis.txt").write_text("years")


WORDS = ("--backbone", "word-counts")
FITS = [
    (("qqqq",), ["qqqq does not exist; the working folder holds"]),
    (("twoo",), ["does not exist. Did you mean two?"]),
    (("no/such/place",), ["there is no folder 'no'"]),
    (("",), ["path is empty"]),
    (("empty",), ["empty is empty", "one folder per class"]),
    (("empty-classes",), ["empty-classes is empty"]),
    (("flat",), ["1 image but no class folders", "flat/CLASS/image.jpg"]),
    (("one-class",), ["All 3 samples are of one class, 'red'", "at least two"]),
    (("one-each", "--backbone", "TINY"), ["fewer than two classes with two different samples each", "more samples"]),
    (("cut", "--backbone", "TINY"), ["3 of 9 inputs", "red/0.jpg", "cut short", "--max-skipped"]),
    (("two/red/0.png",), ["is a single image", "one folder of images per class"]),
    (("lines.txt",), ["no labels", "CSV"]),
    (("letter.docx",), ["'.docx' is none of .csv"]),
    (("zero.csv",), ["zero.csv is empty", "header line"]),
    (("binary.csv",), ["binary.csv", "binary file"]),
    (("broken.parquet",), ["cannot be read as Parquet"]),
    (("broken.npz",), ["is no .npz file"]),
    (("no-header.csv",), ["looks like a sample", "add a header line"]),
    (("no-rows.csv",), ["no rows"]),
    (("no-target.csv",), ["no column to learn", "--target"]),
    (("one-class.csv",), ["All 12 samples are of one class, 'yes'"]),
    (("copies.csv", *WORDS), ["copies and groups count once"]),
    (("one-author.csv", "--group", "author", *WORDS), ["copies and groups count once"]),
    (("gaps.csv",), ["6 of 12 inputs", "row 3: The input is empty"]),
    (("lost.csv",), ["6 of 12 inputs", "no file 'two/red/3.png'", "relative to the folder of the table"]),
    (("word.csv",), ["11 of 12 values of column 'price' are numbers", "'free?'", "empty the cell"]),
    (("constant.csv",), ["of one value, 3.25"]),
    (("amounts.csv", *WORDS), ["No head fits word-counts", "another backbone"]),
    (("texts.csv", "--target", "labl"), ["no column 'labl'", "Did you mean 'label'?"]),
    (("texts.csv", "--label", "labl"), ["no column 'labl'", "Did you mean 'label'?"]),
    (("texts.csv", "--input", "label", "--target", "label"), ["'label' of texts.csv cannot be both"]),
    (("texts.csv", "--input", "txt"), ["no column 'txt'", "Did you mean 'text'?"]),
    (("texts.csv", "--group", "author"), ["no column 'author'", "'text', 'label'"]),
    (("two", "--target", "label"), ["image folder two has no columns"]),
    (("texts.csv", "--task", "sorting"), ["no task 'sorting'", "classification, regression"]),
    (("texts.csv", "--task", "regression"), ["Regression needs numbers", "'yes'"]),
    (("two", "--test", "nowhere"), ["nowhere does not exist"]),
    (("two", "--test", "texts.csv"), ["no column with images"]),
    (("two", "--test", "blue"), ["no class in common", "'blue' against 'green', 'red'"]),
    (("two", "--test", "two", "--backbone", "TINY"), ["Every test sample of two is also in the training set"]),
    (("two", "--backbone", "efficientnet-lit0"), ["Did you mean 'efficientnet-lite0'"]),
    (("two", "--backbone", "word-counts"), ["'text'", "choose a backbone for 'image'"]),
    (("two", "--backbone", "./nowhere"), ["There is no folder './nowhere'"]),
    (("two", "--backbone", "holds-things"), ["holds no backbone"]),
    (("two", "--head", "logistik"), ["no head 'logistik'", "Did you mean 'logistic'"]),
    (("texts.csv", "--head", "lda", *WORDS), ["No head of those named", "tfidf-logistic"]),
    (("two", "--budget", "soon"), ["'soon' is not a time", "2m"]),
    (("two", "--budget", "0"), ["leaves no time"]),
    (("two", "--device", "gpu", "--backbone", "TINY"), ["'gpu' is no device"]),
    (("two", "--seed", "-1"), ["--seed", "greater than or equal to 0", "graft fit --help"]),
    (("two", "--max-skipped", "7"), ["--max-skipped", "less than or equal to 1"]),
    (("two", "--sed", "1"), ["No such option: --sed", "--seed"]),
    ((), ["Missing argument 'SOURCE'", "graft fit --help"]),
    (("two", "--out", "texts.csv"), ["texts.csv is a file"]),
    (("two", "--out", "texts.csv/model"), ["texts.csv is a file", "--out"]),
    (("two", "--out", "holds-things"), ["files that are not a graft model"]),
    (("two", "--out", "texts-model"), ["texts-model is a link", "the folder it points to"]),
]


@pytest.mark.parametrize(("words", "essential"), FITS, ids=[" ".join(words) or "nothing" for words, _ in FITS])
def test_fit_says_what_is_wrong(
    graft_says: Graft, tiny_backbone: Path, words: tuple[str, ...], essential: list[str]
) -> None:
    out = () if "--out" in words else ("--out", "new-model")
    status, printed, said = graft_says("fit", *(str(tiny_backbone) if w == "TINY" else w for w in words), *out)
    check(status, printed, said, essential)
    assert not Path("new-model").exists()
    assert (Path("holds-things") / "thesis.txt").read_text() == "years"


def check(status: int, printed: str, said: str, essential: list[str]) -> None:
    assert (status, printed) == (2, ""), said
    assert said.startswith("graft: ")
    assert said.count("\n") == 1, "one sentence, one line"
    assert "Traceback" not in said
    for words in essential:
        assert words in said


REST = [
    (("predict", "nowhere", "two"), ["nowhere does not exist", "graft fit --out"]),
    (("predict", "two", "two"), ["two is not a graft model: it has no model.json"]),
    (("predict", "photos-model"), ["Missing argument 'INPUTS'"]),
    (("predict", "photos-model", "nowhere.png"), ["nowhere.png does not exist"]),
    (("predict", "photos-model", "two", "nowhere.png"), ["nowhere.png does not exist"]),
    (("predict", "photos-model", "texts.csv"), ["no column with images"]),
    (("predict", "photos-model", "empty"), ["empty is empty"]),
    (("predict", "photos-model", "letter.docx"), ["'.docx' is none of"]),
    (("predict", "photos-model", "zero.jpg"), ["The only input cannot be used", "no bytes"]),
    (("predict", "photos-model", "cut", "--max-skipped", "0.1"), ["3 of 9 inputs"]),
    (("predict", "photos-model", "-", "two"), ["goes alone"]),
    (("predict", "photos-model", "-"), ["Standard input is empty"]),
    (("predict", "texts-model", "two"), ["holds images, but texts are needed"]),
    (("predict", "texts-model", "a good film"), ["does not exist", "echo TEXT | graft predict MODEL -"]),
    (("evaluate", "photos-model", "blue"), ["no class in common"]),
    (("evaluate", "photos-model", "flat"), ["no class folders"]),
    (("evaluate", "texts-model", "no-target.csv"), ["no column to learn"]),
    (("evaluate", "amounts-model", "two"), ["The model predicts numbers", "'green'"]),
    (("example", "digit"), ["no example 'digit'", "digits"]),
    (("example", "digits", "two"), ["two is not empty"]),
    (("cache", "prune", "--limit", "lots"), ["'lots' is not a size", "500MB"]),
    (("fti", "two"), ["No such command 'fti'", "fit"]),
]


@pytest.mark.parametrize(("words", "essential"), REST, ids=[" ".join(words) for words, _ in REST])
def test_the_other_verbs_say_what_is_wrong(graft_says: Graft, words: tuple[str, ...], essential: list[str]) -> None:
    check(*graft_says(*words), essential)


def change(folder: Path, **values: object) -> None:
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(described | values), encoding="utf-8")


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda f: (f / "model.json").write_bytes(b"\xff\xfe\x00"), "is damaged"),
    (lambda f: (f / "model.json").write_text((f / "model.json").read_text()[:300]), "is damaged"),
    (lambda f: change(f, classes=["red"]), "more classes than the 1"),
    (lambda f: change(f, members=[]), "no members"),
    (lambda f: change(f, reading=[1]), "is damaged"),
    (lambda f: change(f, backbones={}), "is not described"),
    (lambda f: (f / "weights.safetensors").unlink(), "weights.safetensors is missing"),
    (lambda f: shutil.rmtree(f / "backbones"), "backbones/0, the backbone of the model, is missing"),
    (lambda f: (f / "backbones/0/model.safetensors").write_bytes(b"x" * 99), "is not the file it should be"),
]


@pytest.mark.parametrize(("damage", "essential"), DAMAGES, ids=[words for _, words in DAMAGES])
def test_a_damaged_model_is_refused(
    graft_says: Graft, models: Path, damage: Callable[[Path], object], essential: str
) -> None:
    shutil.copytree(models / "photos", "damaged")
    damage(Path("damaged"))
    check(*graft_says("predict", "damaged", "two"), [essential])


def test_what_works_is_not_refused(graft_says: Graft) -> None:
    status, printed, said = graft_says("predict", "texts-model", "-", stdin="good film\n\nbad film\n")
    assert status == 0
    assert [row["input"] for row in csv.DictReader(io.StringIO(printed))] == ["line 1", "line 3"]
    assert said == "graft: left out line 2: The line is empty.\n"
    status, printed, said = graft_says("predict", "photos-model", "zero.jpg", "two/red/0.png")
    assert (status, len(printed.splitlines())) == (0, 2)
    assert said == "graft: left out zero.jpg: The image cannot be decoded (it has no bytes).\n"


def test_json_is_one_object_and_nothing_else(graft_says: Graft) -> None:
    for words in (
        ("fit", "texts.csv", *WORDS, "--out", "new", "--json"),
        ("predict", "photos-model", "two", "--json"),
        ("predict", "photos-model", "zero.jpg", "two/red/0.png", "--json"),
        ("evaluate", "texts-model", "texts.csv", "--json"),
        ("backbones", "--json"),
        ("cache", "show", "--json"),
    ):
        status, printed, _ = graft_says(*words)
        assert status == 0
        assert printed.endswith("}\n")
        assert printed.count("\n") == 1
        assert isinstance(json.loads(printed), dict)
