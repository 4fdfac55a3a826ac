package cuda

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func second[T any](_ T, err error) error { return err }

// TestErrors holds the sentences against the table of the specification.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		none bool
		text string
	}{
		{ErrBuild, ErrBuild, true, `this snnrepl was built without CUDA: run "go run ./internal/cuda/setup" or take the cuda release`},
		{NoDriver("libcuda.so.1: not found"), ErrNoDriver, true, "no NVIDIA driver: libcuda.so.1: not found"},
		{NoDevice("550.1", "CUDA_ERROR_NO_DEVICE", 100), ErrNoDevice, true, "NVIDIA driver 550.1 found, but no usable device: CUDA_ERROR_NO_DEVICE (100)"},
		{Refused("410.1", "bad", "418"), ErrRefused, false, "the driver (410.1) refused our kernels: bad; needs driver ≥ 418, compute capability ≥ 7.0"},
		{OutOfMemory(12e8, 8e8, 8e9), ErrMemory, false, "out of GPU memory: asked 1.2 GB, free 0.8 of 8.0 GB; use a smaller batch or T block"},
		{Lost(0, "CUDA_ERROR_ILLEGAL_ADDRESS", "lif"), ErrLost, false, "cuda:0 failed earlier (CUDA_ERROR_ILLEGAL_ADDRESS in lif) and is unusable: start a new process"},
	} {
		if c.err.Error() != c.text {
			t.Errorf("%q\nwant %q", c.err, c.text)
		}
		if !errors.Is(c.err, c.is) || errors.Is(c.err, ErrNoCUDA) != c.none {
			t.Errorf("%v: is the wrong error", c.err)
		}
	}
}

type kernel struct{}

func (kernel) Name() string  { return "k" }
func (kernel) Params() []int { return []int{4, 8} }

func TestCheckLaunch(t *testing.T) {
	good := []Arg{I32(1), Pointer(nil)}
	for _, c := range []struct {
		grid Grid
		args []Arg
		want string
	}{
		{Grid{}, good, ""},
		{Grid{X: math.MaxInt32, Y: 65535, Z: 65535, BlockX: 1024}, good, ""},
		{Grid{X: math.MaxInt32 + 1}, good, "grid has x = 2147483648"},
		{Grid{Y: 65536}, good, "grid has y = 65536"},
		{Grid{BlockZ: 65}, good, "grid has block z = 65"},
		{Grid{BlockX: -1}, good, "grid has block x = -1"},
		{Grid{BlockX: 32, BlockY: 33}, good, "a block has 1056 threads"},
		{Grid{Shared: 48<<10 + 1}, good, "49153 bytes of shared memory"},
		{Grid{}, good[:1], "k has 2 parameters, not 1"},
		{Grid{}, []Arg{F32(1), I32(1)}, "argument 1 has 4 bytes, the parameter 8"},
	} {
		err := CheckLaunch(nil, kernel{}, c.grid, c.args)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: error %v, want %q", c.grid, err, c.want)
		}
	}
}

func TestOver(t *testing.T) {
	for n, blocks := range map[int]int{0: 1, 1: 1, 256: 1, 257: 2, 1 << 30: 1 << 16} {
		if g := Over(n); g.X != blocks || g.BlockX != Block {
			t.Errorf("Over(%d) = %+v", n, g)
		}
	}
}
