"""Lines are physical lines, whatever the quotes do; a quote left open never swallows the rows below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hedgerow.warehouse.landing.csv_file import CsvFile, read_csv


def _read(tmp_path: Path, data: bytes | str, known: tuple[str, ...] = ("a", "b")) -> CsvFile:
    path = tmp_path / "t.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_csv(path, known=known)


def _rows(found: CsvFile) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in found.data.to_pylist()]


def test_lines_count_newlines_inside_quotes(tmp_path: Path) -> None:
    found = _read(tmp_path, 'a,b\n1,"x\ny\nz"\n2,q\n')
    assert _rows(found) == [("1", "x\ny\nz", 2), ("2", "q", 5)]


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbfa,b\r\n1,x\r\n", b"a;b\n1;x\n", b"a\tb\n1\tx\n", b"a|b\n1|x\n", b"\n\na,b\n1,x",
    "a,b\n1,x\n".encode("utf-16"), b"a,b\r1,x\r",
])
def test_usual_spellings_of_csv(tmp_path: Path, data: bytes) -> None:
    found = _read(tmp_path, data)
    assert found.header == ("a", "b")
    assert [row[:2] for row in _rows(found)] == [("1", "x")]
    assert not found.unreadable


def test_comma_inside_values_does_not_win_over_the_known_names(tmp_path: Path) -> None:
    assert _read(tmp_path, "a;b;note, long, text\n1;2;3\n").delimiter == ";"


def test_wrong_column_count_is_refused_with_its_line(tmp_path: Path) -> None:
    found = _read(tmp_path, "a,b\n1\n2,x,y\n3,z\n4,z,,\n")
    assert [(p.code, p.where.line) for p in found.unreadable] == [("wrong_column_count", 2), ("wrong_column_count", 3)]
    assert _rows(found) == [("3", "z", 4), ("4", "z", 5)]


@pytest.mark.parametrize("data", [
    'a,b\n1,"open\n2,x\n3,y\n', 'a,b\n1,"open\n2,x\n3,"y"\n', 'a,b\n"1,open\n2,x\n3,y\n', 'a,b\n1,"o"pen\n2,x\n3,y\n',
])
def test_an_open_quote_costs_its_own_row_only(tmp_path: Path, data: str) -> None:
    found = _read(tmp_path, data)
    assert [(p.code, p.where.line) for p in found.unreadable] == [("broken_quotes", 2)]
    assert _rows(found) == [("2", "x", 3), ("3", "y", 4)]


def test_blank_rows_are_counted_in_a_notice(tmp_path: Path) -> None:
    found = _read(tmp_path, "a,b\n\n,\n1,x\n , \n")
    assert _rows(found) == [("1", "x", 4)]
    assert [(p.code, p.message[:6], p.is_error) for p in found.notices] == [("blank_rows", "2 rows", False)]


def test_other_encodings_are_read_and_flagged_at_their_line(tmp_path: Path) -> None:
    found = _read(tmp_path, b"a,b\n1,x\n2,caf\xe9\n")
    assert _rows(found)[1][1] == "café"
    assert [(p.code, p.where.line) for p in found.notices] == [("encoding_guessed", 3)]


def test_repeated_and_nameless_columns_keep_apart(tmp_path: Path) -> None:
    assert _read(tmp_path, "a,a,,_line\n1,2,3,4\n").header == ("a", "a#2", "column 3", "_line#2")


def test_empty_file_says_so(tmp_path: Path) -> None:
    assert [p.code for p in _read(tmp_path, "\n \n").notices] == ["empty_file"]


def test_many_open_quotes_stay_quick(tmp_path: Path) -> None:
    found = _read(tmp_path, "a,b\n" + '1,"x\n' * 3000)
    assert len(found.unreadable) + found.data.num_rows == 3000
