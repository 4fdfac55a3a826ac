# What there is beyond go run and go test is here under one word.

.PHONY: gpu test ci

# Builds ./snnrepl for NVIDIA GPUs, and shows the device and the conformance set on it. Needs gcc; no CUDA toolkit.
gpu:
	go run ./internal/cuda/setup

test:
	go test ./...

ci:
	bash .ci/run
