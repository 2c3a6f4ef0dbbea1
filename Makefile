# Only what `sam build` calls. The architecture is ARCH, since SAM does not pass the template's: make it the same.
ARCH ?= x86_64

.PHONY: build-ArazzoFunction
build-ArazzoFunction:
	scripts/package $(ARCH)
	cp -R build/lambda-$(ARCH)/staged/. "$(ARTIFACTS_DIR)"
