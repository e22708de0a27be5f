"""Rows as CSV and JSON Lines."""

import csv
import io
import json

import pytest

from app.services.exports.formats import to_csv, to_json_lines


def test_quotes_commas_and_line_breaks_survive_a_reader_of_rfc_4180() -> None:
    row = ['said "hi"', "a,b", "two\r\nlines", "Búho ❄", ""]

    text = to_csv([row]).decode()

    assert text.startswith('"said ""hi""","a,b",')
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [row]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_like_a_formula_is_no_formula(start: str) -> None:
    [[cell]] = csv.reader(io.StringIO(to_csv([[f"{start}1+1"]]).decode(), newline=""))

    assert cell == f"'{start}1+1"


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert to_csv([[-3, 0.25, None, True, ["a"]]]) == b'-3,0.25,,true,"[""a""]"\r\n'


def test_each_line_is_an_object_whatever_its_text_holds() -> None:
    lines = to_json_lines(["a", "b"], [["x\ny", None], ["=1", 2]]).decode().split("\n")

    assert [json.loads(line) for line in lines[:-1]] == [
        {"a": "x\ny", "b": None},
        {"a": "=1", "b": 2},
    ]
    assert lines[-1] == ""
