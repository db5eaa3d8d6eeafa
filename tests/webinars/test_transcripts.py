"""Transcripts: VTT and SRT as people bring them, what is left out, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galaxy.webinars.transcripts import MOST_BYTES, MOST_CUES, Broken, decoded, paragraphs, parsed, read, stamp, written

VTT = """WEBVTT - A talk
Kind: captions

STYLE
::cue { color: yellow }

NOTE
Nobody reads this.

intro
00:01.000 --> 00:04.500 align:start position:0%
<v Awa Traoré>Welcome, <b>everybody</b>.
We begin with <i>pumps</i> &amp; wells.

01:00:05.000 --> 01:00:07.000
<c.yellow>Questions?</c>
"""
SRT = """1
00:00:01,000 --> 00:00:04,500
{\\an8}Bienvenue à tous.

2
00:00:05,000 --> 00:00:07,250
Nous commençons
par les pompes.
"""
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
WORD = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=12)
LINE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
WORDS = st.lists(LINE, min_size=1, max_size=3).map("\n".join).filter(lambda words: "{\\" not in words)
TIMES = st.tuples(st.integers(0, 359_999_999), st.integers(1, 100_000))
CUES = st.lists(st.tuples(TIMES, WORDS), min_size=1, max_size=8).map(
    lambda rows: sorted((begin, begin + lasts, words) for (begin, lasts), words in rows)
)


@pytest.fixture(autouse=True)
def in_english(apps):
    """Words for the sender need a language."""
    with apps["sqlite"].test_request_context("/en/"):
        yield


def an_srt(cues) -> str:
    """Cues as players of before WebVTT read them."""
    rows = enumerate(cues, 1)
    return "\n".join(f"{n}\n{stamp(b)} --> {stamp(e)}\n{w}\n".replace(".", ",", 2) for n, (b, e, w) in rows)


def test_a_vtt_is_read_without_its_notes_styles_positions_and_marks():
    heard = read(VTT.encode(), "en")

    assert heard.cues == [
        (1_000, 4_500, "Awa Traoré: Welcome, everybody.\nWe begin with pumps & wells."),
        (3_605_000, 3_607_000, "Questions?"),
    ]
    assert heard.told == []


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_srt_is_read_with_any_line_ends(ends):
    heard = read(SRT.replace("\n", ends).encode(), "fr")

    assert heard.cues == [(1_000, 4_500, "Bienvenue à tous."), (5_000, 7_250, "Nous commençons\npar les pompes.")]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_unicode_is_read(code):
    heard = read(SRT.encode(code), "fr")

    assert [words for _begin, _end, words in heard.cues] == ["Bienvenue à tous.", "Nous commençons\npar les pompes."]
    assert heard.told == []


def test_an_older_code_is_read_where_the_language_was_written_in_it_and_its_sender_is_told():
    assert read(SRT.encode("cp1252"), "fr").cues[0] == (1_000, 4_500, "Bienvenue à tous.")
    assert read(SRT.encode("cp1252"), "fr").told == [
        "The file is not in UTF-8: we read it as Windows-1252. Please check its accents."
    ]
    with pytest.raises(Broken, match=r"^Line 3 cannot be read\. Please save the file again as UTF-8\.$"):
        read("1\n0:01 --> 0:02\nДобро пожаловать.\n".encode("cp1251"), "ru")


def test_what_is_wrong_is_left_out_and_told_with_its_line():
    text = "\n".join(
        [
            "00:05.000 --> 00:02.000", "Backwards.", "",
            "00:61.000 --> 01:10.000", "No such second.", "",
            "00:09.000 --> 00:10.000", "Last.", "",
            "later --> much later", "No times.", "",
            "00:03.000 --> 00:04.000", "<b></b>", "",
            "00:01.000 --> 00:06.000", "First, and over the last.", "",
        ]
    )  # fmt: skip

    heard = parsed(text)

    assert heard.cues == [(1_000, 6_000, "First, and over the last."), (9_000, 10_000, "Last.")]
    assert heard.told == [
        "Line 1 is left out: It ends before it begins.",
        "Line 4 is left out: “00:61.000 --> 01:10.000” are no times.",
        "Line 10 is left out: “later --> much later” are no times.",
        "One piece without words is left out.",
    ]


def test_of_many_that_are_wrong_a_few_are_named():
    text = "00:01.000 --> 00:02.000\nGood.\n\n" + "x --> y\nBad.\n\n" * 8

    assert parsed(text).told[5:] == ["And 3 more are left out."]


def test_a_missing_empty_line_makes_no_words_of_a_number():
    text = SRT.replace("\n\n2\n", "\n2\n")

    assert [words for _begin, _end, words in parsed(text).cues] == [
        "Bienvenue à tous.",
        "Nous commençons\npar les pompes.",
    ]


NO_TIMES = "There are no times in it, such as 00:01:05.000 --> 00:01:09.000. Please send a VTT or SRT file."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", NO_TIMES),
        (b"WEBVTT\n\nHello", NO_TIMES),
        (b"WEBVTT\n\n1:00 --> 0:59\nHello", "There is nothing in it to be kept. Line 3: It ends before it begins."),
        (b"\x89PNG\r\n\x1a\n\x81\x8d", "This is no text in a code that we know. Please save the file again as UTF-8."),
        (b"x" * (MOST_BYTES + 1), "This transcript is larger than 2 MB. Please send a shorter one."),
        (b"1:00 --> 1:01\nHi\n\n" * (MOST_CUES + 1), "There are more than 20000 pieces in this transcript."),
    ],
    ids=["empty", "no times", "backwards", "no text", "too large", "too many"],
)
def test_what_is_no_transcript_is_refused_in_words(content, said):
    with pytest.raises(Broken) as refused:
        read(content, "en")

    assert str(refused.value) == said


@UNHURRIED
@given(CUES)
def test_what_is_written_is_read_again_as_it_was(cues):
    assert parsed(written(cues)).cues == cues
    assert parsed(written(cues)).told == []


@UNHURRIED
@given(CUES.filter(lambda cues: not any(sign in words for *_times, words in cues for sign in "<&")))
def test_an_srt_becomes_the_same_cues_and_the_same_vtt(cues):
    cues = [cue for cue in cues if not cue[2].split("\n")[-1].isdigit() and "-->" not in cue[2]]
    if cues:
        assert parsed(an_srt(cues)).cues == cues


@UNHURRIED
@given(st.binary(max_size=400), st.sampled_from(["en", "ar"]))
def test_no_file_breaks_the_reader(content, language):
    cues = []
    with suppress(Broken):
        cues = read(content, language).cues

    assert all(begin < end and words for begin, end, words in cues)


@UNHURRIED
@given(st.text(max_size=400))
def test_every_text_in_unicode_is_read_as_it_is(text):
    plain = text.lstrip("\ufeff").encode("utf-8", "replace").decode()

    assert decoded(b"\xef\xbb\xbf" + plain.encode(), "ar") == (plain, [])


def test_paragraphs_end_with_a_sentence_after_a_minute_and_at_a_chapter():
    cues = [
        (0, 5_000, "Welcome."),
        (50_000, 55_000, "The pumps"),
        (61_000, 65_000, "break in May."),
        (66_000, 70_000, "They are repaired."),
        (90_000, 95_000, "Questions now."),
    ]

    assert [(each.second, each.words) for each in paragraphs(cues, [90])] == [
        (0, "Welcome. The pumps break in May."),
        (66, "They are repaired."),
        (90, "Questions now."),
    ]


def test_what_captions_repeat_is_said_once():
    cues = [
        (0, 2_000, "the pumps break"),
        (2_000, 4_000, "the pumps break\nin May"),
        (4_000, 6_000, "in May\nevery year"),
    ]

    assert [each.words for each in paragraphs(cues)] == ["the pumps break in May every year"]
