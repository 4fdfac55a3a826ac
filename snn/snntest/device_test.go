package snntest

import (
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// TestOnDevice runs what snnrepl gpu runs on hardware, on the interpreter of PTX.
func TestOnDevice(t *testing.T) {
	defer cuda.Use(simulated.Driver{})()
	d, err := snn.CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	cases, wrong := OnDevice(d)
	for _, err := range wrong {
		t.Error(err)
	}
	t.Logf("%d cases, %d wrong", cases, len(wrong))
}

// TestOnDeviceFails: a difference is found.
func TestOnDeviceFails(t *testing.T) {
	if err := sameOn("output", tensor.Of(0, 1, 2), tensor.Of(0, 1, 3)); err == nil || !strings.Contains(err.Error(), "element 2 of [3] is 2, want 3") {
		t.Errorf("error %v", err)
	}
	if sameOn("", tensor.Of(negativeZero), tensor.Of(0)) == nil || sameOn("", tensor.Of(nan), tensor.Of(1)) == nil || sameOn("", tensor.Of(nan), tensor.Of(nan)) != nil {
		t.Error("zeros of other signs, or NaN, compared wrongly")
	}
}
