"""A file that was written, replaced or removed since it was stamped is seen."""

import os
import shutil

import pytest

from engine.files.errors import DataError
from engine.files.stamps import stamp_of


def in_place_with_its_former_times(path):
    there = path.stat()
    path.write_bytes(b"2" * there.st_size)
    os.utime(path, ns=(there.st_atime_ns, there.st_mtime_ns))


def replaced_by_a_twin(path):
    twin = path.with_name("twin")
    shutil.copy2(path, twin)
    twin.rename(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"1" * 101),
        lambda path: os.truncate(path, 50),
        in_place_with_its_former_times,
        replaced_by_a_twin,
        lambda path: path.unlink(),
    ],
    ids=["longer", "shorter", "same size and time", "another file of that name", "gone"],
)
def test_any_change_is_seen(tmp_path, change):
    path = tmp_path / "病例.parquet"
    path.write_bytes(b"1" * 100)
    stamp = stamp_of(path, "病例.parquet")
    stamp.unchanged()
    os.utime(path, ns=(1, path.stat().st_mtime_ns))  # reading it is no change
    stamp = stamp_of(path, "病例.parquet")
    change(path)
    with pytest.raises(DataError, match="病例.parquet：计算期间文件"):
        stamp.unchanged()
