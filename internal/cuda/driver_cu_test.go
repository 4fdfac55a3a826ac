//go:build cuda && cgo && linux

package cuda

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

// The tests of this file run the whole way from Go through cgo, cu and the shim to a driver's library, which is the
// stand-in of ../cuda/fakedriver, built here. Each case is a process of its own, since a library is loaded once.

func TestMain(m *testing.M) {
	if scenario := os.Getenv("CUDA_TEST_SCENARIO"); scenario != "" {
		if err := scenarios[scenario](); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// standIn builds the stand-in once for all tests.
func standIn(t *testing.T) string {
	t.Helper()
	compiler, err := exec.LookPath("c++")
	if err != nil {
		t.Skip("skipped: no c++ to build the stand-in of the driver")
	}
	library := filepath.Join(t.TempDir(), "libfakecuda.so")
	cmd := exec.Command(compiler, "-std=c++17", "-O1", "-shared", "-fPIC", "-ffp-contract=off", "-o", library,
		filepath.Join("fakedriver", "driver.cpp"), "-x", "c++", filepath.Join("kernels", "kernels.cu"), "-lpthread", "-ldl")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return library
}

// child runs a scenario with the stand-in. It returns what it printed, its exit status and the number of things that were
// alive each time the context was released.
func child(t *testing.T, library, scenario string, env ...string) (out string, status int, live []string) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CUDA_TEST_SCENARIO="+scenario, "LIVESPIKE_LIBCUDA="+library, "LIVESPIKE_LIBCUBLAS="+library, "FAKE_REPORT="+report)
	cmd.Env = append(cmd.Env, env...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(report)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text)), cmd.ProcessState.ExitCode(), strings.Fields(strings.ReplaceAll(string(lines), "live ", ""))
}

var scenarios = map[string]func() error{
	"run":      func() error { return onDevice(func(d Device) error { return steps(d, 64, 1000, 1000) }) },
	"too many": func() error { return onDevice(func(d Device) error { return steps(d, 2, 1<<20, 1000) }) },
	"grid": func() error {
		return onDevice(func(d Device) error {
			k, err := d.Kernel("lif_f32")
			if err != nil {
				return err
			}
			s, err := d.Stream()
			if err != nil {
				return err
			}
			return errors.Join(s.Launch(k, Grid{X: 1 << 31}), s.Close())
		})
	},
	"after": func() error { // a failure, then what comes after it
		d, err := Open(0)
		if err != nil {
			return err
		}
		first := steps(d, 4, 100, 100)
		_, again := d.Alloc(4)
		return errors.Join(first, fmt.Errorf("then: %w", again), d.Close())
	},
	"misuse": func() error { return onDevice(misuse) },
	"blas":   func() error { return onDevice(products) },
	"all":    func() error { return onDevice(everything) },
}

// onDevice opens device 0, works on it and closes it.
func onDevice(work func(d Device) error) error {
	d, err := Open(0)
	if err != nil {
		return err
	}
	return errors.Join(work(d), d.Close())
}

func bytesOf(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}

// lif is the model once more, in Go: the oracle of steps.
func lif(z, x, v, i, c []float32) {
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(c[0]*((c[2]-v[k])+j))
		i[k] = j + float32(c[1]*j)
		z[k], v[k] = 0, u
		if u > c[3] {
			z[k], v[k] = 1, c[4]
		}
	}
}

// rig is a stream with buffers that are freed together.
type rig struct {
	Device
	Stream
	held []Buffer
}

func newRig(d Device) (*rig, error) {
	s, err := d.Stream()
	return &rig{Device: d, Stream: s}, err
}

func (r *rig) Close() error {
	var errs []error
	for _, b := range r.held {
		errs = append(errs, b.Free())
	}
	return errors.Join(append(errs, r.Stream.Close())...)
}

func (r *rig) Sync() error { return r.Stream.Sync() }

// upload makes a buffer of v.
func (r *rig) upload(v []float32) (Buffer, error) {
	b, err := r.Alloc(4 * len(v))
	if err != nil {
		return nil, err
	}
	r.held = append(r.held, b)
	return b, r.Upload(b, bytesOf(v))
}

// steps runs count steps of LIF on the device, where there is room for that many neurons; the kernel is told n. Spikes
// and state must have the bits that Go gives.
func steps(d Device, count, n, room int) (err error) {
	r, err := newRig(d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	x, z, state := make([]float32, count*room), make([]float32, count*room), make([]float32, 2*room)
	for k := range x {
		x[k] = float32(k%7) / 3
	}
	coefs := []float32{0.1, -0.2, 0, 1, 0}
	args := make([]Arg, 4, 9)
	buffers := make([]Buffer, 4)
	for k, v := range [][]float32{z, x, state, coefs} {
		if buffers[k], err = r.upload(v); err != nil {
			return err
		}
		args[k] = Pointer(buffers[k])
	}
	k, err := d.Kernel("lif_f32")
	if err != nil {
		return err
	}
	if err := r.Launch(k, Over(n), append(args, I32(count), I32(n), I32(n), I32(n), I32(0))...); err != nil {
		return err
	}
	got, after := make([]float32, len(z)), make([]float32, len(state))
	if err := errors.Join(r.Download(bytesOf(got), buffers[0]), r.Download(bytesOf(after), buffers[2])); err != nil {
		return err
	}
	for t := range count {
		lif(z[t*room:][:n], x[t*room:][:n], state[:n], state[room:], coefs)
	}
	return errors.Join(same("spikes", got, z), same("state", after, state))
}

func same(what string, got, want []float32) error {
	for k := range want {
		if math.Float32bits(got[k]) != math.Float32bits(want[k]) {
			return fmt.Errorf("%s: element %d is %v, want %v", what, k, got[k], want[k])
		}
	}
	return nil
}

// everything calls each method once, and expects what each of them promises.
func everything(d Device) (err error) {
	r, err := newRig(d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if _, _, err := d.MemInfo(); err != nil {
		return err
	}
	host, pinned, err := d.Pinned(32)
	if err != nil {
		return err
	}
	r.held = append(r.held, pinned)
	a, err := r.upload([]float32{1, 2, 3, 4, 5, 6, 7, 8})
	if err != nil {
		return err
	}
	b, err := r.upload(make([]float32, 8))
	if err != nil {
		return err
	}
	start, err := r.Record()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, start.Close()) }()
	graph, err := r.Capture(func(s Stream) error { return errors.Join(s.Copy(b, a), s.Fill32(b.Slice(0, 8), 0x3f000000)) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, graph.Close()) }()
	side, err := d.Stream()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, side.Close()) }()
	if err := errors.Join(side.Wait(start), side.Replay(graph)); err != nil {
		return err
	}
	done, err := side.Record()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done.Close()) }()
	if err := errors.Join(r.Wait(done), r.Download(host, b), r.Sync(), done.Sync()); err != nil {
		return err
	}
	took, err := done.Since(start)
	if err != nil {
		return err
	}
	if took < 0 {
		return fmt.Errorf("the work took %v", took)
	}
	if err := errors.Join(d.Sync(), d.Err()); err != nil {
		return err
	}
	if want := bytesOf([]float32{0.5, 0.5, 3, 4, 5, 6, 7, 8}); !bytes.Equal(host, want) {
		return fmt.Errorf("got % x, want % x", host, want)
	}
	return errors.Join(products(d), steps(d, 3, 33, 33))
}

// products are those of cuBLAS, for factors that lie either way round, on sizes around 1. The numbers are whole, so that the
// order of the sums does not matter.
func products(d Device) (err error) {
	if _, err := d.Blas(); err != nil {
		return err
	}
	r, err := newRig(d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for _, size := range [][3]int{{1, 1, 1}, {3, 5, 2}, {1, 4, 3}, {4, 1, 3}, {3, 4, 1}, {1, 1, 7}} {
		m, n, k := size[0], size[1], size[2]
		for form := range 4 {
			p := Product{M: m, N: n, K: k, ARow: k, AColumn: 1, BRow: n, BColumn: 1}
			if form&1 != 0 {
				p.ARow, p.AColumn = 1, m
			}
			if form&2 != 0 {
				p.BRow, p.BColumn = 1, k
			}
			a, b, want := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
			for at := range a {
				a[at] = float32(at*7%11 - 5)
			}
			for at := range b {
				b[at] = float32(at*5%13 - 6)
			}
			for at := range want {
				for q := range k {
					want[at] += a[at/n*p.ARow+q*p.AColumn] * b[q*p.BRow+at%n*p.BColumn]
				}
			}
			var buffers [3]Buffer
			for i, v := range [][]float32{make([]float32, m*n), a, b} {
				if buffers[i], err = r.upload(v); err != nil {
					return err
				}
			}
			got := make([]float32, m*n)
			if err := errors.Join(r.Multiply(buffers[0], buffers[1], buffers[2], p), r.Download(bytesOf(got), buffers[0])); err != nil {
				return err
			}
			if err := same(fmt.Sprintf("product %+v", p), got, want); err != nil {
				return err
			}
		}
	}
	return nil
}

// misuse is refused before the driver sees it; the sentences are printed.
func misuse(d Device) (err error) {
	r, err := newRig(d)
	if err != nil {
		return err
	}
	b, err := d.Alloc(16)
	if err != nil {
		return err
	}
	k, err := d.Kernel("lif_f32")
	if err != nil {
		return err
	}
	_, unknown := d.Kernel("nosuch")
	told := []error{
		r.Upload(b, make([]byte, 8)), r.Copy(b, b.Slice(0, 4)), r.Fill32(b.Slice(0, 6), 0), b.Slice(0, 4).Free(),
		r.Launch(k, Grid{X: 1 << 31}), r.Launch(k, Grid{}, Pointer(b)), unknown,
	}
	if err := b.Free(); err != nil {
		return err
	}
	told = append(told, b.Free(), r.Upload(b, make([]byte, 16)), r.Close(), r.Close(), r.Upload(b, make([]byte, 16)))
	for _, err := range told {
		fmt.Println(err)
	}
	return nil
}

func TestDriverRuns(t *testing.T) {
	library := standIn(t)
	for scenario, want := range map[string]string{
		"run": "", "all": "", "blas": "",
		"misuse": `cuda:0: upload of 8 bytes into 16
cuda:0: copy of 4 bytes into 16
cuda:0: 6 bytes filled with words of 4
cuda: 4 of the 16 bytes of a buffer freed
cuda: lif_f32: grid has x = 2147483648; it goes from 1 to 2147483647
cuda: lif_f32 has 9 parameters, not 1
cuda: there is no kernel nosuch
cuda:0: a buffer of 16 bytes freed twice
cuda:0: a buffer of 16 bytes used after it was freed
<nil>
<nil>
cuda:0: upload in a closed stream`,
	} {
		out, status, live := child(t, library, scenario)
		if out != want || status != 0 || strings.Join(live, " ") != "0" {
			t.Errorf("%s: status %d, left %v, want 0 and [0]\n%s\nwant\n%s", scenario, status, live, out, want)
		}
	}
}

// TestFaults injects what can go wrong. The sentences are those of the specification's table.
func TestFaults(t *testing.T) {
	library := standIn(t)
	const refused = "the driver (CUDA 12.4) refused our kernels: ptxas application ptx input, line 1; fatal : injected; needs driver ≥ 384, compute capability ≥ 7.0"
	for _, c := range []struct {
		name, scenario, env, want string
	}{
		{"no library", "run", "LIVESPIKE_LIBCUDA=/nonexistent/libcuda.so", "no NVIDIA driver: /nonexistent/libcuda.so: cannot open shared object file: No such file or directory"},
		{"cuInit", "run", "FAKE_FAIL=cuInit:1:100", "NVIDIA driver CUDA 12.4 found, but no usable device: CUDA_ERROR_NO_DEVICE (100)"},
		{"no device", "run", "FAKE_DEVICES=0", "NVIDIA driver CUDA 12.4 found, but no usable device: CUDA_ERROR_NO_DEVICE (100)"},
		{"memory", "run", "FAKE_FAIL=cuMemAlloc:2:2", "out of GPU memory: asked 0.3 MB, free 1.1 of 1.1 GB; use a smaller batch or T block"},
		{"memory for real", "run", "FAKE_MEMORY=100000", "out of GPU memory: asked 0.3 MB, free 0.0 of 0.1 MB; use a smaller batch or T block"},
		{"PTX too new", "run", "FAKE_FAIL=cuModuleLoadData:1:222,cuModuleLoadDataEx:1:222", refused},
		{"PTX invalid", "run", "FAKE_FAIL=cuModuleLoadData:1:218,cuModuleLoadDataEx:1:218", refused},
		{"no code for the device", "run", "FAKE_FAIL=cuModuleLoadData:1:209,cuModuleLoadDataEx:1:209", refused},
		{"copy", "run", "FAKE_FAIL=cuMemcpyHtoDAsync:1:999", "cuda: cuMemcpyHtoDAsync: CUDA_ERROR_UNKNOWN (999): unknown error"},
		{"no cuBLAS", "blas", "LIVESPIKE_LIBCUBLAS=/nonexistent/libcublas.so", "no cuBLAS: /nonexistent/libcublas.so: cannot open shared object file: No such file or directory"},
		{"cuBLAS has no memory", "blas", "FAKE_FAIL=cublasCreate:1:3", "cuda: cublasCreate_v2: CUBLAS_STATUS_ALLOC_FAILED (3)"},
		{"a product fails", "blas", "FAKE_FAIL=cublasSgemm:2:13", "cuda: cublasSgemm_v2: CUBLAS_STATUS_EXECUTION_FAILED (13)"},
		{"grid", "grid", "", "cuda: lif_f32: grid has x = 2147483648; it goes from 1 to 2147483647"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, status, live := child(t, library, c.scenario, c.env)
			if out != c.want || status != 3 {
				t.Errorf("status %d\n%s\nwant\n%s", status, out, c.want)
			}
			for _, n := range live {
				if n != "0" {
					t.Errorf("%s things left", n)
				}
			}
		})
	}
	for _, c := range []struct{ name, scenario, env, code, in string }{
		{"launch", "after", "FAKE_FAIL=cuLaunchKernel:1:719", "CUDA_ERROR_LAUNCH_FAILED", "lif_f32"},
		{"sync", "after", "FAKE_FAIL=cuStreamSynchronize:1:700", "CUDA_ERROR_ILLEGAL_ADDRESS", "lif_f32"},
		{"told too many neurons", "too many", "", "CUDA_ERROR_ILLEGAL_ADDRESS", "lif_f32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := fmt.Sprintf("cuda:0 failed earlier (%s in %s) and is unusable: start a new process", c.code, c.in)
			out, status, _ := child(t, library, c.scenario, c.env)
			if !strings.HasPrefix(out, want) || status != 3 {
				t.Errorf("status %d\n%s\nwant\n%s", status, out, want)
			}
			if c.scenario == "after" && !strings.Contains(out, "then: "+want) {
				t.Errorf("a later call does not return the same error:\n%s", out)
			}
		})
	}
}

// TestEveryCallFails lets each function of the driver fail once, at its first and at its second call. Nothing crashes,
// nothing but what could not be freed is left, and the failure is told.
func TestEveryCallFails(t *testing.T) {
	library := standIn(t)
	frees := map[string]bool{"cuMemFree": true, "cuMemFreeHost": true, "cuStreamDestroy": true, "cuEventDestroy": true, "cuGraphExecDestroy": true, "cuGraphDestroy": true, "cuModuleUnload": true, "cublasDestroy": true}
	silent := map[string]bool{"cuModuleUnload": true, "cuDevicePrimaryCtxRelease": true, "cuGraphDestroy": true, "cuDriverGetVersion": true, "cublasDestroy": true}
	for function := range strings.FieldsSeq(`cuInit cuDriverGetVersion cuDeviceGetCount cuDeviceGet cuDeviceGetName
		cuDeviceTotalMem cuDeviceGetAttribute cuDevicePrimaryCtxRetain cuDevicePrimaryCtxRelease cuCtxSetCurrent
		cuCtxSynchronize cuMemGetInfo cuMemAlloc cuMemFree cuMemHostAlloc cuMemFreeHost cuMemcpyHtoDAsync
		cuMemcpyDtoHAsync cuMemcpyDtoH cuMemcpyDtoDAsync cuMemsetD32Async cuStreamCreate cuStreamDestroy
		cuStreamSynchronize cuEventCreate cuEventDestroy cuEventRecord cuEventSynchronize cuStreamWaitEvent
		cuEventElapsedTime cuModuleLoadData cuModuleUnload cuModuleGetFunction cuLaunchKernel cuStreamBeginCapture
		cuStreamEndCapture cuGraphInstantiate cuGraphLaunch cuGraphExecDestroy cuGraphDestroy
		cublasCreate cublasGetVersion cublasSetMathMode cublasSetStream cublasSgemm cublasDestroy`) {
		for _, nth := range []int{1, 2} {
			out, status, live := child(t, library, "all", fmt.Sprintf("FAKE_FAIL=%s:%d:999", function, nth))
			if strings.Contains(out, "panic") || strings.Contains(out, "SIG") || status != 0 && status != 3 {
				t.Errorf("%s, call %d: status %d\n%s", function, nth, status, out)
			}
			if nth == 1 && !silent[function] && (status != 3 || !strings.Contains(out, "999") && !strings.Contains(out, "refused")) {
				t.Errorf("%s: the failure is not told; status %d\n%s", function, status, out)
			}
			for _, n := range live {
				if n != "0" && !(frees[function] && n == "1") {
					t.Errorf("%s, call %d: %s things left\n%s", function, nth, n, out)
				}
			}
		}
	}
}
