# What a person does with this repository. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
# What `sam-build` builds for: arm64 (what the template deploys unless told otherwise) or x86_64.
ARCH ?= arm64

RUST_MIN := 1.95
LAMBDAS := webhooks mail mail-authorizer tickets chatbot-status relay
LOCAL_VENV := .tools/venv
BROKER_VENV := .tools/broker
ENGINES := .tools/engines
PLATFORMS := facebook instagram whatsapp twitter email
# What the functions asked of AWS in the journeys.
AWS_CALLS := $(CURDIR)/target/aws-calls
# What `fuzz` works on, and for how long each.
PLATFORM ?= $(PLATFORMS)
MINUTES ?= 5
NPM := npm --prefix frontend --no-fund --no-audit --no-update-notifier
SAM_VENV := .tools/sam
CHECKOV_VENV := .tools/checkov
SAM := SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/$(SAM_VENV)/bin:$$PATH" sam

say = printf '==> %s\n'
# A failing step ends with a sentence that says what to do.
else = || { printf 'make $@: %s\n'
stop = >&2; exit 1; }

.PHONY: help
help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1@\2/' | column -t -s@

.PHONY: setup
setup: check-tools $(LOCAL_VENV)/.ready ## Check the toolchains and install what the local stack needs into .tools/
	@$(say) 'Set up. `make run` starts the product, `make test` checks it.'

.PHONY: check-tools
check-tools:
	@$(say) 'Checking the toolchains'
	@.ci/check-tools $(RUST_MIN) $(PYTHON) $(else) 'install what is named above, then run it again.' $(stop)

.PHONY: check-browser
check-browser:
	@.ci/check-browser $(else) 'install what is named above, then run it again.' $(stop)

# Rebuilt when its list changes; half an installation is never taken for a whole one.
$(LOCAL_VENV)/.ready: crates/local/requirements.txt
	@$(say) 'Installing the emulator of Cognito, Secrets Manager and S3 into $(LOCAL_VENV) (about a minute)'
	@$(PYTHON) -m venv --clear $(LOCAL_VENV) $(else) '`$(PYTHON) -m venv` failed: install python3-venv, then run it again.' $(stop)
	@$(LOCAL_VENV)/bin/pip install --quiet --disable-pip-version-check -r $< \
		$(else) 'pip could not install crates/local/requirements.txt: see its message above, check the network, then run it again.' $(stop)
	@touch $@

$(BROKER_VENV)/.ready: tests/requirements.txt
	@$(say) 'Installing the Kafka broker of the tests into $(BROKER_VENV)'
	@$(PYTHON) -m venv --clear $(BROKER_VENV) $(else) '`$(PYTHON) -m venv` failed: install python3-venv, then run it again.' $(stop)
	@$(BROKER_VENV)/bin/pip install --quiet --disable-pip-version-check -r $< \
		$(else) 'pip could not install tests/requirements.txt: see its message above, check the network, then run it again.' $(stop)
	@touch $@

.PHONY: broker
broker: check-tools $(BROKER_VENV)/.ready ## Install what the tests in Rust need beside `setup`

# Only when every file was checked and compiled; an installation that was cut off goes on.
$(ENGINES)/.ready: tests/engines/install $(wildcard tests/engines/*/jars tests/engines/java/*)
	@$(say) 'Installing Apache Kafka and DynamoDB Local into $(ENGINES) (100 MB)'
	@rm -f $@
	@tests/engines/install $(ENGINES) $(else) 'see above.' $(stop)
	@touch $@

.PHONY: engines
engines: $(ENGINES)/.ready ## Install Apache Kafka and DynamoDB Local, for `test-engines`

$(SAM_VENV)/.ready: .ci/requirements-sam.txt
	@$(say) 'Installing the SAM tools into $(SAM_VENV) (about a minute)'
	@$(PYTHON) -m venv --clear $(SAM_VENV) $(else) '`$(PYTHON) -m venv` failed: install python3-venv, then run it again.' $(stop)
	@$(SAM_VENV)/bin/pip install --quiet --disable-pip-version-check -r $< \
		$(else) 'pip could not install .ci/requirements-sam.txt: see its message above, check the network, then run it again.' $(stop)
	@touch $@

$(CHECKOV_VENV)/.ready: .ci/requirements-checkov.txt
	@$(say) 'Installing checkov into $(CHECKOV_VENV) (about a minute)'
	@$(PYTHON) -m venv --clear $(CHECKOV_VENV) $(else) '`$(PYTHON) -m venv` failed: install python3-venv, then run it again.' $(stop)
	@$(CHECKOV_VENV)/bin/pip install --quiet --disable-pip-version-check -r $< \
		$(else) 'pip could not install .ci/requirements-checkov.txt: see its message above, check the network, then run it again.' $(stop)
	@touch $@

# npm writes this file last, so half an installation is never taken for a whole one.
frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	@$(say) 'Installing what the pages are built with (about a minute)'
	@$(NPM) ci --loglevel=error $(else) 'npm could not install frontend/package-lock.json: see its message above, check the network, then run it again.' $(stop)
	@touch $@

.PHONY: pages
pages: check-tools frontend/node_modules/.package-lock.json ## Build workbench and sandbox, and check their size
	@$(say) 'Building the pages'
	@$(NPM) run --silent build $(else) 'the pages did not build: the first error above says why.' $(stop)

.PHONY: run
run: setup pages ## Serve the whole product on http://127.0.0.1:8787 (PORT, DATA_DIR); Ctrl-C stops all of it
	@$(say) 'Building the local stack (the first time takes some ten minutes on two cores, then seconds)'
	@cargo build --locked -p tributary-local --bin tributary-local $(else) 'the build failed: the first error above says why.' $(stop)
	@$(say) 'Starting; wait for the line that begins with "ready"'
	@exec cargo run --quiet --locked -p tributary-local --bin tributary-local

.PHONY: replay
replay: ## Receive again what is parked in the running local stack (PORT, CHANNEL=whatsapp)
	@$(say) 'Replaying what is parked'
	@cargo run --quiet --locked -p tributary-local --bin tributary-local -- replay $(CHANNEL) \
		$(else) 'nothing was replayed: see above. The local stack has to run (`make run`).' $(stop)

.PHONY: test
test: setup broker check-browser pages ## Formatting, lints, every test in Rust, Node and the browser, and the API document against the code
	@$(say) 'Checking the pages: types, lints, and their API types against the document'
	@$(NPM) run --silent check $(else) 'the pages have faults: see above. If only src/api/schema.d.ts drifted, run `npm run api` in frontend/ and commit it.' $(stop)
	@$(say) 'Testing the pages'
	@$(NPM) test --silent $(else) 'tests of the pages failed: see above.' $(stop)
	@$(say) 'Checking the formatting'
	@cargo fmt --all --check $(else) 'run `cargo fmt --all` and commit the result.' $(stop)
	@.ci/public-suffixes --check $(else) 'see above.' $(stop)
	@$(say) 'Linting, warnings are errors'
	@cargo clippy --locked --workspace --all-targets -- -D warnings $(else) 'clippy found what is named above.' $(stop)
	@$(say) 'Checking that the local stack builds by itself, as `make run` builds it'
	@cargo check --locked -p tributary-local --bins $(else) 'it needs a feature that only its neighbours ask for: the first error above says which.' $(stop)
	@$(say) 'Building the Lambda binaries and the tests'
	@cargo build --locked --workspace --bins --tests $(else) 'the build failed: the first error above says why.' $(stop)
	@$(say) 'Testing'
	@rm -rf $(AWS_CALLS)
	@RECORD_AWS_CALLS="$(AWS_CALLS)" cargo test --locked --workspace --no-fail-fast \
		$(else) 'tests failed, see above. If only the API document drifted, run `make openapi` and commit it.' $(stop)
	@$(say) 'Comparing what the functions asked of AWS with what the template grants'
	@cargo run --quiet --locked -p tributary-journeys --bin check-grants -- "$(AWS_CALLS)" \
		$(else) 'grant in template.yaml what is called, take away what is not, or let a journey call it.' $(stop)
	@$(say) 'Testing in the browser'
	@$(NPM) run --silent e2e $(else) 'a browser test failed: see above, and the pictures and traces in frontend/test-results.' $(stop)

# One test: `make engines`, then
#   TRIBUTARY_BROKER=kafka cargo test -p tributary-journeys --test journeys broker_gone
#   cargo test -p tributary-journeys --test kafka -- --ignored iam
# For the store on DynamoDB Local or any other endpoint: TRIBUTARY_DYNAMODB_URL=http://127.0.0.1:8000
#   cargo test -p tributary-dynamodb --test store
.PHONY: test-engines
test-engines: setup engines ## The store on DynamoDB Local, events on Apache Kafka: by IAM too, and with the broker killed
	@tests/engines/run $(ENGINES) $(else) 'a test failed or an engine did not start: see above.' $(stop)

.PHONY: bench
bench: setup ## Measure, in release
	@$(say) 'Benchmarking (the first release build takes some ten minutes on two cores)'
	@cargo bench --locked -p tributary-webhooks --bench inbound -p tributary-dynamodb --bench sends -p tributary-local --bench throughput $(else) 'a benchmark did not build or run: see above.' $(stop)

.PHONY: fuzz
fuzz: check-tools ## Look for bodies that break a law (PLATFORM=whatsapp, MINUTES=5 each)
	@tests/fuzz/run fuzz $$(($(MINUTES) * 60)) $(PLATFORM) $(else) 'see above. PLATFORM is one or more of $(PLATFORMS).' $(stop)

.PHONY: fuzz-short
fuzz-short: check-tools ## Check the fuzz targets, receive the kept corpus and look a little further
	@$(say) 'Checking the fuzz targets'
	@cd tests/fuzz && cargo fmt --check $(else) 'run `cargo fmt` in tests/fuzz and commit the result.' $(stop)
	@cd tests/fuzz && CARGO_TARGET_DIR=../../target/fuzz cargo clippy --quiet --locked --all-targets -- -D warnings $(else) 'clippy found what is named above.' $(stop)
	@tests/fuzz/run short 120 $(PLATFORMS) $(else) 'see above.' $(stop)

.PHONY: fuzz-keep
fuzz-keep: check-tools ## Keep the smallest corpus that reaches what `make fuzz` reached
	@tests/fuzz/run keep $(PLATFORM) $(else) 'see above. PLATFORM is one or more of $(PLATFORMS).' $(stop)

.PHONY: openapi
openapi: check-tools ## Write docs/api/openapi.json anew from the code
	@$(say) 'Writing docs/api/openapi.json'
	@mkdir -p docs/api target
	@cargo run --quiet --locked -p tributary-local --bin openapi > target/openapi.json \
		$(else) 'the document was not written: see above. The committed one is untouched.' $(stop)
	@mv target/openapi.json docs/api/openapi.json

.PHONY: lint-template
lint-template: $(SAM_VENV)/.ready $(CHECKOV_VENV)/.ready ## Validate and lint template.yaml, and check what it becomes and what is said of it
	@$(say) 'The models against docs/api/openapi.json'
	@.ci/models --check $(else) 'run `.ci/models` and commit template.yaml.' $(stop)
	@$(say) 'sam validate --lint'
	@$(SAM) validate --lint --region us-east-1 $(else) 'template.yaml is not valid: see above.' $(stop)
	@$(say) 'cfn-lint'
	@$(SAM_VENV)/bin/cfn-lint --regions us-east-1 eu-west-1 --non-zero-exit-code informational -- template.yaml \
		$(else) 'cfn-lint found what is named above.' $(stop)
	@$(say) 'checkov'
	@$(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml --file template.yaml \
		$(else) 'checkov found what is named above. What is meant so gets a reason, in the Metadata of its resource or in .checkov.yaml.' $(stop)
	@$(say) 'What the documents tell people to do'
	@$(SAM_VENV)/bin/python .ci/check-docs $(else) 'a document says what is not so: see above.' $(stop)
	@$(say) 'What the template becomes: routes, models, alarms, limits'
	@$(SAM_VENV)/bin/python .ci/check-template $(else) 'the template breaks what is named above.' $(stop)

# What the crates compile in C is small too, and has no tables to unwind by: nothing unwinds through it.
LEAN := -Os -fno-asynchronous-unwind-tables
# librdkafka's configure knows only CC, CXX and AR.
ZIG_TOOLS := CFLAGS_x86_64_unknown_linux_gnu="$(LEAN)" CFLAGS_aarch64_unknown_linux_gnu="$(LEAN)" \
	ZIG_PYTHON="$(CURDIR)/$(SAM_VENV)/bin/python" CC="$(CURDIR)/.ci/zig-cc" CXX="$(CURDIR)/.ci/zig-cxx" \
	AR="$(CURDIR)/.ci/zig-ar" HOST_CC=cc HOST_CXX=c++ HOST_AR=ar

.PHONY: sam-build
sam-build: $(SAM_VENV)/.ready ## Build the functions for deployment into .aws-sam/ (ARCH=arm64 or x86_64)
	@case $(ARCH) in \
		arm64) cpu=aarch64 ;; \
		x86_64) cpu=x86_64 ;; \
		*) false $(else) 'ARCH is arm64 or x86_64.' $(stop) ;; \
	esac; \
	rustup target list --installed | grep -x "$$cpu-unknown-linux-gnu" >/dev/null \
		|| { $(say) "Adding the Rust target $$cpu-unknown-linux-gnu"; rustup target add "$$cpu-unknown-linux-gnu"; } \
		$(else) 'the Rust target could not be added: see above.' $(stop); \
	$(say) 'sam build for $(ARCH): $(LAMBDAS) (the first time takes twenty minutes and more on two cores)'; \
	export ZIG_TARGET="$$cpu-linux-gnu.2.28" $(ZIG_TOOLS); \
	$(SAM) build --parameter-overrides Architecture=$(ARCH) $(else) 'the build failed: the first error above says why.' $(stop)

.PHONY: build-arm64
build-arm64: ## Build the functions for arm64, which cannot run on an x86_64 machine, and say how large they are
	@$(MAKE) --no-print-directory sam-build ARCH=arm64
	@.ci/sizes .aws-sam/build

.PHONY: test-built
test-built: setup broker ## Build the functions for x86_64 as for deployment, and let them make the journeys
	@$(MAKE) --no-print-directory sam-build ARCH=x86_64
	@.ci/sizes .aws-sam/build
	@$(say) 'Testing what was built'
	@SAM_BUILD_DIR="$(CURDIR)/.aws-sam/build" cargo test --locked -p tributary-journeys --test journeys \
		$(else) 'a journey failed with the functions as they would be deployed: see above.' $(stop)

.PHONY: bench-coldstart
bench-coldstart: ## How long each function takes to its first poll, beside the least that one can be
	@$(MAKE) --no-print-directory sam-build ARCH=x86_64
	@$(say) 'Building the least function'
	@export ZIG_TARGET=x86_64-linux-gnu.2.28 $(ZIG_TOOLS) PATH="$(CURDIR)/$(SAM_VENV)/bin:$$PATH"; \
	cargo lambda build --quiet --locked --release --target x86_64-unknown-linux-gnu.2.28 -p tributary-coldstart --bin hello \
		--lambda-dir target/coldstart $(else) 'it did not build: see above.' $(stop)
	@for function in $(LAMBDAS); do \
		resource=$$(sed -E 's/(^|-)(.)/\U\2/g' <<<"$$function")Function; \
		mkdir -p "target/coldstart/$$function"; \
		cp ".aws-sam/build/$$resource/bootstrap" "target/coldstart/$$function/bootstrap"; \
	done
	@$(say) 'Starting each'
	@cargo run --quiet --locked -p tributary-coldstart --bin tributary-coldstart -- target/coldstart \
		$(else) 'a function does not start, or starts too slowly: see above.' $(stop)
