"""`python -m galaxy demo`: load the demonstration, take it away, or do both."""

import click
from flask.cli import with_appcontext

from galaxy.core.db import db
from galaxy.pages import demo as demonstration


@click.command()
@click.option("--again", is_flag=True, help="Take it away and load it anew.")
@click.option("--remove", is_flag=True, help="Take it away, with all that was written with its accounts.")
@click.pass_context
@with_appcontext
def demo(context: click.Context, /, *, again: bool, remove: bool) -> None:
    """Load the demonstration once: accounts, solutions, organisations, all marked as demonstration.

    Its accounts are meant for GALAXY_DEMO=1, where nobody real works. Their password is GALAXY_DEMO_PASSWORD, or made
    once and kept in the instance folder.
    """
    if again or remove:
        count = demonstration.remove()
        db.session.commit()
        _say(f"demonstration: {count} entries taken away")
    if remove:
        return
    if demonstration.is_loaded():
        demonstration.keep_password()
        db.session.commit()
        _say("demonstration: is there")
    else:
        demonstration.load(_say)
    if context.parent is None or context.parent.info_name != "serve":  # which tells them once it is ready
        for email in demonstration.ANNOUNCED:
            _say(f"{email:26} password: {demonstration.password()}")


def _say(words: str) -> None:
    click.echo(f"· {words}")
