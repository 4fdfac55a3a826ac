package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/internal/cuda/kernels"
	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/snntest"
	"github.com/livespike/livespike/snn/tensor"
)

var _ = register(command{
	name:    "gpu",
	usage:   "gpu [--index I]",
	summary: "the NVIDIA GPU, the conformance set on it, and a row for docs/verified.md",
	help: `Opens the device, loads the kernels, times copies, and compares every kernel that networks use with the CPU, bit for bit.
The last line is a row for docs/verified.md, failures included. The program must have been built with the tag cuda:
go run ./internal/cuda/setup does that. Exit status 1 where there is no device, or where a bit differs.`,
	flags: func(f *flag.FlagSet) { f.Int("index", 0, "use GPU number `I`") },
	run:   runGPU,
})

func runGPU(s streams, f *flag.FlagSet) int {
	infos, err := cuda.Devices()
	if err != nil {
		return failure(s, err)
	}
	for _, i := range infos {
		fmt.Fprintf(s.out, "%v, compute capability %d.%d, %d multiprocessors, driver %s\n", i, i.Major, i.Minor, i.Processors, i.Driver)
	}
	index := flagValue[int](f, "index")
	if index < 0 || index >= len(infos) {
		return usageError(s, f.Name(), fmt.Errorf("GPU %d of %d", index, len(infos)))
	}
	at := time.Now()
	d, err := snn.CUDA(index)
	if err != nil {
		return failure(s, err)
	}
	loaded := time.Since(at)
	fmt.Fprintf(s.out, "%d kernels loaded in %v\n", len(kernels.Names()), loaded.Round(time.Millisecond))
	up, down, err := transferRates(d)
	if err != nil {
		return failure(s, err)
	}
	fmt.Fprintf(s.out, "copies of 64 MiB: %.1f GB/s to the device, %.1f GB/s back\n", up, down)
	if blas, err := gpu.DeviceOf(d).Blas(); err != nil {
		fmt.Fprintf(s.out, "matrix products: our own kernel; %v\n", err)
	} else {
		fmt.Fprintf(s.out, "matrix products: our own kernel, or, after Device.Fast(true), %s\n", blas)
	}
	at = time.Now()
	cases, wrong := snntest.OnDevice(d)
	fmt.Fprintf(s.out, "conformance: %d cases, %d differ from the CPU, %v\n", cases, len(wrong), time.Since(at).Round(time.Millisecond))
	for _, err := range wrong {
		fmt.Fprintln(s.err, err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	i := infos[index]
	fmt.Fprintf(s.out, "| %s | GPU: %s, compute capability %d.%d, driver %s | %s, %s/%s | `snnrepl gpu` at %s: %d cases, %d differ; kernels loaded in %v; copies %.1f and %.1f GB/s |\n",
		time.Now().Format(time.DateOnly), i.Name, i.Major, i.Minor, i.Driver, host, runtime.GOOS, runtime.GOARCH, commit(),
		cases, len(wrong), loaded.Round(time.Millisecond), up, down)
	if len(wrong) > 0 {
		return failed
	}
	return fine
}

// commit is the revision that the program was built from, or the version.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 7 {
				return s.Value[:7]
			}
		}
	}
	return kernel.Version
}

// transferRates are the rates of copies to and from a device in GB/s, the best of five.
func transferRates(d tensor.Device) (up, down float64, err error) {
	x := tensor.Zeros(16 << 20)
	for range 5 {
		at := time.Now()
		there, err := x.To(d)
		if err = errors.Join(err, d.Sync()); err != nil {
			return 0, 0, err
		}
		up = max(up, 4*float64(x.Numel())/1e9/time.Since(at).Seconds())
		at = time.Now()
		if _, err := there.To(tensor.Device{}); err != nil {
			return 0, 0, err
		}
		down = max(down, 4*float64(x.Numel())/1e9/time.Since(at).Seconds())
	}
	return up, down, nil
}
