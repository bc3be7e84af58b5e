"""Rows of a table: which tables are read as rows, which columns are taken, and what a cell is as a number."""

import datetime
import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.data import read
from graft.data.blanks import blank_notes, blanks
from graft.data.read import has_columns
from graft.data.rows import WORDS_FROM, cell_number, decode_row, reading_of, word_code
from graft.errors import DataError

PATIENTS = (
    "id,age,sex,visit,weight,outcome\n1,63,m,2024-01-31,80.5,yes\n2,41,f,2024-02-01,?,no\n3,,m,2024-02-03,70,yes\n"
    "4,50,f,,61,no\n"
)


def save(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_numbers_dates_and_categories_is_rows(tmp_path):
    data = read(save(tmp_path / "p.csv", PATIENTS))
    assert (data.modality, data.task, data.classes) == ("table", "classification", ("no", "yes"))
    assert json.loads(data.inputs[0]) == {"age": "63", "sex": "m", "visit": "2024-01-31", "weight": "80.5"}
    assert any("'outcome' as the target" in note for note in data.notes)
    assert any("'id' was taken for an identifier" in note for note in data.notes)
    assert reading_of(data.take([1, 2]).inputs) == {"input": ["age", "sex", "visit", "weight"], "target": "outcome"}


def test_the_last_column_is_the_target_where_no_name_says_so(tmp_path):
    data = read(save(tmp_path / "n.csv", "a,b,c\n1,2,0.5\n3,4,1.5\n2,2,2.25\n"))
    assert data.task == "regression"
    assert data.targets.tolist() == [0.5, 1.5, 2.25]
    assert "--target names another" in data.notes[0]
    assert "--target" not in read(tmp_path / "n.csv", target="a").notes[0]


def test_texts_and_files_stay_what_they_were(tmp_path):
    told = "length,stars,text,label\n" + "".join(
        f"{k},{k % 3},a good film number {k},{'ab'[k % 2]}\n" for k in range(20)
    )
    assert read(save(tmp_path / "t.csv", told)).modality == "text"
    images = "width,height,file,label\n1,2,a.png,x\n1,2,b.png,y\n"
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"")
    assert read(save(tmp_path / "i.csv", images)).modality == "image"


def test_codes_beside_numbers_are_categories_and_free_text_is_told(tmp_path):
    frame = pd.DataFrame(
        {
            "age": range(40),
            "height": range(100, 140),
            "code": [f"X-{k}" for k in range(40)],
            "city": ["Aix", "Bonn"] * 20,
            "label": ["a", "b"] * 20,
        }
    )
    data = read(frame)
    assert data.modality == "table"
    assert list(json.loads(data.inputs[0])) == ["age", "height", "city"]
    assert any("'code' holds words that hardly ever repeat" in note for note in data.notes)
    with_remarks = frame.assign(code=[f"he was seen on day {k} and again" for k in range(40)])
    assert read(with_remarks).modality == "text"
    assert read(with_remarks, modality="table").modality == "table"


def test_frames_arrays_and_records():
    X, y = np.arange(12.0).reshape(4, 3), ["a", "b", "a", "b"]
    assert read((X, y)).modality == "table"
    frame = pd.DataFrame(X, columns=["one", "two", "three"])
    data = read((frame, y))
    assert data.classes == ("a", "b")
    assert reading_of(data.inputs)["input"] == ["one", "two", "three"]
    rows = read([{"two": 1, "one": 2}, {"one": 3}], labelled=False, input=["one", "two"])
    assert [json.loads(row) for row in rows.inputs] == [{"one": 2.0, "two": 1.0}, {"one": 3.0, "two": None}]
    assert has_columns([{"one": 1}])
    with pytest.raises(DataError, match="4 inputs but 2 targets"):
        read((frame, y[:2]))


def test_parquet_keeps_its_types(tmp_path):
    table = pa.table(
        {
            "when": [datetime.date(2000, 1, 2), None, datetime.date(2000, 1, 4)],
            "smokes": [True, False, None],
            "dose": [1.5, None, 2.0],
            "label": ["a", "b", "a"],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    data = read(tmp_path / "t.parquet")
    first = decode_row(data.inputs[0])
    assert first[[0, 2]].tolist() == [1.0, 1.5]
    assert first[1] == np.float32(word_code("True"))
    assert np.isnan(decode_row(data.inputs[1])[[0, 2]]).all()


def test_cells():
    assert cell_number("1,5") == 1.5
    assert cell_number(" 1e3 ") == 1000
    assert cell_number("2000-01-02T12:00") == 1.5
    assert cell_number("02.01.2000") == 1
    assert cell_number(pd.Timestamp("2000-01-03")) == 2
    assert cell_number("Male") == cell_number(" male ") != cell_number("female")
    assert cell_number("2000-13-45") >= WORDS_FROM
    for nothing in ("", "?", "NA", "nan", None, math.nan, pd.NaT, "inf", math.inf, "1e300"):
        assert math.isnan(cell_number(nothing))


@given(st.text(max_size=30))
def test_any_word_is_a_finite_float32_or_nothing(text):
    number = np.float32(cell_number(text))
    assert np.isnan(number) or np.isfinite(number)
    assert np.float64(number) == np.float32(cell_number(text)) or np.isnan(number)


@given(st.text(alphabet="abcdeXYZ ", min_size=1).filter(lambda word: word.strip()))
def test_the_code_of_a_word_survives_float32(word):
    code = word_code(word)
    assert float(np.float32(code)) == code >= WORDS_FROM


CELLS = st.one_of(
    st.none(), st.integers(-(10**6), 10**6), st.floats(allow_nan=True, allow_infinity=True), st.booleans(),
    st.sampled_from(["a", "b", "", "?", "2024-05-06", "7,5", 'say "yes"', "x;y", "line\nbreak"]), st.dates(),
)  # fmt: skip


def read_or_sentence(frame):
    try:
        return read(frame, modality="table"), ""
    except DataError as error:
        return None, str(error)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=2, max_size=12))
def test_odd_tables_are_rows_or_a_sentence(rows):
    frame = pd.DataFrame(rows, columns=["one", "two", "three"], dtype=object)
    frame["label"] = ["ab"[k % 2] for k in range(len(frame))]
    data, said = read_or_sentence(frame)
    if data is None:
        assert said[0].isupper() or said[0].isdigit()
        return
    assert len(data) + len(data.skipped) == len(frame)
    decoded = np.stack([decode_row(row) for row in data.inputs])
    assert decoded.dtype == np.float32
    assert not np.isinf(decoded).any()


@settings(deadline=None, max_examples=40)
@given(st.lists(CELLS, min_size=3, max_size=8))
def test_a_csv_says_what_the_frame_says(tmp_path_factory, cells):
    frame = pd.DataFrame(
        {
            "n": range(len(cells)),
            "cell": pd.Series(cells, dtype=object),
            "label": ["ab"[k % 2] for k in range(len(cells))],
        }
    )
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    frame.to_csv(path, index=False)
    names = ["n", "cell"]
    by_frame = [decode_row(row) for row in read(frame, modality="table", input=names).inputs]
    by_file = [decode_row(row) for row in read(path, modality="table", input=names).inputs]
    np.testing.assert_allclose(np.stack(by_file), np.stack(by_frame), rtol=1e-6, equal_nan=True)


def test_what_stands_for_nothing():
    values = np.array([[-9.0, 1, -9, 0.2], [2, 2, -9, -9], [3, -9, 4, -0.5], [-9, -9, 1, 3]])
    assert np.array_equal(blanks(values), [-9, -9, -9, -9])
    (note,) = blank_notes(values, ["a", "b", "c", "d"])
    assert note.startswith("-9 is read as a missing value in a, b, c, d")
    assert np.isinf(blanks(np.array([[-9.0], [-8], [3], [-9]]))).all()  # -9 is one value among others
    assert np.isinf(blanks(np.array([[1.0], [2]]))).all()


def test_rows_that_are_none_get_a_sentence():
    for bad in ("no json", "[1]", "{}", None):
        with pytest.raises(DataError, match="no JSON object"):
            decode_row(bad)
    with pytest.raises(DataError, match="no row of numbers"):
        decode_row(np.array(["a"]))


def test_sentences_on_tables_of_rows(tmp_path):
    with pytest.raises(DataError, match="none with numbers or categories"):
        read(save(tmp_path / "one.csv", "label\n1\n2\n1\n"), modality="table")
    empty = read(save(tmp_path / "e.csv", "a,b,label\n,,x\n1,2,y\n3,4,x\n"), modality="table")
    assert empty.skipped[0].reason == "All its cells are empty."
    with pytest.raises(DataError, match="no column 'height' to use as the input"):
        read(tmp_path / "e.csv", input=["a", "height"], target="label")
