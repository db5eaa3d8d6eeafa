"""The least that a page can cost on this machine: bare Flask, one query (two for a list), one Jinja template."""

from flask import Flask, abort, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks import corpus

ROWS = 500
TEMPLATES = {
    "layout.html": "<!doctype html><html lang=en><head><title>{% block title %}{% endblock %}</title></head><body>"
    "<nav>{% for each in range(8) %}<a href='/{{ each }}'>Place {{ each }}</a>{% endfor %}</nav>"
    "<main>{% block main %}{% endblock %}</main></body></html>",
    "one.html": "{% extends 'layout.html' %}{% block title %}{{ text.title }}{% endblock %}{% block main %}"
    "<h1>{{ text.title }}</h1><p>{{ text.summary }}</p>{% for part in text.body.split('. ') %}<p>{{ part }}</p>"
    "{% endfor %}{% endblock %}",
    "list.html": "{% extends 'layout.html' %}{% block title %}Texts{% endblock %}{% block main %}<p>{{ total }}</p>"
    "{% for text in texts %}<article><h2><a href='{{ url_for('one', number=text.id) }}'>{{ text.title }}</a></h2>"
    "<p>{{ text.summary | truncate(180) }}</p></article>{% endfor %}{% endblock %}",
}


def an_app() -> Flask:
    """A site with two pages, `/one/<id>` and `/list/<page>`, and nobody to sign in."""

    class Base(DeclarativeBase):
        pass

    db = SQLAlchemy(model_class=Base)

    class Text(Base):
        __tablename__ = "text"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        summary: Mapped[str]
        body: Mapped[str]

    app = Flask("floor")
    app.jinja_env.loader = DictLoader(TEMPLATES)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        db.create_all()
        for text in corpus.entries(ROWS):
            db.session.add(Text(title=text.title, summary=text.summary, body=text.body))
        db.session.commit()

    @app.get("/one/<int:number>")
    def one(number: int) -> str:
        text = db.session.scalar(select(Text).where(Text.id == number)) or abort(404)
        return render_template("one.html", text=text)

    @app.get("/list/<int:page>")
    def many(page: int) -> str:
        texts = db.session.scalars(select(Text).order_by(Text.id.desc()).limit(20).offset(page * 20)).all()
        return render_template("list.html", texts=texts, total=db.session.scalar(select(func.count(Text.id))))

    return app
