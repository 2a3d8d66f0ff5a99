# Everything a person or CI does here. `make run` and `make test` install what is missing first.
SWIFT ?= swift
RUNTIMES := .build/runtimes
PYTHON := $(RUNTIMES)/tools/bin/python
# One file that needs no Swift on the machine; exclusivity is checked in debug builds, by every test.
RELEASE := -c release --product gatehouse --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked

.PHONY: run test setup deploy-tools browser debug release unit node conformance bench fmt check

run: setup release
	.build/release/gatehouse up Examples/products/template.yaml

test: setup check unit node conformance

setup:
	@Scripts/setup $(RUNTIMES)

deploy-tools:
	@Scripts/setup-deploy-tools $(RUNTIMES)

browser:
	@Scripts/setup-browser

debug:
	$(SWIFT) build

release:
	$(SWIFT) build $(RELEASE)

# Without the suite its tests are skipped; here that is a failure.
unit: setup
	JSON_SCHEMA_TEST_SUITE=required $(SWIFT) test

node:
	node --test Tests/NodeRuntime/

conformance: setup deploy-tools browser debug
	GATEHOUSE=$(CURDIR)/.build/debug/gatehouse GATEHOUSE_RUNTIMES=$(CURDIR)/$(RUNTIMES) \
	GATEHOUSE_PYTHON=$(CURDIR)/$(PYTHON) $(PYTHON) -m pytest -q -n 2 Conformance

bench: setup release
	$(PYTHON) Benchmarks/run.py

fmt:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

check:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@Scripts/check-hot-path
