# What one does with Galaxy. `make run` and `make test` need Python 3.11 or newer and make, and nothing else.

PYTHON := $(shell for each in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
IN := .venv/bin/
WORDS := galaxy/translations
UV = $(shell command -v uv || echo $(IN)uv)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

# Compiled bytecode is what makes the second start quick; the environment is ours alone.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench translations migration-initial screenshots python environment environment-test

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name words; do \
		printf '  make %-18s %s\n' "$$name" "$$words"; done

run: environment  ## set up what is missing, and serve Galaxy with its demonstration (PORT=8000; GALAXY_DEMO=0 without)
	@GALAXY_DEMO=$${GALAXY_DEMO-1} exec $(IN)python -m galaxy serve

test: environment-test  ## set up what is missing, and run every test (T=tests/search for some)
	@exec $(IN)python -m pytest --numprocesses auto --dist worksteal $(T)

check: environment-test  ## all that must hold before a change is accepted: what CI runs
	$(IN)ruff format --check --quiet
	$(IN)ruff check --quiet
	$(IN)mypy
	$(IN)lint-imports
	$(IN)djlint templates --profile jinja --lint --quiet
	$(IN)python -m tests.translations
	@$(MAKE) --no-print-directory test

format: environment-test  ## put code into its usual form
	$(IN)ruff check --fix --quiet
	$(IN)ruff format --quiet

lock: environment-test  ## pin the newest versions of all packages, with their hashes
	$(COMPILE) --upgrade --no-annotate requirements-uv.in --output-file requirements-uv.txt
	$(COMPILE) --upgrade requirements.in --output-file requirements.txt
	$(COMPILE) --upgrade --constraints requirements.txt requirements-dev.in --output-file requirements-dev.txt
	$(COMPILE) --upgrade --constraints requirements.txt requirements-semantic.in --output-file requirements-semantic.txt

bench: environment-test  ## measure
	@for each in benchmarks/*.py; do echo "== $$each"; PYTHONPATH=. $(IN)python "$$each" || exit 1; done

translations: environment-test  ## collect the words of the interface, and bring every catalogue up to date
	$(IN)pybabel -q extract -F babel.cfg -k lazy --no-location --sort-output --project Galaxy -o $(WORDS)/messages.pot .
	for each in $(WORDS)/*/LC_MESSAGES; do \
		$(IN)pybabel -q update -i $(WORDS)/messages.pot -d $(WORDS) -l "$$(basename "$$(dirname "$$each")")" \
		--no-fuzzy-matching --ignore-obsolete --no-wrap || exit 1; done
	rm $(WORDS)/messages.pot
	@$(PYTHON) bootstrap.py test

migration-initial: environment-test  ## before the first release only: write the one first migration anew
	$(IN)python -m migrations.initial

screenshots: environment-test  ## look at the pages: pictures at 360 and 1440 px in tests/screenshots
	$(IN)python -m pytest --numprocesses 0 -m browser --screenshots $(T)

environment: python
	@$(PYTHON) bootstrap.py run

environment-test: python
	@$(PYTHON) bootstrap.py test

python:
	@test -n "$(PYTHON)" || { echo "Galaxy needs Python 3.11 or newer, and found none. On Debian or Ubuntu: sudo apt install python3 python3-venv"; exit 1; }
