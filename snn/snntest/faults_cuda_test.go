//go:build cuda && cgo && linux

package snntest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func TestMain(m *testing.M) {
	if os.Getenv("SNN_FAULT_SESSION") != "" {
		session()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// session is what a user does on a GPU, one thing after the other, whatever became of the one before. It prints what went
// wrong, and whether the CPU goes on.
func session() {
	tensor.Seed(1)
	model, x := snn.Sequential(snn.Linear(40, 64), snn.LIFCell(), snn.Linear(64, 3)), tensor.Rand(2, 40)
	want, _ := model.Forward(x, nil)
	kept := model.At(0).(*snn.Dense).Weight().Clone()
	try := func(name string, f func() error) {
		defer func() {
			if r := recover(); r != nil {
				fmt.Printf("%s: panic: %v\n", name, r)
			}
		}()
		if err := f(); err != nil {
			fmt.Printf("%s: %v\n", name, err)
		}
	}
	var gpu tensor.Device
	try("open", func() (err error) { gpu, err = snn.CUDA(0); return err })
	if gpu.IsCPU() {
		return
	}
	try("to", func() error { _, err := model.To(gpu); return err })
	try("loop", func() error {
		loop, err := snn.Loop(gpu, model, 2, 40)
		if err != nil {
			return err
		}
		for range 3 {
			if _, err := loop.Step(x); err != nil {
				return err // a failed device closes nothing any more
			}
		}
		return loop.Close()
	})
	try("train", func() error {
		opt := train.Adam(snn.Parameters(snn.Train(model)), train.LR(0.1))
		there, err := x.To(gpu)
		if err != nil {
			return err
		}
		y, _ := model.Forward(there, nil)
		y.CPU().Sum().Backward()
		opt.Step()
		return nil
	})
	tensor.Seed(1)
	fresh := snn.Sequential(snn.Linear(40, 64), snn.LIFCell(), snn.Linear(64, 3))
	got, _ := fresh.Forward(x, nil)
	if !got.Equal(want) || !fresh.At(0).(*snn.Dense).Weight().Equal(kept) {
		fmt.Println("the CPU gives something else")
	}
	fmt.Println("the CPU goes on")
}

// TestDeviceFaults runs the session on the stand-in of NVIDIA's driver, with what can go wrong: the process lives, the error says
// what happened, and the CPU goes on.
func TestDeviceFaults(t *testing.T) {
	compiler, err := exec.LookPath("c++")
	if err != nil {
		t.Skip("skipped: no c++ to build the stand-in of the driver")
	}
	source := filepath.Join("..", "..", "internal", "cuda")
	library := filepath.Join(t.TempDir(), "libfakecuda.so")
	cmd := exec.Command(compiler, "-std=c++17", "-O1", "-shared", "-fPIC", "-ffp-contract=off", "-o", library,
		filepath.Join(source, "fakedriver", "driver.cpp"), "-x", "c++", filepath.Join(source, "kernels", "kernels.cu"), "-lpthread", "-ldl")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const here = "Sequential[0] Linear(40, 64): the input is on cuda:0, the weights on cpu; send one of them with To"
	const dead = "cuda:0 failed earlier (CUDA_ERROR_LAUNCH_FAILED in %s) and is unusable: start a new process"
	lost := func(kernel string) string { return fmt.Sprintf(dead, kernel) }
	for _, c := range []struct {
		env  string
		want []string
	}{
		{"", nil},
		{"FAKE_FAIL=cuMemAlloc:3:2", nil}, // the second try finds room
		{"FAKE_MEMORY=8192", []string{
			"to: out of GPU memory: asked 0.0 MB, free 0.0 of 0.0 MB; use a smaller batch or T block",
			"loop: panic: " + here, "train: panic: " + here,
		}},
		{"FAKE_FAIL=cuMemHostAlloc:1:2", []string{"loop: cuda: cuMemHostAlloc: CUDA_ERROR_OUT_OF_MEMORY (2): out of memory"}},
		{"FAKE_FAIL=cuStreamBeginCapture:1:999", []string{"loop: cuda: cuStreamBeginCapture: CUDA_ERROR_UNKNOWN (999): unknown error"}},
		{"FAKE_FAIL=cuGraphInstantiate:2:999", []string{"loop: cuda: cuStreamEndCapture: CUDA_ERROR_UNKNOWN (999): unknown error"}},
		{"FAKE_FAIL=cuGraphLaunch:1:719", []string{"loop: " + lost("add_rows"), "train: " + lost("add_rows")}},
		{"FAKE_FAIL=cuLaunchKernel:2:719", []string{"loop: snn.Loop: " + lost("add_rows"), "train: " + lost("add_rows")}},
		{"FAKE_FAIL=cuEventSynchronize:2:719", []string{"loop: " + lost("add_rows"), "train: " + lost("add_rows")}},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SNN_FAULT_SESSION=1", "LIVESPIKE_LIBCUDA="+library, c.env)
		text, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		want := strings.Join(append(c.want, "the CPU goes on"), "\n")
		if got := strings.TrimSpace(string(text)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.env, got, want)
		}
	}
}
