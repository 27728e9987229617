"""The rows of a table in classes: one column by another."""

import gzip

import pytest

from charplay.errors import UsageError
from charplay.plan import TextChoice
from charplay.text.tables.classes import read_classes

TABLE = "name;language;born\nSmith;English;1970\nIvanov;Russian;1980\nJones;English;\n"


@pytest.fixture
def read(tmp_path):
    def of(text, by="language", name="people.csv", **choice):
        path = tmp_path / name
        data = text.encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return read_classes(name, path, TextChoice(name, **choice), by)

    return of


@pytest.mark.parametrize("name", ["people.csv", "people.CSV", "people.csv.gz"])
def test_cells_are_in_classes_in_the_order_of_the_rows(read, name):
    found = read(TABLE, name=name, column="name")
    assert found.classes == {"English": ["Smith", "Jones"], "Russian": ["Ivanov"]}
    assert not [note for note in found.notes if "left out" in note]


def test_the_only_other_column_of_text_is_taken(read):
    assert read(TABLE).classes["Russian"] == ["Ivanov"]


def test_a_row_without_either_cell_is_left_out_and_told(read):
    one = read(TABLE + ";English;1\n", column="name")
    assert one.notes[-1] == "1 row is empty in one of the two columns and left out"
    several = read(TABLE + ";English;1\nMiller;;2\n", column="name")
    assert several.notes[-1] == "2 rows are empty in one of the two columns and left out"
    assert sum(map(len, several.classes.values())) == 3


def test_a_column_that_there_is_not_is_refused(read):
    with pytest.raises(UsageError):
        read(TABLE, by="languages", column="name")


def test_a_list_is_no_table(read):
    with pytest.raises(UsageError) as caught:
        read("Smith\nJones\n", name="list.txt", column="name")
    assert caught.value.message == "list.txt is not a table, so it has no columns"
    assert "--by" in caught.value.hint
