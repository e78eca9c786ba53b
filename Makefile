# 绩核：make demo 看一遍样例，make test 跑测试；两者都会自己装好所需的一切（装在 .venv 里，只装一次）。

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-ready
DEV := $(VENV)/.dev-ready
OCR := $(VENV)/.ocr-ready
# The first that really runs and is new enough: the shims of pyenv are there for versions that are not.
FIND_PYTHON = for each in python3.13 python3.12 python3.11 python3 python; do \
	  "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && exit; \
	done
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
DEMO := build/demo

.PHONY: demo test test-long check ocr docs wheel lock clean help

help:
	@grep -E '^## ' $(MAKEFILE_LIST) | sed 's/^## /  /'

## make demo       读样例档案，显示结果
demo: $(RUN)
	@rm -rf $(DEMO)
	@echo '$$ jihe run samples/archive --store $(DEMO)'
	@$(BIN)/jihe run samples/archive --store $(DEMO) || test $$? -eq 65  # two of the samples are broken on purpose

## make test       测试（几分钟）
test: $(DEV)
	$(BIN)/python -m pytest -n 2 -m "not long" -q

## make test-long  连同强杀、模糊测试等长测试
test-long: $(DEV)
	$(BIN)/python -m pytest -n 2 -q

## make check      格式、规则、类型、依赖方向
check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## make ocr        文字识别（OCR），读扫描件和图片用
ocr: $(OCR)

## make docs       重新生成 docs/checks.md
docs: $(DEV)
	$(BIN)/python -m tests.audit.catalogue > docs/checks.md

## make wheel      打包到 dist/
wheel: $(DEV)
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

## make lock       重新锁定依赖的版本（改了 pyproject.toml 之后）
lock: $(DEV)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra ocr -c requirements-dev.lock -o requirements-ocr.lock

## make clean      删去 .venv 和一切生成的东西
clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo '需要 Python 3.11 或更新，没有找到。Debian/Ubuntu：apt install python3 python3-venv' >&2; exit 1; fi; \
	echo "用 $$python（$$($$python --version)）建 $(VENV)"; \
	"$$python" -m venv $(VENV) || { echo '建不了虚拟环境。Debian/Ubuntu：apt install python3-venv' >&2; exit 1; }
	@touch $@

$(RUN): $(VENV)/.made requirements.lock pyproject.toml
	@echo '安装依赖……'
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps -e .
	@touch $@

$(OCR): $(RUN) requirements-ocr.lock
	@echo '安装文字识别……'
	@$(INSTALL) --require-hashes -r requirements-ocr.lock
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo '安装开发工具……'
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
