"""Spreadsheets as counties keep them: what they lose is a fault, what they keep comes back."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.tables import files, model
from hotline.tables.model import Column, Kind
from hotline.tables.rows import read

COLUMNS = (
    Column("name", ("姓名", "name"), required=True),
    Column("code", ("村代码", "village code"), kind=Kind.CODE),
    Column("phone", ("手机号", "phone"), kind=Kind.PHONE),
    Column("from", ("开始日期", "from"), kind=Kind.DAY),
)
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in "210124101200")
HEADERS = "姓名,村代码,手机号,开始日期"


def workbook(*rows, title="名单", formats=None, hidden=()):
    """A file as a spreadsheet program saves it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    for name in hidden:
        book.create_sheet(name).sheet_state = "hidden"
        for row in rows:
            book[name].append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def table_of(content, name="people.csv"):
    return read(name, content if isinstance(content, bytes) else content.encode(), COLUMNS)


def codes(table):
    return [fault.code for fault in table.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_reads_the_same_in_every_encoding_and_with_every_separator(encoding, delimiter):
    text = f"{HEADERS}\r\n李玉梅,210124101200,13800000001,2026-11-01\r\n".replace(",", delimiter)

    table = table_of(text.encode(encoding))

    assert codes(table) == []
    assert dict(table.rows[0].values) == {
        "name": "李玉梅",
        "code": "210124101200",
        "phone": "13800000001",
        "from": "2026-11-01",
    }


def test_headers_may_be_chinese_or_english_with_remarks_stars_and_a_title_above():
    table = table_of("法库县网格员名单\n\n *Name ,Phone（必填）,Village-Code\n王,13800000001,1\n")

    assert codes(table) == []
    assert table.rows[0]["code"] == "1"
    assert str(table.rows[0].where) == "people.csv:4"


@settings(max_examples=20)
@given(st.integers(10**11, 10**12 - 1))
def test_a_code_that_a_spreadsheet_read_as_a_number_comes_back_right(number):
    code = str(number)
    rows = [HEADERS.split(",")[:2], ["甲", number], ["乙", float(number)], ["丙", code]]

    table = table_of(workbook(*rows))

    assert codes(table) == []
    assert [row["code"] for row in table.rows] == [code] * 3


@pytest.mark.parametrize("shown", ["2.10124E+11", "2.10124e11", "1.38E+10"])
def test_digits_that_a_spreadsheet_has_lost_are_a_fault_and_never_a_rounder_number(shown):
    table = table_of(f"{HEADERS}\n甲,{shown},{shown},\n")

    assert codes(table) == ["digits_lost", "digits_lost"]
    assert table.rows[0]["code"] == table.rows[0]["phone"] == ""


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2.10124101200E+11", "210124101200"),
        ("210124101200.0", "210124101200"),
        ('"=""210124101200"""', "210124101200"),
        ("'210124101200", "210124101200"),
        (FULL_WIDTH, "210124101200"),
        ("\u200b210124101200\xa0", "210124101200"),
    ],
)
def test_tricks_by_which_people_keep_their_digits_are_understood(shown, meant):
    assert table_of(f"{HEADERS}\n甲,{shown},,\n").rows[0]["code"] == meant


def test_a_number_that_may_have_lost_its_leading_zero_is_a_fault_unless_its_format_shows_it():
    rows = [HEADERS.split(","), ["甲", None, 2487112345], ["乙", None, 2487112345]]

    table = table_of(workbook(*rows, formats={"C3": "00000000000"}))

    assert [(fault.code, fault.where.row) for fault in table.faults] == [("digits_lost", 2)]
    assert table.rows[1]["phone"] == "02487112345"


def test_formulas_and_errors_are_faults_in_columns_that_matter_and_nowhere_else():
    rows = [[*HEADERS.split(","), "备注"], ["=A1", "#N/A", None, None, "=1+1"]]

    table = table_of(workbook(*rows))

    assert codes(table) == ["formula", "error_value"]
    assert codes(table_of(f"{HEADERS}\n=cmd|' /C calc'!A0,,,\n")) == ["formula"]


@pytest.mark.parametrize("day", ["2026/11/1", "2026-11-01", "2026年11月1日", "2026.11.01"])
def test_days_are_read_as_people_write_them(day):
    rows = [HEADERS.split(","), ["甲", None, None, datetime(2026, 11, 1)]]  # noqa: DTZ001

    assert table_of(f"{HEADERS}\n甲,,,{day}\n").rows[0]["from"] == "2026-11-01"
    assert table_of(workbook(*rows)).rows[0]["from"] == "2026-11-01"
    assert codes(table_of(f"{HEADERS}\n甲,,,2026-02-30\n")) == ["bad_day"]


def test_every_fault_is_said_at_once_with_its_sheet_and_row():
    rows = [["姓名", "姓名", "手机号"], ["", "x", 1], ["甲", "y", 13800000001], ["长" * 1001]]

    table = table_of(workbook(*rows), "名单.xlsx")

    assert [str(fault).split(": ")[:2] for fault in table.faults] == [
        ["名单.xlsx[名单]:1", "doubled_column"],
        ["名单.xlsx[名单]:2", "missing"],
        ["名单.xlsx[名单]:2", "digits_lost"],
        ["名单.xlsx[名单]:4", "too_long"],
    ]


def test_hidden_sheets_and_sheets_of_other_things_are_left_alone():
    content = workbook(HEADERS.split(","), ["甲", "1"], hidden=["旧"])

    assert len(table_of(content).rows) == 1
    assert codes(table_of(workbook(["说明"], ["看这里"]))) == ["no_header"]


def test_a_misspelt_column_is_named_as_ignored():
    table = table_of("姓名,手机好\n甲,13800000001\n")

    assert table.ignored == ["手机好"]
    assert codes(table_of("村代码,手机号\n1,2\n")) == ["no_header"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "old_excel"),
        (b"PK\x03\x04 broken", "unreadable"),
        (b"\xff\x00\xff", "encoding"),
        (b"\x89PNG\x00\x00", "encoding"),
        (b"a" * (10 * 2**20 + 1), "too_large"),
        (("姓名\n" + "甲\n" * 50_001).encode(), "too_many_rows"),
        (b"", "no_header"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content, code):
    table = table_of(content)

    assert codes(table) == [code]
    assert "{" not in str(table.faults[0])


def test_a_small_archive_that_unpacks_into_a_huge_one_is_refused_unopened(tmp_path):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            with archive.open(f"{number}.xml", "w") as part:
                for _ in range(70):
                    part.write(bytes(2**20))

    with pytest.raises(model.TableError) as refused:
        files.open_sheets("bomb.xlsx", kept.getvalue())

    assert refused.value.fault.code == "too_large"
