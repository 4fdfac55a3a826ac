package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
)

// talkGPU is the talk's network, smaller, and its cell that sends it to the graphics card.
const talkGPU = `// %%
net := snn.Sequential(
	snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2))),
	snn.LIF(),
	snn.Flatten(1),
	snn.Linear(3*10*12, 10),
	snn.Sigmoid(),
)
video := tensor.Rand(20, 1, 1, 10, 12).Mul(10)
scores, _ := net.Forward(video, nil)

// %%
net.CUDA()
onGPU, _ := net.Forward(video.CUDA(), nil)
fmt.Println("same:", onGPU.CPU().Equal(scores))

// %%
%timeit -n 1 -r 1 net.Forward(video.CUDA(), nil)
`

// TestTalkOnGPU: without a GPU the cell ends in one clear line that says where; with one, here the interpreter of the PTX
// that ships, the scores have the same bits and the timing works.
func TestTalkOnGPU(t *testing.T) {
	file := filepath.Join(t.TempDir(), "talk.go")
	if err := os.WriteFile(file, []byte(talkGPU), 0o600); err != nil {
		t.Fatal(err)
	}
	args := os.Args // which run gives the script's
	defer func() { os.Args = args }()
	if _, missing := cuda.Devices(); missing != nil {
		status, out, errs := snnrepl("", "run", file)
		if status == fine || !strings.Contains(errs, missing.Error()) || strings.Contains(out, "same:") || strings.Contains(errs, "goroutine") {
			t.Errorf("status %d\n%s\n%s", status, out, errs)
		}
		t.Logf("without a GPU: %s", strings.TrimSpace(errs))
	}
	defer cuda.Use(simulated.Driver{})()
	status, out, errs := snnrepl("", "run", file)
	if status != fine || errs != "" || !strings.Contains(out, "same: true") || !strings.Contains(out, "per loop") {
		t.Errorf("status %d\n%s\n%s", status, out, errs)
	}
}

// TestGPUCommand runs the command on the simulated device, and without one.
func TestGPUCommand(t *testing.T) {
	if _, missing := cuda.Devices(); missing != nil {
		if status, _, errs := snnrepl("", "gpu"); status != failed || !strings.Contains(errs, missing.Error()) {
			t.Errorf("without a GPU: status %d\n%s", status, errs)
		}
	}
	if testing.Short() {
		t.Skip("short: the conformance set takes seconds in the interpreter")
	}
	defer cuda.Use(simulated.Driver{Blas: true})()
	status, out, errs := snnrepl("", "gpu")
	if status != fine || errs != "" {
		t.Fatalf("status %d\n%s\n%s", status, out, errs)
	}
	for _, want := range []string{"cuda:0 PTX interpreter, 1.1 GB", "or, after Device.Fast(true), products of the host", "0 differ from the CPU", "| GPU: PTX interpreter, compute capability 7.0"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
