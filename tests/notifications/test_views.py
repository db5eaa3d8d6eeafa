"""News, its settings, messages, and the demonstration's mail box, as readers see them."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from babel.messages.pofile import read_po
from sqlalchemy import select

from galaxy.accounts.models import MandateStatus, User
from galaxy.accounts.services import account_deleted, export, mandate_applied, mandate_decided
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.mail import File, folder, post
from galaxy.notifications.models import Message, Notification, Silence
from galaxy.notifications.services import relay, silence, tell, unsubscribe_token
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_admin
from tests.statements import statements


def mails(work) -> list[EmailMessage]:
    """Every mail that was sent, in order."""
    db.session.commit()
    work()
    return [
        message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
        for file in sorted(folder().glob("*.eml"))
    ]


def text(mail: EmailMessage, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


def link(mail: EmailMessage, words: str) -> str:
    """The path of the link after these words."""
    return re.search(re.escape(words) + r"\s+http://localhost(\S+)", text(mail))[1]


def test_news_is_mailed_in_text_and_html_with_reasons_and_a_link(work, app):
    entry = a_solution(author=a_user(name="Awa", email="awa@example.org"), title="Solar pumps")

    tell([entry.author], "returned", entry, by=an_admin(), reasons="Who says <so>?\nPlease name a source.")
    (mail,) = mails(work)

    assert (mail["To"], mail["Subject"]) == ("awa@example.org", "Please look again: Solar pumps")
    assert text(mail).splitlines()[:10] == [
        "Hello Awa,",
        "",
        "An admin read “Solar pumps” and asks for changes before it can be published.",
        "",
        "The reasons:",
        "",
        "Who says <so>?",
        "Please name a source.",
        "",
        text(mail).splitlines()[9],
    ]
    assert '<blockquote dir="auto">Who says &lt;so&gt;?<br>Please name a source.<br></blockquote>' in text(mail, "html")


def test_a_french_reader_is_told_in_french(work, app):
    catalogue = Path(app.root_path) / "translations/fr/LC_MESSAGES/messages.po"
    with catalogue.open("rb") as words:
        french = {message.id: message.string for message in read_po(words)}
    wanted = french["An admin read “%(title)s” and asks for changes before it can be published."]
    entry = a_solution(author=a_user(name="Awa", language="fr"), title="Pompes solaires")

    tell([entry.author], "returned", entry, by=an_admin(), reasons="Qui le dit ?")
    (mail,) = mails(work)

    assert wanted % {"title": "Pompes solaires"} in text(mail)
    subject = french["Please look again: %(title)s"] % {"title": "Pompes solaires"}
    assert mail["Subject"] == " ".join(subject.split())
    assert text(mail).startswith(french["Hello %(name)s,"] % {"name": "Awa"})
    assert '<html lang="fr" dir="ltr">' in text(mail, "html")
    assert "http://localhost/fr/solutions/" in text(mail)


def test_each_reader_is_told_in_their_own_language(work, app):
    people = [a_user(language="fr"), a_user(language="en"), a_user(language="xx"), a_user(language=None)]

    tell(people, "message", address="/notifications/", by=a_user(name="Awa"), text="Bonjour")

    found = [re.search(r"http://localhost/(..)/notifications/\s", text(mail))[1] for mail in mails(work)]
    assert found == ["fr", "en", "en", "en"]


def test_who_is_author_and_holder_is_told_once_and_who_did_it_not_at_all(app):
    focal, gone = a_focal_point(), a_user(active=False)

    tell([focal, focal, gone], "published", a_solution(author=focal))
    tell([focal], "published", a_solution(author=focal), by=focal)
    db.session.commit()

    assert [news.user_id for news in db.session.scalars(select(Notification))] == [focal.id]


def test_news_is_shown_unread_first_and_is_read_when_opened(reader, app):
    awa = a_user()
    for title in ("One", "Two", "Three"):
        tell([awa], "published", a_solution(title=title))
    db.session.commit()
    awa = reader(awa)
    page = awa.get("/en/notifications/")
    assert page.all("main li button") == [
        f"“{title}” is published. Everybody can now read it and find it." for title in ("Three", "Two", "One")
    ]
    assert page.all(".masthead .news")[0] == "3"

    opened = awa.send_from(page, "main li form", follow=False)
    page = awa.get("/en/notifications/")

    assert opened.status == 302
    assert [words.split("”")[0] for words in page.all("main li button")] == ["“Two", "“One", "“Three"]
    assert page.all("main li strong") == page.all("main li button")[:2]

    page = awa.send_from(page, "main .heading form")
    assert (page.all("main li strong"), page.all(".masthead .news")) == ([], [])


def test_news_of_others_is_nobodys_business(reader, app):
    tell([a_user()], "published", a_solution())
    other = reader(a_user())

    assert other.post("/en/notifications/1").status == 404
    assert reader().get("/en/notifications/").status == 302


def test_a_kind_of_news_can_be_silenced_and_is_still_shown_in_the_page(reader, work):
    awa = a_user(name="Awa")
    ada = reader(awa)
    wanted = ada.get("/en/notifications/settings").form()["mail"]
    assert "to review" not in wanted

    ada.send("/en/notifications/settings", mail=[verb for verb in wanted if verb != "published"])
    awa = db.session.merge(awa)
    tell([awa], "published", a_solution())
    tell([awa], "archived", a_solution())

    assert [mail["Subject"][:8] for mail in mails(work)] == ["Archived"]
    assert len(ada.get("/en/notifications/").all("main li button")) == 2
    assert "published" not in ada.get("/en/notifications/settings").form()["mail"]


def test_news_whose_letter_somebody_else_writes_stands_in_the_page_alone(reader, work):
    ada = a_user()
    tell([ada], "published", a_solution(title="Solar pumps"), by_mail=False)

    assert (mails(work), reader(ada).get("/en/").all(".masthead .drop .news")[:1]) == ([], ["1 unread"])


def test_the_demonstration_opens_the_files_of_a_mail(app, reader, work):
    post("ada@example.org", "Your place", "text", "html", files=[File("place.ics", "text/calendar", "BEGIN:VCALENDAR")])
    mails(work)
    app.config["DEMO"] = True
    try:
        ada = reader(an_admin())
        (address,) = ada.get("/en/mail/1").links("main h2 + ul a")
        answer = ada.client.get(address)
        missing = [ada.get(f"/en/mail/1/files/{place}").status for place in (0, 2)]
    finally:
        app.config["DEMO"] = False

    assert answer.get_data() == b"BEGIN:VCALENDAR"
    assert answer.headers["Content-Disposition"] == "attachment; filename=place.ics"
    assert missing == [404, 404]


def test_one_click_ends_a_kind_of_mail_without_signing_in(visitor, work):
    tell([a_user()], "published", a_solution())
    (mail,) = mails(work)
    address = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    page = visitor.get(address)
    assert db.session.scalars(select(Silence)).all() == []
    done = visitor.open(address, "POST", data={"List-Unsubscribe": "One-Click"})
    again = visitor.send_from(page)

    assert (done.status, again.one("h1")) == (200, "No more mail of this kind")
    assert [silence.verb for silence in db.session.scalars(select(Silence))] == ["published"]


@pytest.mark.parametrize("token", ["x", "WzEsInB1Ymxpc2hlZCJd.AAAA", "\x00"])
def test_a_token_that_is_not_ours_ends_nothing(visitor, token):
    assert visitor.open(f"/en/notifications/unsubscribe/{token}", "POST").status == 404


def test_a_token_is_good_for_its_person_and_kind_alone(app):
    one, other = a_user(), a_user()

    assert len({unsubscribe_token(user, verb) for user in (one, other) for verb in ("published", "message")}) == 4


def test_a_member_writes_to_a_body_and_is_answered(reader, work):
    focal = a_focal_point(name="Awa", email="awa@example.org")
    entry = a_solution(author=focal, title="Solar pumps")
    fatou_user = a_user(name="Fatou", email="fatou@example.org")
    fatou, awa, where = reader(fatou_user), reader(focal), f"/en/notifications/write/{entry.ref}"

    page = fatou.send(where, follow=False)
    assert page.errors == ["Please write your message."]
    page = fatou.send_from(page, follow=False, text="How deep are the wells?")
    assert (page.one("h1"), page.one("blockquote")) == ("Send this message?", "How deep are the wells?")
    back = fatou.send_from(page, follow=False, change="yes")
    assert back.form()["text"] == "How deep are the wells?"
    sent = fatou.send_from(page)
    assert sent.all("main blockquote") == ["How deep are the wells?"]

    (mail,) = mails(work)
    assert (mail["To"], mail["Subject"]) == ("awa@example.org", "A message from Fatou about: Solar pumps")
    assert "fatou@example.org" not in mail.as_string()
    assert "How deep are the wells?" in text(mail)

    there = link(mail, "Read and answer")
    awa.send(there, text="Forty metres.")
    page = fatou.get(there)
    assert page.all("main blockquote") == ["How deep are the wells?", "Forty metres."]
    assert (mails(work)[1]["To"], mails(work)[1]["Subject"]) == (
        "fatou@example.org",
        "A message from Awa about: Solar pumps",
    )
    assert fatou.get("/en/notifications/messages/").all("main .card h2") == ["Solar pumps"]
    assert awa.get("/en/notifications/messages/").all("main .card h2") == ["Solar pumps"]
    assert awa.get("/en/notifications/messages/2").location == "/en/notifications/messages/1"


def test_a_conversation_is_its_two_sides_alone(reader):
    focal, sender = a_focal_point(), a_user()
    relay(sender, a_solution(author=focal), "Hello")
    db.session.commit()
    other, admin, where = reader(a_user()), reader(an_admin()), "/en/notifications/messages/1"

    assert (other.get(where).status, admin.get(where).status, reader().get(where).status) == (404, 404, 302)
    assert other.get("/en/notifications/messages/").all("main .card") == []


def test_a_message_to_a_body_for_which_nobody_acts_reaches_the_admins(reader):
    admin, body = an_admin(), a_body()
    a_mandate(a_user(), body, status="ended")
    relay(a_user(name="Fatou"), a_solution(body=body), "Hello")
    db.session.commit()
    ada = reader(admin)

    assert ada.get("/en/notifications/").all("main li button") == [
        "Fatou wrote to Direction de la coopération, for which nobody acts at present. Please see that it is answered."
    ]
    assert ada.get("/en/notifications/messages/1").all("main blockquote") == ["Hello"]
    assert len(ada.get("/en/notifications/messages/").all("main .card")) == 1


def test_one_writes_neither_to_oneself_nor_about_what_is_hidden(reader):
    entry, hidden = a_solution(), a_solution(status=Status.DRAFT)
    author, other = reader(entry.author), reader(a_user())
    unconfirmed = reader(a_user(confirmed_at=None))
    public, closed = (f"/en/notifications/write/{each.ref}" for each in (entry, hidden))

    assert (author.get(public).status, other.get(closed).status, unconfirmed.get(public).status) == (404, 404, 404)
    assert other.get(public).status == 200


def test_a_message_has_an_end(reader):
    entry = a_solution()
    page = reader(a_user()).send(f"/en/notifications/write/{entry.ref}", follow=False, text="a" * 5001)

    assert page.errors == ["Please say it in 5000 characters at most."]
    assert db.session.scalars(select(Message)).all() == []


def test_the_demonstrations_admin_reads_the_mails(reader, work, app):
    tell([a_user(email="awa@example.org")], "published", a_solution(title="Solar pumps"))
    mails(work)
    admin, member = an_admin(), a_user()
    ada, awa = reader(admin), reader(member)

    assert ada.get("/en/mail").status == 403
    app.config["DEMO"] = True
    try:
        assert ada.get("/mail").location == "/en/mail"
        page = ada.get("/en/mail")
        assert page.all("tbody td")[:2] == ["Published: Solar pumps", "awa@example.org"]
        page = ada.get(page.links("tbody a")[0])
        assert page.links("main .letter a")[0].startswith("http://localhost/en/")
        assert (awa.get("/en/mail").status, ada.get("/en/mail/99").status) == (403, 404)
    finally:
        app.config["DEMO"] = False


def test_mandates_are_told_to_admins_and_then_to_their_applicant(work, app):
    admin, member = an_admin(name="Ada", email="ada@example.org"), a_user(name="Awa", email="awa@example.org")
    mandate = a_mandate(member, a_body(name="Cooperation office"), status=MandateStatus.APPLIED)

    mandate_applied.send(mandate)
    mandate_decided.send(mandate, by=admin, verb="verified")
    mandate.reason = "The letter is not signed."
    mandate_decided.send(mandate, by=admin, verb="declined")

    found = [(mail["To"], mail["Subject"]) for mail in mails(work)]
    assert found == [
        ("ada@example.org", "A mandate to verify: Awa for Cooperation office"),
        ("awa@example.org", "You may now act for Cooperation office"),
        ("awa@example.org", "Your application to act for Cooperation office"),
    ]
    assert "The letter is not signed." in text(mails(work)[2])
    buttons = ("Verify", "See your mandates", "See the reasons")
    places = [link(mail, words) for mail, words in zip(mails(work), buttons, strict=True)]
    assert places == [f"/en/accounts/mandates/{mandate.id}"] * 3


def test_ones_own_data_holds_news_messages_and_settings_and_a_deleted_account_leaves_none(app):
    awa, fatou = a_user(name="Awa"), a_user(name="Fatou")
    tell([awa], "published", a_solution(title="Solar pumps"))
    silence(awa, "message")
    relay(awa, a_solution(author=fatou), "How deep are the wells?")
    db.session.commit()

    kept = export(awa)
    assert [news["verb"] for news in kept["news"]] == ["published"]
    assert (kept["no mail of"], [message["text"] for message in kept["messages"]]) == (
        ["message"],
        ["How deep are the wells?"],
    )

    account_deleted.send(awa)
    db.session.commit()
    assert (export(awa)["news"], export(awa)["no mail of"]) == ([], [])


def test_one_piece_of_news_and_three_take_the_same_number_of_statements(reader):
    awa = a_user()
    who = reader(awa)

    def one_more(n: int) -> None:
        user = db.session.get_one(User, 1)
        tell([user], "published", a_solution(title=f"Title {n}"), by=a_user())
        relay(a_user(), a_solution(author=user), "Hello")
        db.session.commit()

    paths = ("/en/notifications/", "/en/notifications/messages/")
    one_more(1)
    who.get(paths[0])
    with_one = [statements(lambda path=path: who.get(path)) for path in paths]
    one_more(2)
    one_more(3)

    assert [statements(lambda path=path: who.get(path)) for path in paths] == with_one


def test_a_link_of_last_months_mail_still_ends_it(visitor, app):
    address = f"/en/notifications/unsubscribe/{unsubscribe_token(a_user(), 'published')}"

    with time_machine.travel(now() + timedelta(days=30)):
        assert visitor.get(address).status == 200
