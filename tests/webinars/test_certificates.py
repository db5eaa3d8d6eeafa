"""Certificates of attendance: who has one, what stands on it, and what whoever is shown it can verify."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import segno
import time_machine
from pypdf import PdfReader

from galaxy import create_app
from galaxy.accounts.services import delete
from galaxy.content.models import Status
from galaxy.core import pdf
from galaxy.core.db import Base, db
from galaxy.core.schema import import_models
from galaxy.webinars import certificates
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_services import wipe
from tests.conftest import SETTINGS
from tests.factories import a_focal_point, a_registration, a_user, a_webinar
from tests.readers import Reader
from tests.webinars.test_desk import again, at_once, seat

STARTS = datetime(2026, 3, 10, 14, tzinfo=UTC)
AFTER = STARTS + timedelta(hours=3)
CODE = "abcd2345wxyz"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as travel:
        yield travel


def who_came(certificate=CODE, webinar=None, **facts):
    said = {"zone": "Africa/Accra", "starts_at": STARTS, "title": "Pumps that last", "author": a_focal_point("GHA")}
    webinar = webinar or a_webinar(**said)
    return a_registration(
        webinar, **{"name": "Aïssata Ouédraogo", "attended_at": STARTS, "certificate": certificate} | facts
    )


def verify(reader, code=CODE, language="en"):
    return reader.get(f"/{language}/webinars/certificates/{code}")


def the_webinar():
    return db.session.query(Webinar).one()


def code_of(registration):
    db.session.expire_all()
    return again(registration).certificate


def test_who_was_there_makes_a_certificate_once_and_gives_it_up(visitor):
    guest = who_came(certificate=None)
    assert visitor.get(seat(guest, "")).all("main a.button") == ["Your certificate of attendance"]

    page = visitor.send(seat(guest, "/certificate"))
    code = code_of(guest)
    assert (page.notices, page.one(".holder"), page.one(".of")) == (
        ["Here is your certificate."], "Aïssata Ouédraogo", "Pumps that last",
    )  # fmt: skip
    assert page.one(".paper footer strong") == f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert page.one(".address") == f"http://localhost/en/webinars/certificates/{code}"
    visitor.post(seat(guest, "/certificate"))
    assert code_of(guest) == code

    page = visitor.send(seat(guest, "/certificate"), act="drop")
    assert page.notices == ["Your certificate is given up: its number leads nowhere."]
    assert verify(visitor, code).status == 404


def test_a_member_finds_it_on_the_page_of_the_webinar(reader):
    member = a_user(name="Awa")
    who_came(certificate=None, user=member)

    assert reader(member).get(f"/en/webinars/{the_webinar().slug}").all(".notice a.button") == [
        "Your certificate of attendance"
    ]


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        ({"attended_at": None}, AFTER),
        ({"status": RegistrationStatus.WAITING, "attended_at": None}, AFTER),
        ({}, STARTS + timedelta(minutes=30)),
    ],
)
def test_who_was_not_there_or_before_it_is_over_has_none(visitor, clock, facts, moment):
    guest = who_came(certificate=None, **facts)
    clock.move_to(moment)
    visitor.post(seat(guest, "/certificate"))

    assert (code_of(guest), visitor.get(seat(guest, "/certificate.pdf")).status) == (None, 302)


def test_a_certificate_that_is_made_twice_at_once_has_one_number(app):
    guest = who_came(certificate=None)
    readers = [Reader(app), Reader(app)]
    path = seat(guest, "/certificate")
    forms = [reader.get(path).form() for reader in readers]

    assert at_once(app, *[(reader, path, form) for reader, form in zip(readers, forms, strict=True)]) == [302, 302]
    pages = [reader.get(path).one(".paper footer strong") for reader in readers]
    assert pages[0] == pages[1] == certificates.number(code_of(guest))


# As a file.


def texts(page):
    read = PdfReader(io.BytesIO(page.response.get_data()))
    return read, " ".join(read.pages[0].extract_text().split())


@pytest.mark.skipif(not pdf.can_print(), reason="this machine has no Pango")
def test_the_file_is_one_page_of_a4_landscape_with_all_that_is_said(visitor):
    read, text = texts(visitor.get(seat(who_came(), "/certificate.pdf")))

    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [842, 595]
    assert len(read.pages) == 1
    assert text == (
        "Galaxy Certificate of attendance This certifies that Aïssata Ouédraogo took part in Pumps that last"
        " Tuesday, March 10, 2026, 2:00 – 3:00 PM, Accra time (UTC) Length: 1 hour Held by Focal point of GHA"
        " Certificate number abcd-2345-wxyz Whoever wants to verify it finds it at"
        " http://localhost/en/webinars/certificates/abcd2345wxyz"
    )


@pytest.mark.skipif(not pdf.can_print(), reason="this machine has no Pango")
@pytest.mark.parametrize("name", ["محمد عبد الرحمن", "N" * 100, "<script>alert(1)</script>"])
def test_any_name_stands_on_one_page(visitor, name):
    title = "How pumps keep running " * 5
    read, text = texts(
        visitor.get(seat(who_came(name=name, webinar=a_webinar(starts_at=STARTS, title=title)), "/certificate.pdf"))
    )

    assert len(read.pages) == 1
    assert name.split()[0][:20] in text or name[::-1].split()[-1] in text


def test_the_square_says_the_address(visitor):
    """What a camera reads: the drawing is that of the address, module for module."""
    page = visitor.get(seat(who_came(), "/certificate"))
    drawn = str(page.soup.select_one("svg.qr path")["d"])

    wanted = segno.make_qr(f"http://localhost/en/webinars/certificates/{CODE}", error="m")
    assert drawn in wanted.svg_inline(omitsize=True, border=0)


def test_where_no_pdf_can_be_made_the_page_to_print_says_so(visitor, monkeypatch):
    monkeypatch.setattr("galaxy.webinars.attending.can_print", lambda: False)
    monkeypatch.setattr("galaxy.webinars.attending.write_pdf", lambda *_given: None)
    guest = who_came()

    assert visitor.get(seat(guest, "/certificate")).notices == [
        "Print this page from your browser, or keep it there as PDF: on A4, landscape."
    ]
    assert visitor.get(seat(guest, "/certificate.pdf")).location == seat(guest, "/certificate")


def test_files_are_counted_for_each_person_and_guesses_for_each_address(tmp_path):
    app = create_app(tmp_path, **SETTINGS | {"LIMITS": True, "LIMIT_PRINTS": "1/hour", "LIMIT_GUESSES": "2/hour"})
    import_models()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        guest, visitor = seat(who_came(), "/certificate.pdf"), Reader(app)

        assert [verify(visitor).status for _n in range(3)] == [200, 200, 200]
        assert [verify(visitor, "nothing").status for _n in range(3)] == [404, 404, 429]
        assert [visitor.get(guest).status for _n in range(2)][1] == 429


# Whoever is shown it.


@pytest.mark.parametrize("typed", [CODE, "ABCD-2345-WXYZ", "abcd 2345 wxyz"])
def test_anybody_can_verify_it_however_its_number_is_typed(visitor, typed):
    who_came()
    page = verify(visitor, typed)

    assert (page.status, page.notices, page.all("main dd")) == (
        200,
        ["This certificate is good."],
        ["Aïssata Ouédraogo", "Pumps that last", "Tuesday, March 10, 2026, 2:00 – 3:00 PM, Accra time (UTC) · 1 hour",
         "Focal point of GHA", "abcd-2345-wxyz"],
    )  # fmt: skip
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("typed", ["abcd2345wxy", "abcd2345wxy2", "%00", "x" * 3_000, "é" * 12])
def test_an_unknown_number_is_not_found_with_words(visitor, typed):
    who_came()
    page = verify(visitor, typed)

    assert (page.status, page.one("main strong")) == (404, "There is no certificate with this number.")


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (
            lambda row: setattr(row, "attended_at", None),
            "The hosts have not marked, or no longer mark, that they were there.",
        ),
        (lambda row: setattr(row.webinar, "state", "cancelled"), "The webinar was cancelled."),
        (
            lambda row: setattr(row.webinar, "status", Status.WITHDRAWN),
            "The webinar it was made for has been withdrawn.",
        ),
        (lambda row: setattr(row.webinar, "ends_at", AFTER + timedelta(days=1)), "The webinar is not over yet."),
    ],
)
def test_a_void_certificate_says_so_and_not_whose_it_was(visitor, act, why):
    act(who_came())
    db.session.commit()
    page = verify(visitor)

    assert (page.status, page.one(".notice strong"), page.all(".notice p")[1]) == (
        200,
        "This certificate is void.",
        why,
    )
    assert "Aïssata" not in page.text
    assert ("Pumps that last" in page.text) == ("withdrawn" not in why)


def test_a_certificate_stands_in_the_language_of_its_reader(visitor):
    guest = who_came()

    assert visitor.get(seat(guest, "/certificate").replace("/en/", "/fr/")).all(".paper .sheet > p")[-2:] == [
        "mardi 10 mars 2026, 14:00 – 15:00, heure d’Accra (UTC) Durée : 1 heure",
        "Organisé par Focal point of GHA",
    ]


def test_a_certificate_outlives_the_account_and_the_registration(visitor):
    member, guest = a_user(name="Awa Diallo"), who_came("guest2345abc", name="Fanta")
    who_came(webinar=again(guest).webinar, user=again(member), name="Awa Diallo")
    nobody = a_registration(again(guest).webinar, again(member), email="old@example.org", name="Awa Diallo")
    delete(again(member))
    wipe(again(guest))

    assert [verify(visitor, code).all("main dd")[0] for code in (CODE, "guest2345abc")] == ["Awa Diallo", "Fanta"]
    rows = db.session.query(Registration).order_by(Registration.id)
    assert [(each.name, each.user_id, each.email.partition("@")[2]) for each in rows] == [
        ("Fanta", None, "forgotten.invalid"),
        ("Awa Diallo", None, "forgotten.invalid"),
        ("", None, "forgotten.invalid"),
    ]
    assert again(nobody).answers == {}
