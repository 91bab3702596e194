# Two commands on a fresh machine: `make demo` and `make test`. Each makes its own virtual environment in .venv.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint generate check-generated wheel-smoke clean

$(BIN)/auditor: pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(BIN)/.dev: $(BIN)/auditor
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

demo: $(BIN)/auditor
	@echo "Seven real models from saved evidence, hosted by a company with 10 million users; no network."
	@$(BIN)/auditor check --evidence reports/examples/evidence --use hosted --fact organization=company --fact monthly_active_users=10M \
	  -o demo-report.html; code=$$?; \
	  echo; echo "A gate would get exit code $$code (blocked). The report for a lawyer: demo-report.html"; test $$code -eq 1
	@echo; echo "One invented model whose texts may be quoted:"
	@$(BIN)/auditor check --evidence reports/examples/synthetic --use internal --gpu rtx-4090; code=$$?; \
	  echo; echo "A gate would get exit code $$code (review)."; test $$code -eq 3

test: $(BIN)/.dev
	@$(BIN)/python -m pytest

lint: $(BIN)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

generate: $(BIN)/.dev
	@$(BIN)/python scripts/generate.py

check-generated: $(BIN)/.dev
	@$(BIN)/python scripts/generate.py --check

wheel-smoke: $(BIN)/.dev
	@$(BIN)/python scripts/wheel_smoke.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-report.html
