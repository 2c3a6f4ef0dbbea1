# Only what `sam build` calls. The architecture is ARCH, since SAM does not pass the template's: make it the same.
ARCH ?= x86_64

.PHONY: build-ArazzoFunction
build-ArazzoFunction:
	scripts/stage "$(ARCH)" "$(ARTIFACTS_DIR)"
