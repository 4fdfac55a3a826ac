package snn

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// TestIdentity: the same bits from every model, layer, network and gradient with assembly of each kind and without, on 1, 2
// and 7 processors, with modules that run in pieces, whose spikes are packed, and one after the other. The bits are compared by hash with those
// of Go on one processor without pieces, which the golden files hold against Norse.
func TestIdentity(t *testing.T) {
	const key = "LIVESPIKE_IDENTITY"
	if os.Getenv(key) != "" {
		fmt.Print(identities(t))
		return
	}
	child := func(mode string) []string {
		cmd := exec.Command(os.Args[0], "-test.run=^TestIdentity$")
		cmd.Env = append(os.Environ(), key+"=1", "LIVESPIKE_SIMD="+mode)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("LIVESPIKE_SIMD=%s: %v\n%s", mode, err, out)
		}
		var lines []string
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "hash ") {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		return lines
	}
	want := ""
	for _, mode := range []string{"off", "avx2", "on"} {
		lines := child(mode)
		if len(lines) != 6 {
			t.Fatalf("LIVESPIKE_SIMD=%s printed %q", mode, lines)
		}
		for _, line := range lines {
			_, got, _ := strings.Cut(line, "hash ")
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("LIVESPIKE_SIMD=%s, %s; Go on one processor has %s", mode, line, want)
			}
		}
	}
}

// identities is a line with a hash for each number of processors, without pieces and with.
func identities(t *testing.T) string {
	var b strings.Builder
	defer func(n int) { runtime.GOMAXPROCS(n); inPieces, packing = true, true }(runtime.GOMAXPROCS(0))
	for _, inPieces = range []bool{false, true} {
		packing = inPieces
		for _, n := range []int{1, 2, 7} {
			runtime.GOMAXPROCS(n)
			fmt.Fprintf(&b, "%s, %d processors, pieces %v: hash %s\n", simd.Name(), n, inPieces, identity(t))
		}
	}
	return b.String()
}

// identity is a hash over the bits of everything that has a path of its own.
func identity(t *testing.T) string {
	h := sha256.New()
	tensor.Seed(1)
	run := func(m Module, x *tensor.Tensor) {
		y, s := m.Forward(x, nil)
		hashBits(h, y)
		for _, p := range States(s) {
			hashBits(h, p.Value)
		}
	}
	for _, name := range Models() {
		m := models[name]
		var opts []Option
		x := tensor.Rand(40, 1500)
		if m.coupled != uncoupled {
			opts, x = append(opts, Coupling(normal(0.01, 150, 150))), tensor.Rand(40, 150)
		}
		if m.behaving {
			x = x.Mul(20)
		}
		run(m.layer(opts), x)
		if m.jump != "" {
			run(m.layer(append(opts, Delayed())), x)
		}
	}
	run(LIF(TauMemInv(tensor.Rand(1500).Mul(100).Add(50))), tensor.Rand(40, 1500).Mul(2))
	run(LIFRecurrent(80, 70), tensor.Bernoulli(0.2, 30, 8, 80))
	run(CobaLIF(20, 30), tensor.Bernoulli(0.5, 20, 4, 20))
	for _, share := range []float64{0.03, 1} {
		x := tensor.Bernoulli(share, 12, 1, 1, 60, 70).Mul(tensor.Rand(12, 1, 1, 60, 70))
		run(Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Lift(Flatten(1)), Linear(3*60*70, 10), Sigmoid()), x)
		run(Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Dilation(3), Padding(12))), x.Index(0).Mul(30))
		run(Sequential(LIF(), Linear(1504, 20), LIFRefrac(), Linear(20, 3)), tensor.Bernoulli(share, 30, 4, 1504).Mul(3))
		run(Conv2d(4, 6, 3, Stride(2), Groups(2)), tensor.Bernoulli(share, 9, 4, 50, 60))
		run(Conv2d(1, 2, 9), tensor.Bernoulli(share, 1, 1, 120, 130))
		run(Linear(1500, 300), tensor.Bernoulli(share, 110, 1500).Mul(tensor.Randn(110, 1500)))
		run(Linear(1500, 300), tensor.Bernoulli(share, 3, 1500))

		net := Sequential(Linear(784, 64), LIF(), Linear(64, 10), LI())
		Train(net)
		y, _ := net.Forward(tensor.Bernoulli(share, 6, 40, 784).Mul(tensor.Rand(6, 40, 784)), nil)
		y.Mul(y).Sum().Backward()
		conv := Sequential(Lift(Conv2d(2, 4, 3, Stride(2))), LIFRefrac(), Lift(Conv2d(4, 4, 3)), LSNN())
		Train(conv)
		z, _ := conv.Forward(tensor.Bernoulli(share, 6, 2, 2, 30, 30).Mul(20), nil)
		z.Sum().Backward()
		for _, p := range append(Parameters(net), Parameters(conv)...) {
			hashBits(h, p.Value.Grad())
		}
	}
	few := tensor.Zeros(2, 1, 100) // the first sum underflows to −0, and the kernel around the next input has zeros there
	few.Data()[3], few.Data()[100] = 1e-30, 1
	run(Conv2d(2, 1, 1, Bias(false), Weight(tensor.FromSlice([]float32{-1e-30, 1}, 1, 2, 1, 1))), few)
	hashBits(h, tensor.Randn(70, 90).MatMul(tensor.Randn(90, 50)))
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

func hashBits(h hash.Hash, x *tensor.Tensor) {
	var b [4]byte
	for _, v := range x.Data() {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
		h.Write(b[:])
	}
}

// TestLargeNetworkAllocatesNothing: nor with packed spikes, in pieces, on several processors.
func TestLargeNetworkAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2} {
		runtime.GOMAXPROCS(n)
		m := Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Lift(Flatten(1)), Linear(3*60*64, 10))
		x := tensor.Rand(24, 1, 1, 60, 64).Mul(2)
		y := tensor.Zeros(24, 1, 10)
		s := m.ForwardInto(y, x, nil)
		if simd.On() && (!s.work.packs[1] || !s.work.packed[3]) {
			t.Fatal("the spikes are not packed")
		}
		if got := testing.AllocsPerRun(20, func() { m.ForwardInto(y, x, s) }); got >= 1 {
			t.Errorf("%v allocations with %d processors", got, n)
		}
	}
}
