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
HEADING = re.compile(r"<(/?)h([1-6])>")

markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
markdown.disable("image")  # pictures are files of the entry, with captions


def render(text: str | None) -> Markup:
    """HTML of a Markdown text; headings start two levels down, below the page's own."""
    html = markdown.render(text or "")
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
    html = nh3.clean(markdown.render(text or "").replace("<", " <"), tags=set())
    return " ".join(unescape(html).split())
