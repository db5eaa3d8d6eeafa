"""Where webinars are written: the short form, and the parts of the full one."""

from flask import Blueprint

from galaxy.content.writing import Step, steps_of
from galaxy.core.i18n import lazy
from galaxy.webinars.models import Webinar

bp = Blueprint("webinars", __name__, url_prefix="/<lang:lang>/webinars")


@steps_of("webinars", called=lazy("My webinars"))
def steps_of_webinar(webinar: Webinar) -> list[Step]:
    return []
