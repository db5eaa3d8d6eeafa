"""What processes of one machine share of a model."""

import numpy as np
import pytest

from galaxy.search.meaning.embedders import shared


@pytest.fixture
def table():
    return np.arange(60, dtype=np.uint8).reshape(20, 3)


def test_a_table_is_put_into_a_file_once_and_mapped_by_all(table, tmp_path):
    file = tmp_path / "models" / "use 1.npy"

    first = shared(table, file)
    written = file.stat().st_mtime_ns
    second = shared(table.copy(), file)

    assert first.tolist() == second.tolist() == table.tolist()
    assert [type(part.base.base).__name__ for part in (first, second)] == ["mmap", "mmap"]
    assert (file.stat().st_mtime_ns, [each.name for each in file.parent.iterdir()]) == (written, ["use 1.npy"])


@pytest.mark.parametrize("harm", [b"", b"\x93NUMPY", b"no table"])
def test_without_a_whole_file_it_stays_in_memory(table, tmp_path, harm):
    file = tmp_path / "use 1.npy"
    file.write_bytes(harm)

    assert shared(table, file) is table
    assert shared(table, tmp_path / "use 1.npy" / "below a file") is table


def test_another_table_is_not_taken_for_it(table, tmp_path):
    shared(table[:10], tmp_path / "use 1.npy")

    assert shared(table, tmp_path / "use 1.npy") is table
