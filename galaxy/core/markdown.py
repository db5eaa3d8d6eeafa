"""Markdown as people write it, made into HTML that cannot hurt: no raw HTML, then a list of allowed elements."""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "code",
    "pre",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "s"}
BLOCK = re.compile(r"<(?!/?(?:a|code|em|s|strong)\b)")  # what stands by itself; other tags are within a word or line
HEADING = re.compile(r"<(/?)h([1-6])>")

markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
markdown.disable("image")  # pictures are files of the entry, with captions
without_tables = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough").disable("image")
MOST_CELLS = 5_000  # every row is filled up to the width of the widest: a few letters could ask for millions


def html_of(text: str) -> str:
    """HTML of a Markdown text, in bounded time; what looks like an endless table stays text."""
    widest = max((line.count("|") for line in text.splitlines()), default=0)
    whole = markdown if widest * (text.count("\n") + 1) <= MOST_CELLS else without_tables
    return str(whole.render(text))


def render(text: str | None) -> Markup:
    """HTML of a Markdown text; headings start two levels down, below the page's own."""
    html = html_of(text or "")
    html = HEADING.sub(lambda m: f"<{m[1]}h{min(int(m[2]) + 2, 6)}>", html)
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
    return Markup(clean)  # noqa: S704  # cleaned by nh3 in the line above


def plain(text: str | None) -> str:
    """The words of a Markdown text, for summaries and search."""
    html = nh3.clean(BLOCK.sub(" <", html_of(text or "")), tags=set())
    return " ".join(unescape(html).split())
