.DEFAULT_GOAL := help
SHELL := bash
export PATH := $(CURDIR)/.tools/bin:$(PATH)
# A wheel or a test must not depend on what the caller's shell happens to export.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# Without bytecode every one of the hundreds of processes compiles its libraries anew: 11 s of them where 3 s do.
unexport PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
pytest := $(python) -m pytest
uv := .tools/bin/uv

.PHONY: help
help: ## list these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## make the environments from the locks (does nothing when they are up to date)
	@bash infra/local/setup.sh

.PHONY: lock
lock: ## resolve requirements/*.in again and write the hash locks (UPGRADE=1: newer versions)
	@bash infra/local/setup.sh tools
	@bash infra/local/lock.sh
	@bash infra/local/setup.sh checks
	@$(python) -m infra.packaging.licences

# ---------------------------------------------------------------------------------------- checks
.PHONY: lint
lint: setup ## ruff, its formatter, mypy --strict, and TypeScript's check of the pages
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m infra.checks.typescript

.PHONY: unit
unit: setup ## the tests of the pure core, in under a minute
	$(pytest) tests/core -m "not slow" -q -n 2 --dist loadfile

.PHONY: component
component: setup ## the tests of functions and infra that need no emulator, without the slow ones, in some minutes
	$(pytest) tests/functions tests/infra -m "not slow" -q -n 2 --dist loadfile

.PHONY: test
test: setup ## every test, the ones on the emulator included
	@bash tests/all.sh

.PHONY: sweeps
sweeps: setup ## the tests that need no emulator once more, and of each sweep the whole
	WHOLE_SWEEPS=1 $(pytest) tests --ignore tests/e2e -q -n 2 --dist loadfile

.PHONY: static
static: setup ## cdk-nag, cfn-lint, cfn-guard, checkov, bandit and Spectral: nothing found that is not explained
	@bash infra/local/setup.sh checks
	@$(python) -m infra.checks

.PHONY: check
check: lint static test check-iam ## lint, static checks, tests and least privilege: everything

.PHONY: lint-regions
lint-regions: setup ## check every region file; with DEPLOYED=FILE_OR_FOLDER against what is deployed
	$(python) -m infra.region lint $(if $(DEPLOYED),--deployed $(DEPLOYED))

# ------------------------------------------------------------------------------------ run it here
REGION ?= pavlodar
# Where nobody names one, `make demo` takes what `make up` runs.
region_asked = $(if $(filter file,$(origin REGION)),,--region $(REGION))

.PHONY: demo
demo: setup ## deploy to a local emulator and play one complaint from photo to answer (REGION=astana: of that region)
	@$(python) -m infra.local.demo $(region_asked)

.PHONY: up
up: setup ## start and deploy the same, and leave it running (REGION=astana: that region)
	@$(python) -m infra.local.up $(region_asked)

.PHONY: down
down: setup ## end what `make up` started
	@$(python) -m infra.local.down

.PHONY: citizen
citizen: setup ## while `make up` runs, another citizen's token, for a shell: make citizen NAME=citizen-2
	@$(python) -m infra.local.callers citizen $(NAME)

.PHONY: key
key: setup ## while `make up` runs, another body's key, for a shell: make key AGENCY=city_roads
	@$(python) -m infra.local.callers key $(AGENCY)

ROLE ?= officer

.PHONY: officer
officer: setup ## while `make up` runs, another body's officer, for a shell: make officer AGENCY=city_roads ROLE=head
	@$(python) -m infra.local.callers officer $(AGENCY) $(ROLE)

.PHONY: pushes
pushes: setup ## while `make up` runs, what phones are sent, as they show it (FOR=30: so many seconds)
	@$(python) -m infra.local.pushes $(if $(FOR),--for $(FOR))

PORT ?= 8090

.PHONY: receiver
receiver: setup ## a webhook receiver on this machine that prints what comes: make receiver SECRET=whsec_… PORT=8090
	@SECRET='$(SECRET)' $(python) -m infra.local.receiver --port $(PORT)

.PHONY: synth
synth: setup ## write the CloudFormation templates to cdk.out; from then on `up`, `demo` and the tests need no network
	cdk synth --quiet
	@$(python) -m infra.local.assembly

# ---------------------------------------------------------------------------------------- regions
.PHONY: region
region: setup ## write a new region file that asks every question: make region NAME=astana
	@$(python) -m infra.region new --name $(NAME)

.PHONY: where
where: setup ## which body answers there, and why: make where LAT=52.28 LON=76.95 CATEGORY=rubbish (or CSV=file)
	@$(python) -m infra.region where --region $(REGION) \
		$(if $(CSV),--csv $(CSV),--lat $(LAT) --lon $(LON) --category $(CATEGORY))

.PHONY: preflight
preflight: setup ## what the account must have before a region is deployed, read-only: make preflight REGION=pavlodar
	@$(python) -m infra.preflight --region $(REGION)

.PHONY: changes
changes: setup ## what no deployment can do, or must not, to what is deployed (after make synth): make changes REGION=pavlodar
	@$(python) -m infra.changes --region $(REGION)

.PHONY: texts
texts: setup ## the page for translators: every text with its example in three languages, into .build/texts.html
	@$(python) -m infra.texts

.PHONY: national
national: setup ## regions side by side, of their public files: make national FROM="https://one.example https://two.example"
	@$(python) -m infra.national $(FROM)

# ---------------------------------------------------------------------------------------- operation
.PHONY: ops
ops: setup ## the operator's commands: make ops REGION=pavlodar DO="dead-letters list"
	@$(python) -m infra.ops --region $(REGION) $(DO)

.PHONY: trace
trace: setup ## one complaint's whole way: make trace REGION=pavlodar COMPLAINT=PVL-26-7K3M9T
	@$(python) -m infra.ops --region $(REGION) trace $(COMPLAINT)

.PHONY: check-iam
check-iam: setup ## every role on an emulator that enforces IAM, and without each of its actions in turn
	$(pytest) tests/e2e/test_least_privilege.py -v -o timeout=900

# ------------------------------------------------------------------------------------ measurements
N ?= 100000
SEED ?= 1

.PHONY: simulate
simulate: setup ## run N simulated complaints with random faults: make simulate N=1000000 SEED=7
	@$(python) -m tests.simulation --count $(N) --seed $(SEED)

REQUESTS ?= 100000
ON_EMULATOR ?= 5000

.PHONY: fuzz
fuzz: setup ## requests made of the published document, right and wrong: make fuzz REQUESTS=100000 ON_EMULATOR=5000
	@$(python) -m tests.fuzz --count $(REQUESTS) --emulator $(ON_EMULATOR) --seed $(SEED)

.PHONY: bench
bench: setup ## measure imports, warm CPU and the burst against bare handlers
	@$(python) -m tests.bench

.PHONY: cost
cost: setup ## count and price the AWS requests of one complaint, and all the rest (WRITE=1: into docs/cost.md)
	@$(python) -m infra.local.cost $(if $(WRITE),--write)

# ------------------------------------------------------------------------------------- housekeeping
.PHONY: licences
licences: setup ## write LICENSES.md from the locked packages' metadata
	@bash infra/local/setup.sh checks
	@$(python) -m infra.packaging.licences

.PHONY: clean
clean: ## remove everything that is made: environments, builds, state
	rm -rf .tools .venv .venv-emulator .venv-checks web/node_modules .build .local cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis
