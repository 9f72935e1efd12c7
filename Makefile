# Each target first sets up what it needs in .venv; nothing is installed anywhere else.

BIN := .venv/bin
READY := .venv/.ready
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(name) -c \
	'import ensurepip, sys, venv; print(sys.executable if sys.version_info >= (3, 11) else "")' 2>/dev/null)))

# As many as there are processors; half as many again where tests wait for LibreOffice, for servers and for the disk.
PROCESSES := auto
WAITING := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 2) * 3 // 2)')

.PHONY: demo test check bench round-trip fuzz kill mail mutations snapshots format lock clean

## The whole loop over samples/ in a fresh folder, told step by step (DEMO=folder to choose it).
demo: $(READY)
	@$(BIN)/tianbao demo $(DEMO); status=$$?; \
	if [ $$status -eq 1 ]; then echo "The demo ends with status 1, as it should: the sample returns contain mistakes, and it found them."; fi; \
	[ $$status -le 1 ]

## All tests, in as many processes as there are processors (PYTEST_ARGS="-k merge" to choose, "-n0" for a single process).
test: $(READY)
	$(BIN)/python -m pytest -n $(PROCESSES) --maxprocesses 8 $(PYTEST_ARGS)

## What CI asks: format, rules, import contracts, types, tests with branch coverage, and without it those of the whole house.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(MAKE) --no-print-directory test PYTEST_ARGS="--cov -m 'not whole' $(PYTEST_ARGS)"
	$(MAKE) --no-print-directory test PROCESSES=$(WAITING) PYTEST_ARGS="-m whole $(PYTEST_ARGS)"

## The speed of the main paths, as ratios measured in one run.
bench: $(READY)
	$(BIN)/python -m pytest --quiet --capture=no -m bench tests/benchmarks

## Damage honest workbooks in every way and read them (SECONDS=600, JOBS=2; --case NUMBER in FUZZ_ARGS makes one again).
fuzz: $(READY)
	$(BIN)/python -m tests.fuzz.run --seconds $(or $(SECONDS),60) --jobs $(or $(JOBS),2) $(FUZZ_ARGS)

## Kill the work of an office at random instants and at every step at which it writes (KILLS=300, UNITS=60, JOBS=2; --seed N in KILL_ARGS).
kill: $(READY)
	$(BIN)/python -m tests.kill.run --kills $(or $(KILLS),300) --units $(or $(UNITS),60) --jobs $(or $(JOBS),2) $(KILL_ARGS)

## Rounds by mail in which connections are cut, mails put off and refused, processes killed (ROUNDS=5, UNITS=60; --seed N in MAIL_ARGS).
mail: $(READY)
	$(BIN)/python -m tests.mail.disturbed --rounds $(or $(ROUNDS),5) --units $(or $(UNITS),60) $(MAIL_ARGS)

## Every filling that LibreOffice types into every form and saves, 210 of each; then 300 published reports of each layout and kind,
## written and read back. `make check` takes a few of them.
round-trip: $(READY)
	TIANBAO_FILLINGS=68 $(BIN)/python -m pytest -n auto --maxprocesses 3 --capture=no tests/office/test_round_trip.py -k every_cell
	TIANBAO_REPORTS=300 $(BIN)/python -m pytest -n auto --maxprocesses 4 tests/reports/published/test_read_back.py

## Every alteration of the table over every form and filling, then pairs of them (MUTATIONS_ARGS="--pairs 10000").
mutations: $(READY)
	$(BIN)/python -m tests.mutations.figures $(MUTATIONS_ARGS)

## Renew the manual, the transcripts, the sample results and the snapshots; read their diff before you commit it.
snapshots: $(READY)
	$(BIN)/python -m tests.renew_manual
	$(BIN)/python -m tests.readme
	$(BIN)/python -m tests.renew_samples
	$(BIN)/python -m pytest --snapshot-update

## Put the code in the house's format, and mend what can be mended without thought.
format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## Renew constraints.txt: every version for every system and every Python, with hashes and without an index address.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev --extra mail --extra parquet \
		--generate-hashes --no-annotate --custom-compile-command "make lock" --output-file constraints.txt pyproject.toml

clean:
	rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	$(if $(PYTHON),,$(error Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)))
	[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check --quiet
	@touch $@
