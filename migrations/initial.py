"""Before the first release: write the one migration that makes every table, and the triggers that guard the log."""

import pprint
import tempfile

from alembic import command

from galaxy import create_app
from galaxy.accounts.models import APPEND_ONLY
from galaxy.core.schema import FOLDER, scripts

UP = """    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
"""
DOWN = """    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION activity_append_only()")
"""


def main() -> None:
    versions = FOLDER / "versions"
    for old in versions.glob("*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as instance, create_app(instance, DATABASE_URL="").app_context():
        command.revision(scripts(), "Make every table.", autogenerate=True, rev_id="0001")
    (made,) = versions.glob("*.py")
    text = made.read_text()
    guard = (
        f"\n# The database itself refuses to change the log.\nAPPEND_ONLY = {pprint.pformat(APPEND_ONLY, width=110)}\n"
    )
    text = text.replace("\n\n\ndef upgrade", f"\n{guard}\n\ndef upgrade").replace(
        "\n\n\ndef downgrade", f"\n{UP}\n\ndef downgrade"
    )
    made.write_text(text.rstrip("\n") + "\n" + DOWN)
    made.rename(versions / "0001_initial.py")


if __name__ == "__main__":
    main()
