"""What processes of one machine share of the quick model, which says the same as the package's own."""

import shutil

import numpy as np
import pytest

from galaxy.reference import sdgs
from galaxy.search.meaning import quick

HELD = [name for goal in (*sdgs.GOALS.values(), *sdgs.TARGETS.values()) for name in goal.names.values()]
ODD = [
    *(
        "",
        " ",
        "  a \t b\n",
        "\0",
        "x" * 500,
        "一" * 300,
        "ا" * 40,
        "😀👩‍👩‍👧 naïve",
        "﷽ﷺ",
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "ﬁ½Ⅷ①",
        "a\u0301e\u0323",
    ),
    *("".join(chr(0x21 + (7 * n + 13 * k * k) % 0x2FFF) for k in range(n % 40)) for n in range(300)),
]


@pytest.fixture(scope="module")
def own():
    """The model as the package reads it."""
    return quick.read(None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("models") / "use 1"
    quick.read(found)
    return found


@pytest.mark.parametrize("texts", [HELD, ODD], ids=["in seven languages", "odd"])
def test_a_text_is_cut_into_the_same_pieces(own, folder, texts):
    shared = quick.read(folder)

    assert [shared._tokenizer.encode(text) for text in texts] == [own._tokenizer.encode(text) for text in texts]


def test_the_vectors_are_the_same(own, folder):
    texts = [*HELD[::50], *ODD[:12]]

    assert np.array_equal(quick.read(folder).encode(texts), own.encode(texts))


def test_it_is_put_into_files_once_and_mapped_by_all(own, folder):
    written = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}

    shared = quick.read(folder)

    assert isinstance(shared._model.table.base.base, type(np.load(folder / "table.npy", mmap_mode="r")._mmap))
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == written
    assert [each.name for each in folder.parent.iterdir()] == ["use 1"]


@pytest.mark.parametrize(
    ("part", "harm"), [("longest", "lost"), ("numbers", "empty"), ("table", "short"), ("w1.2", "of something else")]
)
def test_what_is_damaged_is_written_again(own, folder, tmp_path, part, harm):
    copy = tmp_path / "use 1"
    shutil.copytree(folder, copy)
    file = copy / f"{part}.npy"
    if harm == "lost":
        file.unlink()
    elif harm == "short":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.write_bytes(b"" if harm == "empty" else b"\x93NUMPY nothing of the kind")

    assert np.array_equal(quick.read(copy).encode(["water"]), own.encode(["water"]))
    assert file.read_bytes() == (folder / file.name).read_bytes()


def test_without_a_place_for_it_the_model_stays_in_memory(own, tmp_path):
    (tmp_path / "file").touch()

    assert np.array_equal(quick.read(tmp_path / "file" / "below").encode(["water"]), own.encode(["water"]))
