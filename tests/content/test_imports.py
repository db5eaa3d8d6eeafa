"""Files as people send them: read line by line, and never a reason to fall over."""

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from galaxy.content.imports import MAX_LINE, BadFile, Refusal, lines
from galaxy.solutions.imports import understand


def read(path):
    """Each line as what it says, or as its refusal; or why the file was not read."""
    try:
        return [(line.number, line.refusal or line.values) for line in lines(path)]
    except BadFile as reason:
        return str(reason)


def a_file(tmp_path, content, name="rows.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_table_is_read_with_commas_semicolons_or_tabs_and_with_a_mark(tmp_path):
    tables = ["title,Summary\na,b\n", "title;summary\r\na;b\r\n", "\ufefftitle\tSUMMARY\na\tb"]

    read_as = [read(a_file(tmp_path, table)) for table in tables]

    assert read_as == [[(2, {"title": "a", "summary": "b"})]] * 3


def test_a_cell_may_hold_line_breaks_and_a_row_is_named_by_its_first_line(tmp_path):
    path = a_file(tmp_path, 'title,summary\n"a","one\ntwo"\n\nb,c\n')

    assert read(path) == [(2, {"title": "a", "summary": "one\ntwo"}), (5, {"title": "b", "summary": "c"})]


def test_json_lines_are_known_by_their_first_sign_whatever_the_name(tmp_path):
    path = a_file(tmp_path, '{"Title": "a"}\n\n[1]\nnothing\n{"title": "b"}\n')

    not_object = "the line is not a JSON object"
    assert read(path) == [(1, {"title": "a"}), (3, not_object), (4, not_object), (5, {"title": "b"})]


def test_bad_rows_are_refused_and_the_rest_is_read(tmp_path):
    path = a_file(tmp_path, b'title,summary\na,\xff\nb,c,d\n"e"f,g\nh,i\n')

    assert read(path) == [
        (2, "the row is not UTF-8 text"),
        (3, "the row has 3 cells, the first line names 2"),
        (4, "the row cannot be read: a quotation mark may be missing"),
        (5, {"title": "h", "summary": "i"}),
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file(tmp_path):
    path = a_file(tmp_path, 'title,summary\na,b\n"c,d\ne,f\n')

    assert read(path)[-1] == (3, "the row cannot be read: a quotation mark may be missing")


def test_a_file_that_is_no_table_says_why(tmp_path):
    wrong = {
        b"": "The file is empty.",
        b'[{"title": "a"}]': "The file is one JSON list: please write one object a line, without brackets and commas.",
        b"name,summary\na,b": "The first line names no column “title”.",
        b"title,title\na,b": "The column “title” stands twice in the first line.",
        "title\né".encode("utf-16"): "The file is not a table in UTF-8: please save it as “CSV UTF-8”.",
        b"title\n" + b"x" * (MAX_LINE + 1): f"A line is longer than {MAX_LINE:,} bytes.",
    }

    assert {content: read(a_file(tmp_path, content)) for content in wrong} == wrong


def test_a_line_that_is_too_long_is_refused_and_passed_over(tmp_path):
    path = a_file(tmp_path, b'{"title": "a"}\n{"title": "' + b"x" * 2 * MAX_LINE + b'"}\n{"title": "b"}')

    assert read(path) == [
        (1, {"title": "a"}),
        (2, f"the line is longer than {MAX_LINE:,} bytes"),
        (3, {"title": "b"}),
    ]


def test_too_many_lines_stop_the_reading(tmp_path):
    path = a_file(tmp_path, "title\n" + "a\n" * 100_001)

    assert read(path) == "The file has more than 100,000 lines: please cut it into several."


def survives(path):
    """Read and understand a whole file; only our own words may come out of it."""
    with suppress(BadFile):
        for line in lines(path):
            with suppress(Refusal):
                assert understand(line.values).said["title"]


HEAD = b"external_id,title,summary,countries,sdgs,sectors,organisations,period,url,language,licence\n"
cells = st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.booleans())
@example(b'"', True)
@example(b"\xff\x00,\r,\n", True)
def test_no_bytes_break_the_reading(tmp_path_factory, content, headed):
    survives(a_file(tmp_path_factory.mktemp("any"), (HEAD if headed else b"") + content))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(cells, max_size=12), max_size=4))
def test_no_cells_break_the_understanding(tmp_path_factory, rows):
    content = HEAD + b"\n".join(b",".join(row) for row in rows)
    survives(a_file(tmp_path_factory.mktemp("any"), content))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
COLUMNS = HEAD.decode().strip().split(",")


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), anything))
def test_no_json_values_break_the_understanding(values):
    with suppress(Refusal):
        assert understand({"external_id": "a", "title": "b"} | values).said["title"]
