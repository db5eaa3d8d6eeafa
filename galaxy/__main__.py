"""`python -m galaxy`: Galaxy's commands."""

from galaxy.cli import main

main(prog_name="python -m galaxy")
