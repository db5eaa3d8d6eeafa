"""Print a page of ours as PDF, where the machine can: WeasyPrint needs Pango, which comes from the system."""

import importlib
from functools import cache
from typing import Any

import structlog

log = structlog.get_logger()


@cache
def weasyprint() -> Any:
    """WeasyPrint, imported when first asked for: it takes half a second, and most processes never print.

    None where Pango is missing, which is logged once.
    """
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as problem:
        log.warning("no PDF: see docs/deploy.md for the packages it needs", problem=str(problem).strip()[:200])
        return None


def can_print() -> bool:
    """Whether this machine makes PDF."""
    return weasyprint() is not None


def write_pdf(html: str, styles: str = "") -> bytes | None:
    """A page as PDF, with a stylesheet; None where this machine makes none. It brings all it shows: only `data:` is
    opened."""
    if (printer := weasyprint()) is None:
        return None
    nothing_else = printer.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    sheets = [printer.CSS(string=styles, base_url="about:blank", url_fetcher=nothing_else)]
    page = printer.HTML(string=html, base_url="about:blank", url_fetcher=nothing_else)
    return bytes(page.write_pdf(stylesheets=sheets))
