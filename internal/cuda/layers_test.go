package cuda_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func ints(v ...int) []ptx.Arg {
	args := make([]ptx.Arg, len(v))
	for k, n := range v {
		args[k] = ptx.I32(n)
	}
	return args
}

// gemm is a case: the sizes, and the length of the pieces of a sum.
type gemm struct{ m, n, k, piece int }

// TestGemm compares with three loops, for factors that lie either way round.
func TestGemm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []gemm{
		{1, 1, 0, 0}, {1, 1, 1, 0}, {3, 5, 7, 0}, {64, 64, 16, 0}, {65, 66, 33, 0}, {2, 70, 50, 16}, {5, 3, 90, 32}, {4, 4, 32, 1024},
	} {
		for form := range 8 {
			c.compare(t, r, form)
		}
	}
	gemm{1, 2, 1030, 1024}.compare(t, r, 0)
}

// compare turns the first factor for bit 0 of form, the second for bit 1, and goes on from what is there for bit 2.
func (c gemm) compare(t testing.TB, r *rand.Rand, form int) {
	t.Helper()
	turnA, turnB, add := form&1 != 0, form&2 != 0, form&4 != 0
	odd := form == 4 && c.k < 10
	a, b, start := numbers(r, c.m*c.k, -1, 1, odd), numbers(r, c.k*c.n, -1, 1, false), numbers(r, c.m*c.n, -1, 1, odd)
	aRow, aColumn, bRow, bColumn := c.k, 1, c.n, 1
	if turnA {
		aRow, aColumn = 1, c.m
	}
	if turnB {
		bRow, bColumn = 1, c.k
	}
	want := make([]float32, c.m*c.n)
	for at := range want {
		i, j := at/c.n, at%c.n
		sum, part := float32(0), float32(0)
		if add {
			sum = start[at]
		}
		for p := range c.k {
			u, w := a[i*aRow+p*aColumn], b[p*bRow+j*bColumn]
			if c.piece == 0 {
				sum = simd.FMA(u, w, sum)
				continue
			}
			part = simd.FMA(u, w, part)
			if (p+1)%c.piece == 0 || p+1 == c.k {
				sum, part = sum+part, 0
			}
		}
		want[at] = sum
	}
	mem := ptx.NewMemory()
	out := mem.Alloc("c", c.m*c.n)
	if add {
		out = mem.State("c", start)
	}
	args := append([]ptx.Arg{ptx.Ptr(out), ptx.Ptr(mem.Upload("a", a)), ptx.Ptr(mem.Upload("b", b))},
		ints(c.m, c.n, c.k, c.n, aRow, aColumn, bRow, bColumn, c.piece)...)
	mustRun(t, "gemm_f32", mem, ptx.Grid{X: (c.n + 63) / 64, Y: (c.m + 63) / 64, BlockX: 16, BlockY: 16}, append(args, flag(add))...)
	mustEqual(t, fmt.Sprintf("gemm %+v, form %d", c, form), out.Floats(), want)
}

// spikes are n zeros and ones.
func spikes(r *rand.Rand, n int, share float64) []float32 {
	x := make([]float32, n)
	for k := range x {
		if r.Float64() < share {
			x[k] = 1
		}
	}
	return x
}

// linear is a case: rows of in inputs, out outputs, and the share of inputs that spiked.
type linear struct {
	rows, in, out int
	share         float64
}

// TestLinear compares both ways of a linear layer on spikes with snn: the product, and the sum of the active rows.
func TestLinear(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, c := range []linear{{1, 1, 1, 1}, {1, 33, 5, 0}, {1, 33, 5, 0.7}, {3, 64, 70, 0.1}, {9, 100, 3, 0.1}, {2, 1100, 4, 0.1}} {
		c.compare(t, r)
	}
}

func (c linear) compare(t testing.TB, r *rand.Rand) {
	t.Helper()
	x, w := spikes(r, c.rows*c.in, c.share), numbers(r, c.out*c.in, -1, 1, false)
	l := snn.Linear(c.in, c.out, snn.Weight(tensor.FromSlice(w, c.out, c.in)), snn.Bias(false))
	want, _ := l.Forward(tensor.FromSlice(x, c.rows, c.in), nil)
	mem := ptx.NewMemory()
	from := mem.Upload("x", x)
	if wanted("gemm_f32") {
		y := mem.Alloc("y", c.rows*c.out)
		mustRun(t, "gemm_f32", mem, ptx.Grid{X: (c.out + 63) / 64, Y: (c.rows + 63) / 64, BlockX: 16, BlockY: 16},
			append([]ptx.Arg{ptx.Ptr(y), ptx.Ptr(from), ptx.Ptr(mem.Upload("w", w))}, ints(c.rows, c.out, c.in, c.out, c.in, 1, 1, c.in, 1024, 0)...)...)
		mustEqual(t, fmt.Sprintf("gemm_f32 as Linear %+v", c), y.Floats(), want.Data())
	}
	words := (c.in + 31) / 32
	bits, back := mem.Alloc("bits", c.rows*words), mem.Alloc("back", len(x))
	mustRun(t, "pack", mem, ptx.Grid{X: 2, Y: c.rows%3 + 1, BlockX: 64}, ptx.Ptr(bits), ptx.Ptr(from), ptx.I32(c.rows), ptx.I32(c.in))
	mustRun(t, "unpack", mem, ptx.Grid{X: 2, Y: c.rows%3 + 1, BlockX: 48}, ptx.Ptr(back), ptx.Ptr(bits), ptx.I32(c.rows), ptx.I32(c.in))
	mustEqual(t, "pack and unpack", back.Floats(), x)

	turned := make([]float32, len(w))
	for k, v := range w {
		turned[k%c.in*c.out+k/c.in] = v
	}
	y := mem.Alloc("y", c.rows*c.out)
	mustRun(t, "linear_spikes", mem, ptx.Grid{X: 2, Y: c.rows%3 + 1, BlockX: 32}, ptx.Ptr(y), ptx.Ptr(bits), ptx.Ptr(mem.Upload("w", turned)),
		ptx.I32(c.rows), ptx.I32(c.in), ptx.I32(c.out))
	mustEqual(t, fmt.Sprintf("linear_spikes %+v", c), y.Floats(), want.Data())
}

// convolution is a case: the layer's numbers and those of its input.
type convolution struct {
	images, in, out, groups, h, w, kh, kw, sh, sw, dh, dw, top, left int
	bias                                                             bool
}

var convolutions = []convolution{
	{1, 1, 1, 1, 5, 5, 3, 3, 1, 1, 1, 1, 0, 0, false},
	{2, 1, 3, 1, 20, 33, 5, 5, 1, 1, 1, 1, 2, 2, true},
	{1, 3, 5, 1, 17, 18, 3, 2, 2, 1, 1, 1, 1, 0, true},
	{1, 4, 6, 2, 9, 40, 3, 3, 1, 2, 2, 3, 2, 3, true},
	{1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, false},
	{1, 1, 2, 1, 40, 40, 9, 9, 1, 1, 3, 3, 12, 12, false},
}

// layer is the CPU's, with weights that are multiples of 1/64.
func (c convolution) layer(r *rand.Rand) *snn.Conv {
	w := make([]float32, c.out*c.in/c.groups*c.kh*c.kw)
	for k := range w {
		w[k] = float32(r.IntN(129)-64) / 64
	}
	var bias any = false
	if c.bias {
		bias = tensor.FromSlice(numbers(r, c.out, -1, 1, false), c.out)
	}
	return snn.Conv2d(c.in, c.out, []int{c.kh, c.kw}, snn.Stride([]int{c.sh, c.sw}), snn.Dilation([]int{c.dh, c.dw}),
		snn.Padding([]int{c.top, c.left}), snn.Groups(c.groups), snn.Bias(bias),
		snn.Weight(tensor.FromSlice(w, c.out, c.in/c.groups, c.kh, c.kw)))
}

func (c convolution) args(oh, ow int) []ptx.Arg {
	return ints(c.images, c.in, c.out, c.groups, c.h, c.w, oh, ow, c.kh, c.kw, c.sh, c.sw, c.dh, c.dw, c.top, c.left)
}

// TestConv compares the dense convolution and the one that leaves out silent tiles with snn.
func TestConv(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, c := range convolutions {
		for _, share := range []float64{0, 0.01, 0.5, 1} {
			c.compare(t, r, share)
		}
	}
}

// compare takes an input of which that share spiked; 1 stands for any numbers.
func (c convolution) compare(t testing.TB, r *rand.Rand, share float64) {
	t.Helper()
	l, x := c.layer(r), spikes(r, c.images*c.in*c.h*c.w, share)
	if share == 1 {
		x = numbers(r, len(x), -1, 1, false)
	}
	want, _ := l.Forward(tensor.FromSlice(x, c.images, c.in, c.h, c.w), nil)
	oh, ow := want.Shape()[2], want.Shape()[3]
	for _, name := range []string{"conv_direct", "conv_gather"} {
		if !wanted(name) {
			continue
		}
		mem := ptx.NewMemory()
		y, bias := mem.Alloc("y", len(want.Data())), (*ptx.Buffer)(nil)
		if c.bias {
			bias = mem.Upload("bias", l.Bias().Data())
		}
		g := ptx.Grid{
			X: (ow + 15) / 16, Y: (oh + 15) / 16, Z: c.images * c.groups * ((c.out/c.groups + 3) / 4), BlockX: 16, BlockY: 16,
		}
		mustRun(t, name, mem, g, append([]ptx.Arg{
			ptx.Ptr(y), ptx.Ptr(mem.Upload("x", x)), ptx.Ptr(mem.Upload("w", l.Weight().Data())),
			ptx.Ptr(bias),
		}, c.args(oh, ow)...)...)
		mustEqual(t, fmt.Sprintf("%s %+v, %v active", name, c, share), y.Floats(), want.Data())
	}
}

// TestConvBack compares the gradients of a convolution with snn, on an input that it takes for dense.
func TestConvBack(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 3))
	for _, c := range convolutions {
		c.compareBack(t, r)
	}
}

func (c convolution) compareBack(t testing.TB, r *rand.Rand) {
	t.Helper()
	l := c.layer(r)
	snn.Train(l)
	x := tensor.FromSlice(numbers(r, c.images*c.in*c.h*c.w, -1, 1, false), c.images, c.in, c.h, c.w).SetRequiresGrad(true)
	y, _ := l.Forward(x, nil)
	dy := numbers(r, y.Numel(), -1, 1, false)
	y.BackwardFrom(tensor.FromSlice(dy, y.Shape()...))
	oh, ow := y.Shape()[2], y.Shape()[3]
	mem := ptx.NewMemory()
	up, from, w := mem.Upload("dy", dy), mem.Upload("x", x.Data()), l.Weight()

	dx := mem.Alloc("dx", x.Numel())
	launch(t, "conv_back_input", mem, x.Numel(), append([]ptx.Arg{ptx.Ptr(dx), ptx.Ptr(up), ptx.Ptr(mem.Upload("w", w.Data()))}, c.args(oh, ow)...)...)
	mustEqual(t, fmt.Sprintf("conv_back_input %+v", c), dx.Floats(), x.Grad().Data())

	rows := c.images * oh
	parts, dw := mem.Alloc("parts", rows*w.Numel()), mem.State("dw", make([]float32, w.Numel()))
	launch(t, "conv_back_weight", mem, rows*w.Numel(), append([]ptx.Arg{ptx.Ptr(parts), ptx.Ptr(up), ptx.Ptr(from)}, c.args(oh, ow)...)...)
	launch(t, "add_columns", mem, w.Numel(), ptx.Ptr(dw), ptx.Ptr(parts), ptx.I32(rows), ptx.I32(w.Numel()))
	mustEqual(t, fmt.Sprintf("conv_back_weight %+v", c), dw.Floats(), w.Grad().Data())

	if c.bias {
		sums, db := mem.Alloc("sums", c.images*c.out), mem.Alloc("db", c.out)
		launch(t, "sum_rows", mem, c.images*c.out, ptx.Ptr(sums), ptx.Ptr(up), ptx.I32(c.images*c.out), ptx.I32(oh*ow))
		launch(t, "sum_columns", mem, c.out, ptx.Ptr(db), ptx.Ptr(sums), ptx.I32(c.images), ptx.I32(c.out))
		mustEqual(t, fmt.Sprintf("the bias of %+v", c), db.Floats(), l.Bias().Grad().Data())
	}
}

// TestScatter compares the convolution of events with that of the frame of their counts. The weights are multiples of
// 1/64, so every order of the sums gives the same bits.
func TestScatter(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, c := range convolutions {
		for _, count := range []int{0, 1, 70} {
			c.compareEvents(t, r, count)
		}
	}
}

func (c convolution) compareEvents(t testing.TB, r *rand.Rand, count int) {
	t.Helper()
	c.images, c.bias = 1, false
	l := c.layer(r)
	x, events := make([]float32, c.in*c.h*c.w), make([]uint32, count)
	for k := range events {
		events[k] = uint32(r.IntN(len(x)))
		x[events[k]]++
	}
	out, _ := l.Forward(tensor.FromSlice(x, 1, c.in, c.h, c.w), nil)
	want, oh, ow := out.Data(), out.Shape()[2], out.Shape()[3]
	w, fixed := l.Weight().Data(), make([]uint32, len(l.Weight().Data()))
	for k, v := range w {
		fixed[k] = uint32(int32(v * 64))
	}
	mem := ptx.NewMemory()
	at := mem.Words("events", events)

	frame, counts := mem.State("frame", make([]float32, len(x))), mem.Alloc("counts", len(x))
	launch(t, "accumulate", mem, count, ptx.Ptr(frame), ptx.Ptr(at), ptx.I32(count))
	launch(t, "from_fixed", mem, len(x), ptx.Ptr(counts), ptx.Ptr(frame), ptx.F32(1), ptx.I32(len(x)))
	mustEqual(t, "accumulate", counts.Floats(), x)
	places, values, dense := []uint32{}, []float32{}, mem.State("dense", make([]float32, len(x)))
	for k, v := range x {
		if v != 0 {
			places, values = append(places, uint32(k)), append(values, v)
		}
	}
	launch(t, "spread", mem, len(values), ptx.Ptr(dense), ptx.Ptr(mem.Words("places", places)), ptx.Ptr(mem.Upload("values", values)), ptx.I32(len(values)))
	mustEqual(t, "spread", dense.Floats(), x)
	signed, net := make([]uint32, count), append([]float32{}, x...)
	for k, e := range events {
		if signed[k] = e; k%3 != 0 {
			signed[k] |= 1 << 31
			net[e]--
		} else {
			net[e]++
		}
	}
	launch(t, "accumulate", mem, count, ptx.Ptr(frame), ptx.Ptr(mem.Words("signed", signed)), ptx.I32(count))
	launch(t, "from_fixed", mem, len(x), ptx.Ptr(counts), ptx.Ptr(frame), ptx.F32(1), ptx.I32(len(x)))
	mustEqual(t, "accumulate of either sign", counts.Floats(), net)

	y := mem.State("y", make([]float32, len(want)))
	launch(t, "conv_scatter", mem, count*c.out, append([]ptx.Arg{ptx.Ptr(y), ptx.Ptr(at), ptx.I32(count), ptx.Ptr(mem.Upload("w", w))}, c.args(oh, ow)...)...)
	mustEqual(t, fmt.Sprintf("conv_scatter %+v, %d events", c, count), y.Floats(), want)

	sums, z := mem.State("sums", make([]float32, len(want))), mem.Alloc("z", len(want))
	launch(t, "conv_scatter_fixed", mem, count*c.out, append([]ptx.Arg{ptx.Ptr(sums), ptx.Ptr(at), ptx.I32(count), ptx.Ptr(mem.Words("w", fixed))}, c.args(oh, ow)...)...)
	launch(t, "from_fixed", mem, len(want), ptx.Ptr(z), ptx.Ptr(sums), ptx.F32(1.0/64), ptx.I32(len(want)))
	mustEqual(t, fmt.Sprintf("conv_scatter_fixed %+v, %d events", c, count), z.Floats(), want)
}

// TestPool compares with snn.
func TestPool(t *testing.T) { comparePools(t) }

func comparePools(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 5))
	for kind, layer := range map[int]func(kernel any, opts ...snn.Option) *snn.Pool{0: snn.MaxPool2d, 1: snn.AvgPool2d, 2: snn.SumPool2d} {
		for _, c := range []struct{ h, w, kh, kw, sh, sw, top, left, dh, dw int }{
			{4, 4, 2, 2, 2, 2, 0, 0, 1, 1}, {7, 9, 3, 2, 1, 2, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 0, 0, 1, 1}, {9, 8, 2, 3, 2, 1, 1, 0, 3, 2},
		} {
			if kind != 0 && c.dh > 1 {
				continue
			}
			x := numbers(r, 3*c.h*c.w, -1, 1, true)
			for k := range c.h * c.w { // one plane of zeros with either sign
				x[k] = special[r.IntN(2)]
			}
			opts := []snn.Option{snn.Stride([]int{c.sh, c.sw}), snn.Padding([]int{c.top, c.left})}
			if kind == 0 {
				opts = append(opts, snn.Dilation([]int{c.dh, c.dw}))
			}
			in := tensor.FromSlice(x, 3, c.h, c.w).SetRequiresGrad(true)
			want, _ := layer([]int{c.kh, c.kw}, opts...).Forward(in, nil)
			dy := numbers(r, want.Numel(), -1, 1, false)
			want.BackwardFrom(tensor.FromSlice(dy, want.Shape()...))
			mem := ptx.NewMemory()
			y, dx, from := mem.Alloc("y", want.Numel()), mem.Alloc("dx", len(x)), mem.Upload("x", x)
			of := ints(kind, 3, c.h, c.w, want.Shape()[1], want.Shape()[2], c.kh, c.kw, c.sh, c.sw, c.dh, c.dw, c.top, c.left)
			launch(t, "pool", mem, want.Numel(), append([]ptx.Arg{ptx.Ptr(y), ptx.Ptr(from)}, of...)...)
			mustEqual(t, fmt.Sprintf("pool %d %+v", kind, c), y.Floats(), want.Data())
			launch(t, "pool_back", mem, len(x), append([]ptx.Arg{ptx.Ptr(dx), ptx.Ptr(mem.Upload("dy", dy)), ptx.Ptr(from)}, of...)...)
			mustEqual(t, fmt.Sprintf("pool_back %d %+v", kind, c), dx.Floats(), in.Grad().Data())
		}
	}
}

// TestMaps compares the operations on elements and the sums with package tensor.
func TestMaps(t *testing.T) { compareMaps(t) }

func compareMaps(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(6, 6))
	for _, n := range []int{0, 1, 5, 64, 300} {
		x, z := numbers(r, n, -3, 3, true), numbers(r, n, -3, 3, true)
		if n > 100 {
			for k := range 100 { // where exponentials end
				x[k] = float32(k*4) - 200
			}
		}
		tx := tensor.FromSlice(x, n)
		for name, want := range map[string]*tensor.Tensor{
			"relu_f32": tx.Relu(), "exp_f32": tx.Exp(), "sigmoid_f32": tx.Sigmoid(), "tanh_f32": tx.Tanh(),
		} {
			mem := ptx.NewMemory()
			y := mem.Alloc("y", n)
			launch(t, name, mem, n, ptx.Ptr(y), ptx.Ptr(mem.Upload("x", x)), ptx.I32(n))
			mustEqual(t, fmt.Sprintf("%s %d", name, n), y.Floats(), want.Data())
		}
		mem := ptx.NewMemory()
		from, y, filled := mem.Upload("x", x), mem.State("y", z), mem.Alloc("filled", n)
		launch(t, "add", mem, n, ptx.Ptr(y), ptx.Ptr(from), ptx.I32(n))
		mustEqual(t, "add", y.Floats(), tensor.FromSlice(z, n).Add(tx).Data())
		launch(t, "scale", mem, n, ptx.Ptr(y), ptx.F32(0.9), ptx.I32(n))
		mustEqual(t, "scale", y.Floats(), tensor.FromSlice(z, n).Add(tx).Mul(0.9).Data())
		launch(t, "fill", mem, n, ptx.Ptr(filled), ptx.F32(-2), ptx.I32(n))
		mustEqual(t, "fill", filled.Floats(), tensor.Full(-2, n).Data())
		product := mem.Alloc("product", n)
		launch(t, "product", mem, n, ptx.Ptr(product), ptx.Ptr(from), ptx.Ptr(mem.Upload("z", z)), ptx.I32(n))
		mustEqual(t, "product", product.Floats(), tx.Mul(tensor.FromSlice(z, n)).Data())
		for name, layer := range map[string]*snn.Activation{"relu_back": snn.Relu(), "sigmoid_back": snn.Sigmoid(), "tanh_back": snn.Tanh()} {
			in := tensor.FromSlice(append([]float32{}, x...), n).SetRequiresGrad(true)
			y, _ := layer.Forward(in, nil)
			of, dx := y.Data(), mem.Alloc("dx", n)
			if name == "relu_back" {
				of = x
			}
			y.BackwardFrom(tensor.FromSlice(z, n))
			launch(t, name, mem, n, ptx.Ptr(dx), ptx.Ptr(mem.Upload("dy", z)), ptx.Ptr(mem.Upload("of", of)), ptx.I32(n))
			mustEqual(t, fmt.Sprintf("%s %d", name, n), tensor.Zeros(n).Add(tensor.FromSlice(dx.Floats(), n)).Data(), in.Grad().Data()) // a leaf adds to 0
		}
	}
}

// TestNotFinite puts what is not finite at every place in turn.
func TestNotFinite(t *testing.T) { compareNotFinite(t) }

func compareNotFinite(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 9))
	for _, n := range []int{1, 37, 64, 70} {
		for at := -1; at < n; at++ {
			x, want := numbers(r, n, -1, 1, false), uint32(0)
			x[n/2] = math.MaxFloat32
			if at >= 0 {
				x[at], want = special[2+r.IntN(3)], 1
			}
			mem := ptx.NewMemory()
			found := mem.State("found", []float32{0})
			launch(t, "not_finite", mem, n, ptx.Ptr(found), ptx.Ptr(mem.Upload("x", x)), ptx.I32(n))
			if got := math.Float32bits(found.Floats()[0]); got != want {
				t.Fatalf("not_finite: %d of %d numbers with %v at %d", got, n, x[max(at, 0)], at)
			}
		}
	}
}

// TestTranspose and the choice of examples are held against package tensor.
func TestTranspose(t *testing.T) { compareOrders(t) }

func compareOrders(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(10, 10))
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 5}, {7, 30}, {64, 2}} {
		x := numbers(r, c.rows*c.n, -1, 1, true)
		mem := ptx.NewMemory()
		y := mem.Alloc("y", len(x))
		launch(t, "transpose", mem, len(x), ptx.Ptr(y), ptx.Ptr(mem.Upload("x", x)), ptx.I32(c.rows), ptx.I32(c.n))
		mustEqual(t, "transpose", y.Floats(), tensor.FromSlice(x, c.rows, c.n).T().Data())
	}
	for _, n := range []int{1, 5, 37, 64, 70} {
		x := numbers(r, n*n, -1, 1, true)
		mem := ptx.NewMemory()
		y := mem.State("y", x)
		launch(t, "cut_diagonal", mem, n, ptx.Ptr(y), ptx.I32(n))
		for k := range n {
			x[k*n+k] = 0
		}
		mustEqual(t, "cut_diagonal", y.Floats(), x)
	}
	for _, c := range []struct{ examples, steps, count, n int }{{1, 1, 1, 1}, {5, 3, 4, 7}, {3, 1, 6, 20}, {2, 9, 2, 1}, {2, 3, 0, 4}, {4, 4, 4, 4}} {
		x, order := numbers(r, c.examples*c.steps*c.n, -1, 1, true), make([]uint32, c.count)
		want := make([]float32, 0, c.steps*c.count*c.n)
		for k := range order {
			order[k] = uint32(r.IntN(c.examples))
		}
		for step := range c.steps {
			for _, k := range order {
				want = append(want, x[(int(k)*c.steps+step)*c.n:][:c.n]...)
			}
		}
		mem := ptx.NewMemory()
		y := mem.Alloc("y", len(want))
		launch(t, "pick", mem, len(want), ptx.Ptr(y), ptx.Ptr(mem.Upload("x", x)), ptx.Ptr(mem.Words("order", order)), ptx.I32(c.steps), ptx.I32(c.count), ptx.I32(c.n))
		mustEqual(t, fmt.Sprintf("pick %+v", c), y.Floats(), want)
	}
}

// TestSums compares the sum over rows with package tensor, and that over a row with the tree that its comment describes.
func TestSums(t *testing.T) { compareSums(t) }

func compareSums(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 5}, {7, 300}, {2, 1000}, {40, 33}, {64, 2}} {
		x, bias := numbers(r, c.rows*c.n, -1, 1, false), numbers(r, c.n, -1, 1, false)
		tx := tensor.FromSlice(x, c.rows, c.n)
		mem := ptx.NewMemory()
		from, columns, runs, y := mem.Upload("x", x), mem.Alloc("columns", c.n), mem.Alloc("runs", c.rows), mem.State("y", x)
		launch(t, "sum_columns", mem, c.n, ptx.Ptr(columns), ptx.Ptr(from), ptx.I32(c.rows), ptx.I32(c.n))
		if c.n > 1 { // one column lies together, where tensor adds pairwise
			mustEqual(t, "sum_columns", columns.Floats(), tx.Sum(0).Data())
		}
		more := mem.State("more", bias)
		launch(t, "add_columns", mem, c.n, ptx.Ptr(more), ptx.Ptr(from), ptx.I32(c.rows), ptx.I32(c.n))
		inOrder, sums := make([]float32, c.rows), append([]float32{}, bias...)
		for k, v := range x {
			inOrder[k/c.n] += v
			sums[k%c.n] += v
		}
		mustEqual(t, "add_columns", more.Floats(), sums)
		rows := mem.Alloc("rows", c.rows)
		launch(t, "sum_rows", mem, c.rows, ptx.Ptr(rows), ptx.Ptr(from), ptx.I32(c.rows), ptx.I32(c.n))
		mustEqual(t, "sum_rows", rows.Floats(), inOrder)
		launch(t, "add_rows", mem, c.rows*c.n, ptx.Ptr(y), ptx.Ptr(mem.Upload("bias", bias)), ptx.I32(c.rows), ptx.I32(c.n))
		mustEqual(t, "add_rows", y.Floats(), tx.Add(tensor.FromSlice(bias, c.n)).Data())

		want := make([]float32, c.rows)
		for row := range want {
			var part [256]float32
			for i, v := range x[row*c.n:][:c.n] {
				part[i%256] += v
			}
			for half := 128; half > 0; half /= 2 {
				for k := range half {
					part[k] += part[k+half]
				}
			}
			want[row] = part[0]
		}
		mustRun(t, "sum_runs", mem, ptx.Grid{X: 3, BlockX: 256}, ptx.Ptr(runs), ptx.Ptr(from), ptx.I32(c.rows), ptx.I32(c.n))
		mustEqual(t, "sum_runs", runs.Floats(), want)
	}
}

// TestOptimizers compares three steps with package train.
func TestOptimizers(t *testing.T) { compareOptimizers(t) }

func compareOptimizers(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(8, 8))
	for _, n := range []int{50, 64, 70} {
		compareOptimizersOf(t, r, n)
	}
}

func compareOptimizersOf(t testing.TB, r *rand.Rand, n int) {
	t.Helper()
	f := func(v float64) ptx.Arg { return ptx.F32(float32(v)) }
	for _, c := range []struct {
		name                            string
		momentum, dampening, decay      float64
		nesterov                        bool
		beta1, beta2, eps, lr, decouple float64
	}{
		{name: "sgd", lr: 0.1},
		{name: "sgd", lr: 0.1, momentum: 0.9, dampening: 0.2, decay: 0.01},
		{name: "sgd", lr: 0.1, momentum: 0.9, decay: 0.01, nesterov: true},
		{name: "adam", lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.1},
		{name: "adam", lr: 0.01, beta1: 0.8, beta2: 0.99, eps: 1e-6, decouple: 0.1},
	} {
		w := tensor.FromSlice(numbers(r, n, -1, 1, false), n).SetRequiresGrad(true)
		mem := ptx.NewMemory()
		mean, square := make([]float32, n), make([]float32, n) // Adam's moments: their last bits seldom show in w
		onDevice, a, b := mem.State("w", w.Data()), mem.State("a", make([]float32, n)), mem.State("b", make([]float32, n))
		var o *train.Optimizer
		params := []train.Parameter{{Name: "w", Value: w}}
		switch {
		case c.name == "sgd":
			opts := []train.Option{train.LR(c.lr), train.Momentum(c.momentum), train.Dampening(c.dampening), train.WeightDecay(c.decay)}
			if c.nesterov {
				opts = append(opts, train.Nesterov())
			}
			o = train.SGD(params, opts...)
		case c.decouple != 0:
			o = train.AdamW(params, train.LR(c.lr), train.Beta1(c.beta1), train.Beta2(c.beta2), train.Eps(c.eps), train.WeightDecay(c.decouple))
		default:
			o = train.Adam(params, train.LR(c.lr), train.Beta1(c.beta1), train.Beta2(c.beta2), train.Eps(c.eps), train.WeightDecay(c.decay))
		}
		for step := 1; step <= 3; step++ {
			dy, before := numbers(r, n, -1, 1, false), append([]float32{}, w.Data()...)
			w.ZeroGrad()
			w.Mul(tensor.FromSlice(dy, n)).Sum().Backward()
			o.Step()
			g := mem.Upload("g", dy)
			if c.name == "sgd" {
				fresh := 1 - c.dampening
				if step == 1 {
					fresh = 1
				}
				launch(t, "sgd", mem, n, ptx.Ptr(onDevice), ptx.Ptr(g), ptx.Ptr(a), f(c.lr), f(c.decay), f(c.momentum), f(fresh), flag(c.nesterov), ptx.I32(n))
			} else {
				launch(t, "adam", mem, n, ptx.Ptr(onDevice), ptx.Ptr(g), ptx.Ptr(a), ptx.Ptr(b), f(c.lr/(1-math.Pow(c.beta1, float64(step)))),
					f(math.Sqrt(1-math.Pow(c.beta2, float64(step)))), f(c.eps), f(1-c.beta1), f(c.beta2), f(1-c.beta2), f(c.decay), f(1-c.lr*c.decouple), ptx.I32(n))
				fresh1, keep2, fresh2 := float32(1-c.beta1), float32(c.beta2), float32(1-c.beta2)
				for k, d := range dy {
					d += float32(float32(c.decay) * float32(before[k]*float32(1-c.lr*c.decouple)))
					mean[k] += float32(fresh1 * (d - mean[k]))
					square[k] = float32(keep2*square[k]) + float32(float32(fresh2*d)*d)
				}
				mustEqual(t, "adam: first moment", a.Floats(), mean)
				mustEqual(t, "adam: second moment", b.Floats(), square)
			}
			mustEqual(t, fmt.Sprintf("%+v step %d", c, step), onDevice.Floats(), w.Data())
		}
	}
}
