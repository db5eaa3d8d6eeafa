"""The door for any WSGI server: `gunicorn wsgi:app`."""

from galaxy import create_app

app = create_app()
