"""Tables for spreadsheets: CSV that Excel and LibreOffice open as text, whatever people typed into it."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet takes for the beginning of a formula


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet computes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def csv_of(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV in UTF-8, with the mark by which spreadsheets know that."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([harmless(cell) for cell in row] for row in (head, *rows))
    return text.getvalue().encode("utf-8-sig")


def csv_file(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A table to be kept as a file; `name` is of plain letters."""
    answer = Response(csv_of(head, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer
