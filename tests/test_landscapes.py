"""Files with landscapes, good and bad: each is written here, and drawn or refused in one sentence that names it."""

from __future__ import annotations

import gzip
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gdviz
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray
from gdviz.landscapes import limits, npz
from gdviz.landscapes.reading import Landscape, read_landscape

X, Y = np.linspace(-2, 2, 5), np.linspace(-1, 1.5, 6)
F = X**2 + 3 * Y[:, None] ** 2 + np.sin(X + Y[:, None])
ROWS = [(x, y, F[j, i]) for j, y in enumerate(Y) for i, x in enumerate(X)]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def same(landscape: Landscape) -> bool:
    sampled = landscape.sampled
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=1e-6)
        for one, other in ((sampled.x, X), (sampled.y, Y), (sampled.samples, F))
    )


def savez(**arrays: Any) -> Landscape:
    np.savez("a.npz", **arrays)
    return read_landscape("a.npz")


def text(content: str, name: str = "a.csv", **more: Any) -> Landscape:
    Path(name).write_text(content, encoding="utf-8", newline="")
    return read_landscape(name, **more)


def table(separator: str = ",", head: str = "", end: str = "\n", mark: str = ".", rows: Any = ROWS) -> str:
    lines = [head] if head else []
    return end.join(
        lines + [separator.join(f"{each!r}".replace(".", mark) for each in map(float, row)) for row in rows]
    )


GOOD: dict[str, Callable[[], Landscape]] = {
    "plain": lambda: savez(x=X, y=Y, f=F),
    "y falls": lambda: savez(x=X, y=Y[::-1], f=F[::-1]),
    "both fall": lambda: savez(x=X[::-1], y=Y[::-1], f=F[::-1, ::-1]),
    "single precision": lambda: savez(x=X, y=Y, f=F.astype(np.float32)),
    "big end first": lambda: savez(x=X.astype(">f8"), y=Y, f=F.astype(">f8")),
    "Fortran's order": lambda: savez(x=X, y=Y, f=np.asfortranarray(F)),
    "meshgrid": lambda: savez(x=np.meshgrid(X, Y)[0], y=np.meshgrid(X, Y)[1], f=F),
    "other arrays": lambda: savez(x=X, y=Y, f=F, note=np.array("hi"), path=np.zeros((3, 2))),
    "names": lambda: text(table(head="x,y,f")),
    "no names": lambda: text(table()),
    "names in another order": lambda: text(table(head="Loss,y,X", rows=[(f, y, x) for x, y, f in ROWS])),
    "other columns": lambda: text(table(head="x,epoch,f,y", rows=[(x, 7, f, y) for x, y, f in ROWS])),
    "a comment of names": lambda: text("# by hand\n# f x y\n" + table(" ", rows=[(f, x, y) for x, y, f in ROWS])),
    "any order": lambda: text(table(rows=np.random.default_rng(0).permutation(ROWS))),
    "tabs": lambda: text(table("\t", "x\ty\tf"), "a.tsv"),
    "blanks": lambda: text(table("   "), "a.txt"),
    "blocks": lambda: text("# x y z\n" + table(" ", end="\n\n"), "a.dat"),
    "semicolons": lambda: text(table(";", "x;y;f", mark=",")),
    "quotes": lambda: text(table('","').replace("\n", '"\n"').join(['"', '"'])),
    "a byte order mark": lambda: text("\ufeff" + table(head="x,y,f")),
    "lines of Windows": lambda: text(table(head="x,y,f", end="\r\n")),
    "lines of old Macs": lambda: text(table(head="x,y,f", end="\r")),
    "a table with an index": lambda: text(
        table(head=",".join(["", *map(str, X)]), rows=[[y, *F[j]] for j, y in enumerate(Y)])
    ),
    "a separator at the end": lambda: text(table(end=",\n") + ","),
    "the same row twice": lambda: text(table(rows=[*ROWS, ROWS[7]])),
    "rounded coordinates": lambda: text(
        table(rows=[(x + 1e-12 * n, y - 1e-12 * n, f) for n, (x, y, f) in enumerate(ROWS)])
    ),
    "coordinates of single precision": lambda: text(
        table(rows=[(x * (1 + 1e-7 * (n % 3)), y, f) for n, (x, y, f) in enumerate(ROWS)])
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_read(name: str):
    assert same(GOOD[name]())


def test_rounding_errors_do_not_make_axes_uneven():
    sampled = GOOD["rounded coordinates"]().sampled
    np.testing.assert_array_equal(sampled.x, X)
    np.testing.assert_array_equal(sampled.y, Y)


def test_a_file_in_gzip_is_read():
    Path("a.csv.gz").write_bytes(gzip.compress(table(head="x,y,f").encode()))
    assert same(read_landscape("a.csv.gz"))


def test_axes_that_fall_and_orders_in_memory_make_the_same_film():
    names = ("plain", "y falls", "both fall", "big end first", "Fortran's order", "meshgrid", "other arrays")
    assert len({GOOD[name]().sampled.identity for name in names}) == 1


def test_an_array_alone_lies_on_a_square_or_where_it_is_told():
    np.save("a.npy", F)
    landscape = read_landscape("a.npy")
    assert landscape.sampled.extent == Extent((-1, 1, -1, 1))
    assert landscape.sampled.value(1, -1) == F[0, -1]  # the first row is the lowest
    assert "[-1, 1]" in landscape.sampled.notes[0]
    placed = read_landscape("a.npy", extent=Extent((-2, 2, -1, 1.5)))
    assert same(placed)
    assert placed.sampled.notes == ()
    assert same(text("\n".join(" ".join(map(repr, row.tolist())) for row in F), extent=placed.sampled.extent))


def test_what_is_behind_an_array_is_not_read():
    np.save("a.npy", F)
    with Path("a.npy").open("ab") as file:
        file.write(b"more")
    assert read_landscape("a.npy").sampled.value(-1, -1) == F[0, 0]


def test_another_array_may_be_chosen():
    np.savez("a.npz", x=X, y=Y, f=F, g=2 * F)
    assert read_landscape("a.npz", key="g").sampled.value(2, 1.5) == 2 * F[-1, -1]
    rows = table(head="x,y,train,test", rows=[(x, y, f, 2 * f) for x, y, f in ROWS])
    assert text(rows, key="test").sampled.value(2, 1.5) == pytest.approx(2 * F[-1, -1])


def test_a_matrix_whose_corner_alone_is_missing_has_no_coordinates_unless_they_rise_or_fall():
    assert "taken for x and y" in GOOD["a table with an index"]().sampled.notes[0]
    lines = ["", "1,2,2,3"], ["1", "5,6,7,8"], ["2", "5,6,7,9"]
    sampled = text("\n".join(",".join(line) for line in lines)).sampled
    assert sampled.samples.shape == (3, 5)
    assert np.argwhere(np.isnan(sampled.samples)).tolist() == [[0, 0]]


def test_a_title_is_read_and_is_otherwise_the_files_name():
    assert savez(x=X, y=Y, f=F, title="Loss of $w$").sampled.title == "Loss of $w$"
    assert savez(x=X, y=Y, f=F, title=np.array([1, 2])).sampled.title == "a"
    assert savez(x=X, y=Y, f=F, title=" \u200b").sampled.title == "a"
    assert text(table(), "my_loss.$.csv").sampled.title == r"my_loss.\$"


@pytest.mark.parametrize("missing", ["nan", "NaN", "NA", "", "null", "inf", "-inf", "1e999", "1e305"])
def test_missing_values_are_holes_and_are_counted(missing: str):
    lines = table(head="x,y,f").splitlines()
    lines[8] = ",".join([*lines[8].split(",")[:2], missing])
    sampled = text("\n".join(lines)).sampled
    assert np.argwhere(np.isnan(sampled.samples)).tolist() == [[1, 2]]
    assert re.search(r"^1 of 30 samples is (missing|infinite.*missing|beyond 1e\+300): holes", sampled.notes[0])


def test_a_row_that_is_not_there_is_a_hole():
    sampled = text(table(rows=[row for number, row in enumerate(ROWS) if number not in (3, 9)])).sampled
    assert np.isnan(sampled.samples.ravel()[[3, 9]]).all()
    assert sampled.notes == ("2 of 30 samples are missing: holes",)


def npy(head: bytes, version: bytes = b"\1\0", body: bytes = b"") -> None:
    Path("a.npy").write_bytes(
        b"\x93NUMPY" + version + len(head).to_bytes(2 if version == b"\1\0" else 4, "little") + head + body
    )
    read_landscape("a.npy")


def header(shape: str, descr: str = "'<f8'") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()


def raw(content: bytes, name: str) -> Landscape:
    Path(name).write_bytes(content)
    return read_landscape(name)


class Harmful:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("harmed"),)


def pickled() -> Landscape:
    np.save("a.npy", np.array([[Harmful(), 1], [2, 3]], dtype=object), allow_pickle=True)
    return read_landscape("a.npy")


def bomb() -> Landscape:
    head = header("(4000, 4000)")
    with zipfile.ZipFile("a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f.npy", b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head + bytes(2_000_000))
    return read_landscape("a.npz")


def cut(name: str, by: int) -> Landscape:
    np.savez("whole.npz", x=X, y=Y, f=F)
    np.save("whole.npy", F)
    return raw(Path(f"whole{Path(name).suffix}").read_bytes()[:-by], name)


def folder() -> Landscape:
    Path("a.npz").mkdir()
    return read_landscape("a.npz")


def device() -> Landscape:
    Path("a.npy").symlink_to("/dev/zero")
    return read_landscape("a.npy")


def damaged() -> Landscape:
    np.savez("a.npz", x=X, y=Y, f=F)
    content = bytearray(Path("a.npz").read_bytes())
    at = content.index(F.tobytes())
    content[at + 3] ^= 1
    return raw(bytes(content), "a.npz")


def keyed(name: str, key: str) -> Landscape:
    np.savez("a.npz", x=X, y=Y, f=F)
    np.save("a.npy", F)
    return read_landscape(name, key=key)


def checksum() -> Landscape:
    np.savez_compressed("a.npz", x=X, y=Y, f=F)
    content = bytearray(Path("a.npz").read_bytes())
    content[content.rindex(b"PK\1\2") + 16] ^= 1
    return raw(bytes(content), "a.npz")


def misplaced() -> Landscape:
    np.savez("a.npz", x=X, y=Y, f=F)
    content = bytearray(Path("a.npz").read_bytes())
    at = content.index(b"PK\1\2") + 42  # where the list says that the first array begins
    content[at : at + 4] = b"\xff\xff\xff\xfe"
    end = content.index(b"PK\5\6") + 16
    content[end : end + 4] = bytes(4)  # where it says that the list begins
    return raw(bytes(content), "a.npz")


def without(key: str) -> Landscape:
    return savez(**{name: each for name, each in {"x": X, "y": Y, "f": F}.items() if name != key})


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "no file": (lambda: read_landscape("gone.npz"), "there is no such file"),
    "another suffix": (lambda: raw(b"", "a.pkl"), r"reads landscapes from \.npz, .*, and this is none"),
    "a name that is too long": (lambda: read_landscape(f"a.{'a' * 300}.npz"), r"cannot be read \(File name too long"),
    "a folder": (folder, "is a folder"),
    "a device": (device, "a pipe or a device"),
    "objects": (pickled, "holds Python objects"),
    "complex numbers": (lambda: savez(x=X, y=Y, f=F + 0j), r"complex numbers; .*abs\(f\)"),
    "truth values": (lambda: savez(x=X, y=Y, f=F > 0), r"f\.astype\(float\)"),
    "texts": (lambda: savez(x=X, y=Y, f=F.astype(str)), "holds texts"),
    "a table": (lambda: savez(x=X, y=Y, f=np.zeros((6, 5), dtype="f8,i4")), "holds tables"),
    "no f": (lambda: savez(x=X, y=Y, loss=F), "there are loss, x, y"),
    "no y": (lambda: without("y"), "an array x, and no array y"),
    "the other way round": (lambda: savez(x=X, y=Y, f=F.T), r"shape \(5, 6\), but x has 5 .* \(6, 5\).*save f\.T"),
    "another size": (lambda: savez(x=X, y=Y, f=F[:3]), r"but x has 5 numbers and y 6, .*\(6, 5\).*y\[j\]$"),
    "a line": (lambda: savez(x=X, y=Y, f=F[0]), r"\(5,\): a line, not a surface"),
    "a cube": (lambda: savez(x=X, y=Y, f=np.zeros((2, 3, 4))), "3 axes"),
    "a number": (lambda: savez(f=3.0), "a single number"),
    "nothing": (lambda: savez(x=[], y=[], f=np.zeros((0, 0))), "at least 2 samples"),
    "one row": (lambda: savez(x=X, y=[0.0], f=F[:1]), "at least 2 samples"),
    "no finite value": (lambda: savez(x=X, y=Y, f=F * np.nan), "no sample of f is a finite number"),
    "a coordinate twice": (lambda: savez(x=[0, 1, 1, 2, 3], y=Y, f=F), r"1 follows 1 \(x\[1\] and x\[2\]\)"),
    "coordinates in disorder": (lambda: savez(x=[0, 2, 1, 3, 4], y=Y, f=F), "1 follows 2"),
    "no coordinate": (lambda: savez(x=[0, 1, np.nan, 3, 4], y=Y, f=F), r"x\[2\] is not a finite number"),
    "a far coordinate": (lambda: savez(x=X * 1e200, y=Y, f=F), "reaches beyond 1e\\+100"),
    "coordinates too close": (lambda: savez(x=1e15 + X, y=Y, f=F), "spans too little"),
    "holes alone": (lambda: savez(x=X, y=Y, f=np.where(np.arange(30).reshape(6, 5) % 2, F, np.nan)), "no cell has all"),
    "too steep": (lambda: savez(x=X * 1e-98, y=Y, f=F * 1e250), "rises too steeply"),
    "a meshgrid the other way round": (
        lambda: savez(x=np.meshgrid(X, Y, indexing="ij")[0], y=np.meshgrid(X, Y, indexing="ij")[1], f=F.T),
        r"wrong axis.*x\.T, y\.T and f\.T",
    ),
    "no numpy": (lambda: raw(b"x,y,f\n1,2,3\n", "a.npy"), "does not begin as one does"),
    "a later version": (lambda: npy(header("(2, 2)"), b"\x09\0"), r"version 9\.0"),
    "code": (lambda: npy(header("(__import__('pathlib').Path('harmed').touch(), 2)")), "header of f is damaged"),
    "brackets": (lambda: npy(b"(" * 9000), "header of f is damaged"),
    "a long header": (lambda: npy(b" " * 20_000), "too long"),
    "less than nothing": (lambda: npy(header("(-1, 4)")), r"shape \(-1, 4\)"),
    "more than there is": (lambda: npy(header("(4294967296, 4294967297)")), "at most 4,000,000 are read"),
    "none, but of many sides": (lambda: npy(header("(0, 99999999999999999999)")), "at most 4,000,000 are read"),
    "wide numbers": (lambda: npy(header("(2, 2)", "('<f8', (1000, 1000))")), "holds tables"),
    "a short body": (lambda: cut("a.npy", 100), "100 bytes are missing"),
    "a bomb": (bomb, r"\(4000, 4000\), 16,000,000 cells; at most 4,000,000 are read"),
    "half a zip": (lambda: cut("a.npz", 300), "its end is missing"),
    "a changed byte": (damaged, "damaged .npz file"),
    "a wrong checksum": (checksum, "damaged .npz file"),
    "an array before the file's beginning": (misplaced, "damaged .npz file"),
    "an empty text": (lambda: text(""), "is empty"),
    "names alone": (lambda: text("x,y,f\n"), "a line of names, and no numbers"),
    "words": (lambda: text("one two\nthree four\n", "a.txt"), "holds no numbers"),
    "a word among numbers": (lambda: text(table().replace("0.0,", "none at all,", 1)), "line 3: 'none at all' is not"),
    "a word in the first line": (lambda: text("two" + table()), "line 1: 'two-2.0' is not a number"),
    "an underscore": (lambda: text(table() + "\n1_0,2,3"), "'1_0' is not a number"),
    "a field that is too long": (lambda: text('x,y,f\n"' + "1" * 200_000 + '",2,3\n'), "a field that is too long"),
    "a field less": (lambda: text(table() + "\n1,2"), "line 31 has 2 fields, and line 1 has 3"),
    "two columns": (lambda: text("1,2\n3,4\n"), r"2 column\(s\)"),
    "two values of a cell": (lambda: text(table(rows=[*ROWS, (-2, -1, 99)])), r"gives .* at \(-2, -1\); keep one"),
    "scattered": (lambda: text(table(rows=np.random.default_rng(0).random((50, 3)))), "50 different x and 50"),
    "a path": (lambda: text(table(head="step,x,y")), "a path, not a surface"),
    "unknown columns": (lambda: text(table(head="x,y,a,b", rows=[(*row, 1) for row in ROWS])), "landscape_key"),
    "a name too many": (lambda: text(table(head="x,y,f,g")), "names 4 columns, and its rows have 3 numbers"),
    "no column x": (lambda: text(table(head="u,v,w,f", rows=[(*row, 1) for row in ROWS])), "name those of x, y and f"),
    "another encoding": (lambda: raw(table().encode("utf-16"), "a.csv"), "is UTF-16 text"),
    "no text": (lambda: raw(b"PK\x03\x04\0\0\0", "a.csv"), "is not text"),
    "half a gzip": (lambda: raw(gzip.compress(table().encode())[:-20], "a.csv.gz"), "not a whole gzip file"),
    "no HDF5": (lambda: raw(b"abcd", "a.h5"), "is not an HDF5 file"),
    "a key of an array alone": (lambda: keyed("a.npy", "f"), "leave landscape_key out"),
    "an unknown key": (lambda: keyed("a.npz", "g"), "no array 'g'; there are f, x, y"),
    "an unknown column": (lambda: text(table(head="x,y,loss"), key="los"), "did you mean 'loss'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_a_sentence(name: str, recwarn: pytest.WarningsRecorder):
    make, told = BAD[name]
    with pytest.raises(InputError, match=told) as refused:
        make()
    message = str(refused.value)
    assert re.match(r"(a|gone)\.[\w.]+: \S", message)
    assert "\n" not in message
    assert "pickle" not in message
    assert len(message) < 400
    assert not Path("harmed").exists()
    assert not recwarn.list


def test_nothing_larger_than_the_limits_is_read(monkeypatch: pytest.MonkeyPatch):
    np.savez("a.npz", x=X, y=Y, f=F)
    monkeypatch.setattr(npz, "MAX_ARRAYS", 2)
    with pytest.raises(InputError, match="lists more than 2 arrays"):
        read_landscape("a.npz")
    monkeypatch.setattr(limits, "MAX_BYTES", 500)
    with pytest.raises(InputError, match="at most 500 bytes are read"):
        read_landscape("a.npz")


def test_what_is_unpacked_is_limited(monkeypatch: pytest.MonkeyPatch):
    from gdviz.landscapes import text as module

    for home in (limits, module):
        monkeypatch.setattr(home, "MAX_BYTES", 10_000)
    with pytest.raises(InputError, match="at most 10 kB are read"):
        raw(gzip.compress(b"1,2,3\n" * 10_000), "a.csv.gz")


def test_a_file_that_changes_is_read_again():
    assert same(savez(x=X, y=Y, f=F))
    assert not same(savez(x=X, y=Y, f=F + 1))


def h5(name: str = "a.h5", **arrays: Any) -> Landscape:
    h5py = pytest.importorskip("h5py")
    with h5py.File(name, "w") as file:
        for key, each in arrays.items():
            file[key] = each
    return read_landscape(name)


def li(f: FloatArray, key: str = "train_loss", **more: Any) -> dict[str, Any]:
    """Return what loss-landscape writes."""
    return {"xcoordinates": X, "ycoordinates": Y, "dir_file": "directions.h5", key: f, **more}


def test_a_surface_of_loss_landscape_is_read():
    assert same(h5(**li(F, train_acc=100 * F, test_loss=2 * F)))
    assert read_landscape("a.h5", key="test_loss").sampled.value(2, 1.5) == 2 * F[-1, -1]
    with pytest.raises(InputError, match="did you mean 'test_loss'"):
        read_landscape("a.h5", key="test_los")
    with pytest.raises(InputError, match="30 of 30 samples are -1, not computed"):
        h5(**li(0 * F - 1))


def test_a_surface_that_is_not_square_is_stored_in_the_order_of_a_mesh():
    landscape = h5(**li(F.reshape(F.T.shape)))
    assert same(landscape)
    assert "not square" in landscape.sampled.notes[0]


def test_what_loss_landscape_has_not_computed_is_a_hole():
    losses = np.abs(F) + 1
    losses[4:] = -1
    sampled = h5(**li(losses)).sampled
    np.testing.assert_array_equal(np.isnan(sampled.samples), losses == -1)
    assert sampled.notes[0] == "10 of 30 samples are -1, not computed: holes"


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"xcoordinates": X, "train_loss": X}, "a line, not a surface"),
        ({"proj_xcoord": X, "proj_ycoord": X}, "a projected path"),
        ({"other": F}, r"no xcoordinates; there are other \(6, 5\)"),
        (li(F, "losses"), "choose one with landscape_key"),
        (li(F.astype("S8")), "does not hold real numbers"),
        (li(F[:, :3]), r"shape \(6, 3\), but x has 5"),
    ],
)
def test_a_bad_surface_of_loss_landscape_is_refused(arrays: dict[str, Any], told: str):
    with pytest.raises(InputError, match=told):
        h5(**arrays)


def test_no_link_in_an_h5_file_is_followed():
    h5py = pytest.importorskip("h5py")
    h5("other.h5", **li(F))
    with h5py.File("a.h5", "w") as file:
        for key in ("xcoordinates", "ycoordinates", "train_loss"):
            file[key] = h5py.ExternalLink("other.h5", key)
    with pytest.raises(InputError, match="no xcoordinates"):
        read_landscape("a.h5")


def test_h5py_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r"takes h5py; install it with: pip install 'gdviz\[h5\]'"):
        raw(b"\x89HDF\r\n\x1a\n", "a.h5")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"smooth": "much"}, "smooth must lie between 0 and 100 cells, not be 'much'"),
        ({"smooth": -1}, "not be -1"),
        ({"extent": "abcd"}, "extent takes xmin, xmax, ymin, ymax"),
        ({"extent": 3}, "extent takes xmin, xmax, ymin, ymax"),
        ({"extent": (1, 0, 0, 1)}, "each lower end below its upper end"),
        ({"extent": (0, 1, 0, 1e200)}, r"a\.npy: y reaches beyond 1e\+100"),
        ({"extent": (0, 1e-300, 0, 1)}, r"a\.npy: x spans too little"),
    ],
)
def test_where_and_how_smooth_an_array_lies_is_checked(more: dict[str, Any], told: str):
    np.save("a.npy", F)
    with pytest.raises(InputError, match=told):
        gdviz.landscape("a.npy", **more)
