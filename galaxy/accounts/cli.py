"""Commands about accounts: `python -m galaxy admin create` and `python -m galaxy admin list`."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from galaxy.accounts import services
from galaxy.accounts.models import User
from galaxy.accounts.passwords import complaint
from galaxy.core.db import db

group = AppGroup("admin", help="Make and list those who run this place.")


@group.command()
@click.option("--email", prompt="E-mail address", help="With which the admin signs in.")
@click.option("--name", prompt="Name", help="As others read it.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="GALAXY_ADMIN_PASSWORD")
def create(email: str, name: str, password: str) -> None:
    """Make an admin, or make an admin of a member."""
    if "@" not in email:
        raise click.BadParameter("This is not an e-mail address.", param_hint="--email")
    if wrong := complaint(password, name, email):
        raise click.BadParameter(wrong[0], param_hint="--password")
    user = services.create_admin(email.strip(), name, password)
    db.session.commit()
    click.echo(f"{user.email} is an admin. A second step of the sign-in is asked for at the first sign-in.")


@group.command("list")
def listed() -> None:
    """Show who runs this place."""
    for user in db.session.scalars(select(User).where(User.appointed).order_by(User.email)):
        state = "" if user.active else ", disabled"
        click.echo(f"{user.email}: {user.name}{'' if user.has_second_factor else ', no second step yet'}{state}")
