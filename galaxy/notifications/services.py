"""Tell people what concerns them, in the page and by mail in their own language; and relay messages between them."""

from collections.abc import Iterable
from typing import Any

from blinker import Namespace
from flask import current_app, g, has_request_context, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, or_, select, update

from galaxy.accounts.models import Body, User
from galaxy.accounts.services import exports, record
from galaxy.content.models import Entry
from galaxy.core import mail
from galaxy.core.db import db, now, will_write
from galaxy.core.i18n import force_locale, offered
from galaxy.notifications.models import Message, Notification, Silence
from galaxy.notifications.queries import unread_count
from galaxy.notifications.words import WORDS, sentence, subject

message_sent = Namespace().signal("message sent", "A message has been relayed to the other side: `(message)`.")


def tell(
    users: Iterable[User],
    verb: str,
    entry: Entry | None = None,
    address: str = "",
    by: User | None = None,
    by_mail: bool = True,
    **facts: str,
) -> None:
    """Put one piece of news before each of these people, once, and mail it to those who want it by mail.

    Not `by_mail`: whoever tells it writes a letter of their own.

    `by` did it, and is not told of it. `address` is a path without its language; without one, it leads to the entry.
    `facts` complete the sentence: `reasons`, `text`, `body`.
    """
    words, doer = WORDS[verb], by.id if by else None
    heard = {user.id: user for user in users if user.active and user.deleted_at is None and user.id != doer}
    if not heard:
        return
    silent = set(db.session.scalars(select(Silence.user_id).where(Silence.verb == verb, Silence.user_id.in_(heard))))
    for user in heard.values():
        news = Notification(user=user, by=by, verb=verb, entry=entry, address=address, facts=facts)
        db.session.add(news)
        if by_mail and user.id not in silent:
            _mail(news, words)
    db.session.flush()


def _mail(news: Notification, words: Any) -> None:
    """The same news as a letter, text and HTML, in its reader's language, with a way to hear no more of its kind."""
    user = news.user
    language = user.language if user.language in offered() else offered()[0]
    with force_locale(language):
        stop = whole(f"/{language}/notifications/unsubscribe/{unsubscribe_token(user, news.verb)}")
        page = {
            "news": news,
            "words": words,
            "sentence": sentence(news),
            "link": whole(place(news, language)),
            "settings": whole(f"/{language}/notifications/settings"),
            "stop": stop,
        }
        mail.post(
            user.email,
            subject(news),
            render_template("emails/news.txt", **page),
            render_template("emails/news.html", **page),
            {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )


def place(news: Notification, language: str) -> str:
    """The path a piece of news leads to, in a language; works outside a request too."""
    if news.address:
        return f"/{language}{news.address}"
    if news.entry is not None:
        paths = current_app.url_map.bind("")
        if news.entry.endpoint in current_app.view_functions:
            return paths.build(news.entry.endpoint, {"lang": language, "ref": news.entry.slug})
    return f"/{language}/notifications/"


def path(endpoint: str, **values: Any) -> str:
    """The path of one of our pages without its language, as news keep it."""
    language = offered()[0]
    return current_app.url_map.bind("").build(endpoint, {"lang": language, **values}).removeprefix(f"/{language}")


def whole(path: str) -> str:
    """A path with the site before it, for mails."""
    site = current_app.config["SITE_URL"] or (request.host_url if has_request_context() else "")
    return (site or f"http://{current_app.config['HOST']}:{current_app.config['PORT']}").rstrip("/") + path


def admins() -> list[User]:
    """Everybody who moderates."""
    return list(db.session.scalars(select(User).where(User.is_admin, User.active, User.deleted_at.is_(None))))


def people(entry: Entry, public: bool = False) -> list[User]:
    """Who hears of an entry: those who act for its owners; and its author, where no body owns it or all may know."""
    holders = [holder for body in entry.owners for holder in body.holders]
    author = [entry.author] if entry.author and (public or not entry.owners) else []
    return list(dict.fromkeys((*holders, *author)))


def relay(sender: User, to: Entry | Body, text: str) -> Message:
    """Bring a member's message to those behind an entry, or to a body; no address is shown to anybody."""
    entry = to if isinstance(to, Entry) else None
    body = to.spoken_for_by if isinstance(to, Entry) else to
    message = Message(
        sender=sender, entry=entry, body=body, recipient=entry.author if entry and not body else None, text=text
    )
    _send(message, sender)
    return message


def reply(to: Message, sender: User, text: str) -> Message:
    """Answer in a conversation, from either of its sides."""
    first = to.answers or to
    message = Message(
        sender=sender, entry=first.entry, body=first.body, recipient=first.recipient, answers=first, text=text
    )
    _send(message, sender)
    return message


def _send(message: Message, sender: User) -> None:
    db.session.add(message)
    db.session.flush()
    first = message.answers or message
    record(sender, "wrote", message.entry or message.body or sender)
    where = f"/notifications/messages/{first.id}"
    side = first.body.holders if first.body else [first.recipient] if first.recipient else []
    verb = "message about" if message.entry else "message"
    tell([first.sender, *side], verb, message.entry, where, by=sender, text=message.text)
    if first.body and not side:
        tell(admins(), "message unanswered", None, where, by=sender, body=first.body.name, text=message.text)
    message_sent.send(message)


def read(news: Notification, moment: Any) -> None:
    """Note that its reader has seen it."""
    news.read_at = news.read_at or moment


def read_about(user: User, entry: Entry) -> None:
    """Note that this reader has seen what was told of an entry, now that they look at it."""
    if not unread_count():
        return
    about = (Notification.user_id == user.id) & (Notification.entry_id == entry.id) & Notification.read_at.is_(None)
    if db.session.scalar(select(Notification.id).where(about).limit(1)) is not None:
        will_write()
        db.session.rollback()
        db.session.execute(update(Notification).where(about).values(read_at=now()))
        db.session.commit()
        g.pop("unread", None)


def read_all(user: User) -> None:
    """Note that this reader has seen everything."""
    unread = (Notification.user_id == user.id) & Notification.read_at.is_(None)
    db.session.execute(update(Notification).where(unread).values(read_at=now()))


def silence(user: User, verb: str) -> None:
    """No longer send this kind of news by mail; saying it twice changes nothing."""
    if db.session.get(Silence, (user.id, verb)) is None:
        db.session.add(Silence(user_id=user.id, verb=verb))


def choose(user: User, wanted: Iterable[str], offered_verbs: Iterable[str]) -> None:
    """Of these kinds of news, send the wanted ones by mail and no others."""
    verbs = set(offered_verbs)
    db.session.execute(delete(Silence).where(Silence.user_id == user.id, Silence.verb.in_(verbs)))
    for verb in sorted(verbs - set(wanted)):
        silence(user, verb)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def unsubscribe_token(user: User, verb: str) -> str:
    """Proof that a mail of this kind was sent to this person."""
    return str(_signer().dumps([user.id, verb]))


def read_token(token: str) -> tuple[User, str] | None:
    """Who and which kind of news a token names; none where it is not ours."""
    try:
        user_id, verb = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user = db.session.get(User, user_id)
    return (user, verb) if user is not None and verb in WORDS else None


def forget(user: User, **_more: Any) -> None:
    """An account was emptied: its news and settings go; what was written to others stays with them, unsigned."""
    db.session.execute(delete(Notification).where(Notification.user_id == user.id))
    db.session.execute(delete(Silence).where(Silence.user_id == user.id))


@exports("news")
def _news(user: User) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Notification).where(Notification.user_id == user.id).order_by(Notification.id))
    return [
        {"at": news.created_at.isoformat(), "verb": news.verb, "read": news.read_at is not None, **news.facts}
        for news in rows
    ]


@exports("no mail of")
def _silences(user: User) -> list[str]:
    return sorted(db.session.scalars(select(Silence.verb).where(Silence.user_id == user.id)))


@exports("messages")
def _messages(user: User) -> list[dict[str, Any]]:
    mine = select(Message).where(or_(Message.sender_id == user.id, Message.recipient_id == user.id))
    return [
        {"at": message.created_at.isoformat(), "from me": message.sender_id == user.id, "text": message.text}
        for message in db.session.scalars(mine.order_by(Message.id))
    ]
