"""What changed between two versions, word by word."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from galaxy.content.differences import Change, Piece, compare, differences


def test_a_changed_word_is_struck_out_and_underlined():
    assert compare("Twelve wells were dug.", "Twenty wells were dug.") == [
        Piece("removed", "Twelve"),
        Piece("added", "Twenty"),
        Piece("same", " wells were dug."),
    ]


def test_only_fields_that_differ_are_told_in_the_order_asked_for():
    old = {"title": "Pumps", "results": "Good", "sdg": ["6"], "url": ""}
    new = {"url": None, "results": "Better", "title": "Solar pumps", "sdg": ["6"]}

    found = differences(old, new, order=["title", "results"])

    assert [change.field for change in found] == ["title", "results"]


def test_codes_are_told_by_the_names_readers_know():
    found = differences(
        {"country": ["BFA"]}, {"country": ["NER"]}, lambda _scheme, code: {"BFA": "Burkina Faso"}.get(code, code)
    )

    assert found == [Change("country", (Piece("removed", "Burkina Faso"), Piece("added", "NER")))]


def test_rows_are_one_line_each_whatever_the_order_of_their_cells():
    old = {"figures": [{"label": "people", "value": "12", "source": ""}]}
    new = {
        "figures": [{"value": "12", "source": "", "label": "people"}, {"value": "3", "label": "wells", "source": "X"}]
    }

    (change,) = differences(old, new)

    assert change.pieces == (Piece("same", "12 · people"), Piece("added", "\n3 · wells · X"))


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_pieces_make_both_texts_again(old, new):
    pieces = compare(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_long_and_hostile_texts_are_compared_in_bounded_time():
    chance = random.Random(7)
    words = [f"w{n}" for n in range(60)]
    old, new = (" ".join(chance.choice(words) for _ in range(1_400)) for _ in range(2))
    huge = "\n".join("x " * 40 for _ in range(20_000))

    began = time.perf_counter()
    compare(old, new)
    whole = compare(huge, huge + "y")

    assert time.perf_counter() - began < 3
    assert [piece.kind for piece in whole] == ["removed", "added"]
