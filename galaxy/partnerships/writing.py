"""Where needs and offers are written: the short form, the parts of the full one."""

from flask import Blueprint

bp = Blueprint("partnerships", __name__, url_prefix="/<lang:lang>/partnerships")
