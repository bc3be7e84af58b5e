"""CSV and its kin: columns found and named, encodings, delimiters, ragged rows, missing files."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from graft.data import Skipped, read
from graft.data.labels import spelling
from graft.errors import DataError

ROWS = "text,label\nI loved it,pos\nI hated it,neg\nQuite fine,pos\nRather poor,neg\n"


def save(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def sentence(*args, **kwargs) -> str:
    with pytest.raises(DataError) as caught:
        read(*args, **kwargs)
    return str(caught.value)


def test_text_and_label_are_found_by_name(tmp_path):
    data = read(save(tmp_path / "a.csv", "id,label,text,split\n1,x,one,train\n2,y,two,train\n3,x,three,test\n"))
    assert list(data.inputs) == ["one", "two", "three"]
    assert data.classes == ("x", "y")
    assert data.parts.tolist() == ["train", "train", "test"]
    assert list(data.names) == ["row 2", "row 3", "row 4"]
    assert data.modality == "text"
    told = " ".join(data.notes)
    for word in ("'text'", "'label'", "'split'", "--input", "--target", "classification"):
        assert word in told


def test_text_and_target_are_found_by_content(tmp_path):
    rows = "1,It was a very long and boring film,bad\n2,A joy from start to end,good\n"
    data = read(save(tmp_path / "a.csv", "when,what they said,how\n" + rows))
    assert data.inputs[0] == "It was a very long and boring film"
    assert data.classes == ("bad", "good")


def test_named_columns_overrule(tmp_path):
    path = save(tmp_path / "a.csv", "text,other,label,kind\na b,c d,x,1\ne f,g h,y,0\ni j,k l,x,0\n")
    data = read(path, input="other", target="kind", group="label", domain="text")
    assert list(data.inputs) == ["c d", "g h", "k l"]
    assert data.classes == ("0", "1")
    assert data.groups.tolist() == ["x", "y", "x"]
    assert data.domains.tolist() == ["a b", "e f", "i j"]


def test_one_column_cannot_be_input_and_target(tmp_path):
    path = save(tmp_path / "a.csv", "text,label\na b,x\nc d,y\n")
    assert f"'text' of {path} cannot be both" in sentence(path, input="text", target="text")


def test_numbers_mean_regression_and_task_overrules(tmp_path):
    path = save(tmp_path / "a.csv", "text,price\na,1.5\nb,2\nc,2.5\nd,2\n")
    data = read(path)
    assert data.task == "regression"
    assert data.targets.tolist() == [1.5, 2.0, 2.5, 2.0]
    assert any("--task classification" in note for note in data.notes)
    assert read(path, task="classification").classes == ("1.5", "2", "2.5")


def test_a_column_of_image_paths(tmp_path):
    (tmp_path / "img").mkdir()
    for name in "abc":
        Image.new("L", (3, 3)).save(tmp_path / f"img/{name}.png")
    path = save(tmp_path / "a.csv", "who,where,kind\n1,img/a.png,x\n2,img\\b.png,y\n3,img/c.png,x\n4,img/gone.png,y\n")
    data = read(path)
    assert data.modality == "image"
    assert list(data.inputs) == [tmp_path / f"img/{name}.png" for name in "abc"]
    assert list(data.names) == ["img/a.png", "img/b.png", "img/c.png"]
    assert data.skipped[0].name == "row 5"
    assert str(tmp_path / "img/gone.png") in data.skipped[0].reason
    assert "relative to the folder of the table" in data.skipped[0].reason


def test_paths_relative_to_another_root_name_the_path_tried(tmp_path):
    told = sentence(save(tmp_path / "a.csv", "image,label\nroot/a.png,x\nroot/b.png,y\n"))
    assert "None of the 2 inputs" in told
    assert str(tmp_path / "root/a.png") in told
    assert "row 2" in told


def test_absolute_paths(tmp_path):
    for name in "ab":
        Image.new("L", (3, 3)).save(tmp_path / f"{name}.png")
    (tmp_path / "sub").mkdir()
    path = save(tmp_path / "sub/a.csv", f"file,y\n{tmp_path}/a.png,1\n{tmp_path}/b.png,0\n")
    assert list(read(path).inputs) == [tmp_path / "a.png", tmp_path / "b.png"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path, encoding):
    data = read(save(tmp_path / "a.csv", "text,label\n“Köstlich”,gut\nSchön naß,naja\nNö,gut\n", encoding))
    assert list(data.inputs) == ["“Köstlich”", "Schön naß", "Nö"]
    assert any("not in UTF-8" in note for note in data.notes) == (encoding not in ("utf-8", "utf-8-sig"))


def test_a_stray_byte_does_not_spoil_utf_8(tmp_path):
    text = "text,label\n" + "Schön naß,gut\nNö,naja\n" * 20
    data = read(save(tmp_path / "a.csv", text.encode() + b"oh \xff,gut\n"))
    assert data.inputs[0] == "Schön naß"
    assert any("but for 1 characters" in note for note in data.notes)


def test_a_split_column_of_other_values_is_noted(tmp_path):
    data = read(save(tmp_path / "a.csv", "text,label,split\na b,x,first\nc d,y,second\n"))
    assert data.parts is None
    assert any("'split' has other values" in note for note in data.notes)


def test_latin_1_beyond_windows_1252(tmp_path):
    data = read(save(tmp_path / "a.csv", b"text,label\n\x81\xe9 one,x\ntwo,y\n"))
    assert data.inputs[0] == "\x81é one"
    assert any("latin-1" in note for note in data.notes)


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_odd_delimiters_are_noted(tmp_path, delimiter, word):
    text = f"text{delimiter}price\nGood, really{delimiter}1,5\nBad, sadly{delimiter}2,25\nFine, well{delimiter}3,0\n"
    data = read(save(tmp_path / "a.csv", text))
    assert list(data.inputs) == ["Good, really", "Bad, sadly", "Fine, well"]
    assert data.targets.tolist() == [1.5, 2.25, 3.0]
    assert any(word in note for note in data.notes)
    assert any("decimal points" in note for note in data.notes)
    read_as_tsv = read(save(tmp_path / "a.tsv", text))
    assert any(word in note for note in read_as_tsv.notes) == (delimiter != "\t")


def test_quotes_newlines_and_very_long_fields(tmp_path):
    before = csv.field_size_limit()
    long = "x y" * 100_000
    data = read(save(tmp_path / "a.csv", f'text,label\n"He said ""no"",\nthen left",a\n{long},b\r\n"",a\nlast one,b\n'))
    assert list(data.inputs) == ['He said "no",\nthen left', long, "last one"]
    assert data.skipped == (Skipped("row 4", "The input is empty."),)
    assert csv.field_size_limit() == before


def test_a_quote_that_never_closes(tmp_path):
    data = read(save(tmp_path / "a.tsv", 'text\tlabel\n"Five inch\ta\nSix" inch\tb\n"Seven\ta\n'))
    assert list(data.inputs) == ['"Five inch', 'Six" inch', '"Seven']
    assert any("never close" in note for note in data.notes)


def test_ragged_rows_are_skipped_with_their_number(tmp_path):
    data = read(save(tmp_path / "a.csv", ROWS + "too, many,pos\nshort\n\nextra commas,pos,,\n"))
    assert [skip.name for skip in data.skipped] == ["row 6", "row 7"]
    assert "3 fields where the header has 2" in data.skipped[0].reason
    assert "quotation marks" in data.skipped[0].reason
    assert "1 field where" in data.skipped[1].reason
    assert data.inputs[-1] == "extra commas"


def test_rows_without_input_or_target_are_skipped_with_their_row(tmp_path):
    data = read(save(tmp_path / "a.csv", ROWS + " ,pos\nno label,\n"))
    assert data.skipped == (Skipped("row 6", "The input is empty."), Skipped("row 7", "The target is empty."))
    assert len(data) == 4


def test_targets_that_are_no_finite_numbers_are_skipped(tmp_path):
    data = read(save(tmp_path / "a.csv", "text,y\na,0.5\nb,nan\nc,inf\nd,NA\ne,1.25\n"))
    assert data.targets.tolist() == [0.5, 1.25]
    assert [skip.name for skip in data.skipped] == ["row 3", "row 4", "row 5"]
    assert "no finite number" in data.skipped[0].reason


def test_words_that_pandas_takes_for_missing_stay_words(tmp_path):
    data = read(save(tmp_path / "a.csv", "text,label\nNA,None\nnull,NA\n007,None\na b,NA\n"))
    assert list(data.inputs) == ["NA", "null", "007", "a b"]
    assert data.classes == ("NA", "None")


def test_a_missing_column_lists_the_columns(tmp_path):
    path = save(tmp_path / "a.csv", ROWS)
    told = sentence(path, target="lable")
    assert "Did you mean 'label'?" in told
    assert "'text', 'label'" in told
    assert list(read(path, target="Label").classes) == ["neg", "pos"]


def test_sentences_on_tables(tmp_path):
    assert "is empty" in sentence(save(tmp_path / "e.csv", ""))
    assert "no rows" in sentence(save(tmp_path / "h.csv", "text,label\n"))
    assert "binary" in sentence(save(tmp_path / "b.csv", bytes(range(256)) * 4))
    assert "save it as CSV" in sentence(save(tmp_path / "x.csv", b"PK\x03\x04abc"))
    assert "cannot be read: its ending '.xlsx'" in sentence(save(tmp_path / "x.xlsx", b"PK"))
    assert "no column with texts or images" in sentence(save(tmp_path / "n.csv", "label\n1\n2\n"))
    assert "--target" in sentence(save(tmp_path / "t.csv", "text\none thing\nanother\n"))
    assert "one class, 'pos'" in sentence(save(tmp_path / "o.csv", "text,label\na,pos\nb,pos\n"))
    ids = "text,label\n" + "".join(f"text {k},id-{k}\n" for k in range(12))
    assert "identifiers" in sentence(save(tmp_path / "i.csv", ids))
    assert len(read(tmp_path / "i.csv", task="classification").classes) == 12
    assert "header line" in sentence(save(tmp_path / "f.csv", "I like it much,pos\nNot so much,neg\nYes indeed,pos\n"))
    assert "--task classification" in sentence(save(tmp_path / "r.csv", ROWS), task="regression")
    assert "Did you mean 'regression'?" in sentence(save(tmp_path / "r.csv", ROWS), task="regresion")
    assert "no modality 'imag'" in sentence(save(tmp_path / "r.csv", ROWS), modality="imag")
    assert "holds neither" in sentence(save(tmp_path / "m.csv", "a,text\n1,b c\n2,d e\n"), input="a", target="text")
    assert "one text per line" in sentence(save(tmp_path / "lines.txt", "a\nb\n"))
    assert "group has 1 entries" in sentence(save(tmp_path / "r.csv", ROWS), group=["a"])
    assert "None of the 2 inputs" in sentence(save(tmp_path / "z.csv", "text,label\na,\nb,\n"))


def test_a_group_that_is_empty_stands_alone(tmp_path):
    data = read(save(tmp_path / "a.csv", "text,label,who\na,x,1\nb,y,\nc,x,1\nd,y,\n"), group="who")
    assert data.groups[0] == data.groups[2]
    assert len(set(data.groups)) == 3


def test_labels_differing_by_space_or_case(tmp_path):
    path = save(tmp_path / "a.csv", "text,label\na,Cat\nb,cat \nc,Cat\nd,dog\ne, dog\n")
    data = read(path)
    assert data.classes == ("Cat", "dog")
    assert any("'Cat' (2), 'cat ' (1) as 'Cat'" in note for note in data.notes)
    exact = read(path, exact_labels=True)
    assert exact.classes == (" dog", "Cat", "cat ", "dog")
    assert any("kept apart" in note for note in exact.notes)


def test_json_lines(tmp_path):
    lines = [{"text": "a", "label": 1}, {"label": 0, "text": "b"}, {"text": "c"}, ["x"], {"text": "d", "label": 1}]
    path = save(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines)) + "\nbroken {\n\n")
    data = read(path)
    assert list(data.inputs) == ["a", "b", "d"]
    assert data.classes == ("0", "1")
    assert [skip.name for skip in data.skipped] == ["row 4", "row 6", "row 3"]
    assert list(read(save(tmp_path / "a.json", json.dumps(lines[:2]))).inputs) == ["a", "b"]
    assert "no JSON object" in sentence(save(tmp_path / "b.jsonl", "[[1]"[1:]))
    assert "several values" in sentence(save(tmp_path / "c.jsonl", '{"text": "a", "label": [1, 2]}\n'))
    assert "is empty" in sentence(save(tmp_path / "d.jsonl", "\n"))


def test_parquet(tmp_path):
    pq.write_table(pa.table({"text": ["a b", None, "c d"], "label": [True, False, False]}), tmp_path / "a.parquet")
    data = read(tmp_path / "a.parquet")
    assert list(data.inputs) == ["a b", "c d"]
    assert data.classes == ("False", "True")
    assert data.skipped[0].name == "row 1"
    assert "cannot be read as Parquet" in sentence(save(tmp_path / "b.parquet", b"no"))


def test_parquet_with_image_bytes(tmp_path):
    cells = [{"bytes": bytes([k]), "path": None} for k in range(4)]
    pq.write_table(pa.table({"image": cells, "label": [0, 1, 0, 1]}), tmp_path / "a.parquet")
    data = read(tmp_path / "a.parquet")
    assert data.modality == "image"
    assert list(data.inputs) == [bytes([k]) for k in range(4)]


def test_unlabelled_tables_need_no_target(tmp_path):
    data = read(save(tmp_path / "a.csv", "text\none\ntwo\n"), labelled=False)
    assert list(data.inputs) == ["one", "two"]
    assert data.targets is None
    data = read(save(tmp_path / "b.csv", ROWS), labelled=False)
    assert data.targets is None
    assert len(data) == 4


LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(LETTERS, min_size=1), st.text(LETTERS, min_size=1, max_size=5)), min_size=2, max_size=12)
)
def test_what_csv_writes_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    wanted = [(text, label) for text, label in rows if text.strip() and label.strip()]
    if len({label for _, label in wanted}) < 2:
        return
    data = read(path, input="text", target="label", task="classification", exact_labels=True, modality="text")
    assert list(data.inputs) == [text for text, _ in wanted]
    assert [data.classes[k] for k in data.targets] == [label for _, label in wanted]
    merged = {spelling(label) for _, label in wanted}
    if len(merged) > 1:
        assert len(read(path, input="text", target="label", task="classification", modality="text").classes) == len(
            merged
        )
