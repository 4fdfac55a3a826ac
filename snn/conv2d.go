package snn

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Weight sets a layer's own weight, a *tensor.Tensor, which is copied.
func Weight(t *tensor.Tensor) Option { return Option{"weight", t} }

// Bias takes false for a layer without a bias, true for one with a random bias (the default), or the bias itself, a
// *tensor.Tensor, which is copied.
func Bias(v any) Option { return Option{"bias", v} }

// Padding is the number of zeros around the image, on each side: one number, []int{vertical, horizontal}, "same" for
// an output of the input's size, or "valid" for none.
func Padding(v any) Option { return Option{"padding", v} }

// Dilation is the distance between the kernel's elements in pixels, 1 unless set: a number or []int{vertical, horizontal}.
func Dilation(v any) Option { return Option{"dilation", v} }

// Stride is the distance between the outputs in pixels, 1 unless set: a number or []int{vertical, horizontal}.
func Stride(v any) Option { return Option{"stride", v} }

// Groups splits the channels into that many groups that do not see each other, 1 unless set.
func Groups(n int) Option { return Option{"groups", n} }

// Conv is a two-dimensional convolution, made by Conv2d. It has no state and may be used by several goroutines.
type Conv struct {
	mode
	in, out       int
	kh, kw        int
	sh, sw        int
	dh, dw        int
	top, left     int // zeros before the image
	bottom, right int
	padText       string // "same" or "valid" where the user said so
	groups        int
	weight        *tensor.Tensor // (out, in/groups, kh, kw)
	bias          *tensor.Tensor // (out), or nil
	lifted        bool           // made by LConv2d: the input is (T, batch, in, H, W)
	memo          shapeMemo
}

// Conv2d is a convolution from in to out channels with a kernel of the given size, a number or []int{height, width}.
//
//	out[o, y, x] = bias[o] + Σ weight[o, c, i, j] · in[c, y·stride + i·dilation − padding, x·stride + j·dilation − padding]
//
// The input is (…, in, H, W) with any number of leading axes, so that (batch, channels, height, width) and a whole
// video (time, batch, channels, height, width) go in alike; a plain (H, W) frame goes into a convolution from one
// channel. The output is (…, out, H', W'), with H' = ⌊(H + 2·padding − dilation·(kernel − 1) − 1)/stride⌋ + 1.
//
// Options: Weight of shape (out, in/groups, height, width), or (out, height, width) where in/groups is 1; Bias;
// Padding; Dilation; Stride; Groups. Weight and bias are drawn uniformly from ±1/√(in/groups·height·width), as in
// PyTorch, by the generator that tensor.Seed sets.
//
// The sum runs over c, i and j in this order, each product fused with its addition. Where less than 3 % of the inputs are not
// zero and the weights are finite, only those are visited, in an order that gives the same bits,
// but for the sign of a zero that underflowed.
func Conv2d(in, out int, kernel any, opts ...Option) *Conv {
	const who = "snn.Conv2d"
	set := options(who, "Conv2d", opts, []string{"weight", "bias", "padding", "dilation", "stride", "groups"})
	c := &Conv{in: in, out: out, groups: typed(set, "groups", 1)}
	c.kh, c.kw = pairOf(who, "kernel", kernel, 1)
	c.sh, c.sw = pairOf(who, "stride", set.or("stride", 1), 1)
	c.dh, c.dw = pairOf(who, "dilation", set.or("dilation", 1), 1)
	c.setPadding(set.or("padding", 0))
	if in < 1 || out < 1 || c.groups < 1 || in%c.groups != 0 || out%c.groups != 0 {
		panicf("%s: %d input and %d output channels do not divide into %d groups", who, in, out, c.groups)
	}
	bound := float32(1 / math.Sqrt(float64(in/c.groups*c.kh*c.kw)))
	shape := []int{out, in / c.groups, c.kh, c.kw}
	if w := typed[*tensor.Tensor](set, "weight", nil); w != nil {
		c.weight = c.ownWeight(w, shape)
	} else if _, ok := set.given["weight"]; ok {
		panicf("%s: weight is nil", who)
	} else {
		c.weight = uniform(bound, shape...)
	}
	c.bias = biasOf(who, set, out, bound)
	return c
}

func (set optionSet) or(name string, def any) any {
	if v, ok := set.given[name]; ok {
		return v
	}
	return def
}

// uniform is random numbers between ±bound from the seeded generator.
func uniform(bound float32, shape ...int) *tensor.Tensor {
	t := tensor.Rand(shape...)
	d := t.Data()
	for k, u := range d {
		d[k] = float32(float32(2*u-1) * bound)
	}
	return t
}

func biasOf(who string, set optionSet, n int, bound float32) *tensor.Tensor {
	switch v := set.or("bias", true).(type) {
	case bool:
		if v {
			return uniform(bound, n)
		}
		return nil
	case *tensor.Tensor:
		return ownTensor(who, "bias", v, n)
	default:
		panicf("%s: bias is true, false or a *tensor.Tensor, not %s", who, kindOf(v))
		return nil
	}
}

// pairOf reads one number for both axes or a pair {vertical, horizontal}.
func pairOf(who, name string, v any, least int) (int, int) {
	a, b := 0, 0
	r := reflect.ValueOf(v)
	switch {
	case r.IsValid() && r.CanInt():
		a = int(r.Int())
		b = a
	case r.IsValid() && (r.Kind() == reflect.Slice || r.Kind() == reflect.Array) && r.Len() == 2 && r.Index(0).CanInt():
		a, b = int(r.Index(0).Int()), int(r.Index(1).Int())
	default:
		panicf("%s: %s is a whole number or []int{vertical, horizontal}, not %v (%s)", who, name, v, kindOf(v))
	}
	if a < least || b < least {
		panicf("%s: %s must be at least %d, not %v", who, name, least, v)
	}
	return a, b
}

func (c *Conv) setPadding(v any) {
	text, ok := v.(string)
	if !ok {
		c.top, c.left = pairOf("snn.Conv2d", "padding", v, 0)
		c.bottom, c.right = c.top, c.left
		return
	}
	switch c.padText = text; text {
	case "valid":
	case "same":
		if c.sh != 1 || c.sw != 1 {
			panicf("snn.Conv2d: padding \"same\" needs stride 1, not (%d, %d)", c.sh, c.sw)
		}
		// an odd total puts the extra zeros behind, as PyTorch does
		h, w := c.dh*(c.kh-1), c.dw*(c.kw-1)
		c.top, c.left = h/2, w/2
		c.bottom, c.right = h-c.top, w-c.left
	default:
		panicf("snn.Conv2d: padding is a number, a pair, \"same\" or \"valid\", not %q", text)
	}
}

// ownWeight copies the user's weight. The talk's stack of kernels, (2, 9, 9) for one input channel, is taken as
// (2, 1, 9, 9).
func (c *Conv) ownWeight(w *tensor.Tensor, shape []int) *tensor.Tensor {
	got := w.Shape()
	if len(got) == 3 && shape[1] == 1 {
		got = []int{got[0], 1, got[1], got[2]}
	}
	if len(got) == 2 && shape[0] == 1 && shape[1] == 1 {
		got = []int{1, 1, got[0], got[1]}
	}
	if !sameShape(got, shape) {
		panicf("snn.Conv2d: weight has shape %v, want %v", w.Shape(), shape)
	}
	return wrap(append([]float32(nil), w.Data()...), shape)
}

// Weight is the kernels, (out, in/groups, height, width). Changing its elements changes the convolution.
func (c *Conv) Weight() *tensor.Tensor { return c.weight }

// Bias is the bias, (out), or nil.
func (c *Conv) Bias() *tensor.Tensor { return c.bias }

// Forward convolves x. It returns s as it came. It panics if x has the wrong number of channels or is smaller than the
// kernel.
func (c *Conv) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(c, x)
	d := deviceOf(x)
	together(c, d, c.weight)
	if d != nil {
		return c.forwardOn(d, x), s
	}
	y := forwardNew(c, x)
	if tensor.Recording(x, c.weight, c.bias) {
		tensor.Record(tensor.Node{
			Name: "Conv2d", Inputs: []*tensor.Tensor{x, c.weight, c.bias}, Outputs: []*tensor.Tensor{y},
			Saved:    []*tensor.Tensor{x, c.weight},
			Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return c.backward(x, dy[0]) },
		})
	}
	return checked(c, x.Dim() > 4, x, y, nil), s
}

// ForwardInto is Forward that writes into dst, which must not be x. It allocates nothing in steady state.
func (c *Conv) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(c, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape.
func (c *Conv) OutputShape(in ...int) []int { return append([]int(nil), c.outputShape(in)...) }

func (c *Conv) outputShape(in []int) []int {
	if out := c.memo.find(in); out != nil {
		return out
	}
	n := len(in)
	if c.lifted && n != 5 {
		panicf("%s: input has shape %v, want (T, batch, %d, H, W)", c.label(), in, c.in)
	}
	if n < 2 || n == 2 && c.in != 1 || n > 2 && in[n-3] != c.in {
		panicf("%s: input has shape %v, want (…, %d, H, W)", c.label(), in, c.in)
	}
	h := convSize(in[n-2], c.top+c.bottom, c.dh, c.kh, c.sh)
	w := convSize(in[n-1], c.left+c.right, c.dw, c.kw, c.sw)
	if h < 1 || w < 1 {
		panicf("%s: an input of %d × %d is smaller than the kernel's %d × %d", c.label(), in[n-2], in[n-1],
			c.dh*(c.kh-1)+1, c.dw*(c.kw-1)+1)
	}
	if n == 2 {
		return c.memo.keep(in, []int{c.out, h, w})
	}
	return c.memo.keep(in, append(append([]int(nil), in[:n-3]...), c.out, h, w))
}

func convSize(n, pad, dilation, kernel, stride int) int {
	if n += pad - dilation*(kernel-1) - 1; n < 0 {
		return 0
	}
	return n/stride + 1
}

func (c *Conv) label() string {
	k := fmt.Sprint(c.kh)
	if c.kh != c.kw {
		k = fmt.Sprintf("(%d, %d)", c.kh, c.kw)
	}
	name := "Conv2d"
	if c.lifted {
		name = "LConv2d"
	}
	return fmt.Sprintf("%s(%d, %d, %s)", name, c.in, c.out, k)
}

// String is PyTorch's text: Conv2d(1, 2, kernel_size=(9, 9), stride=(1, 1), padding=(12, 12), dilation=(3, 3), bias=False).
func (c *Conv) String() string {
	name, one, zero := "Conv2d", "", ""
	if c.lifted { // a convolution in three dimensions, as Norse has it
		name, one, zero = "LConv2d", ", 1", ", 0"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s(%d, %d, kernel_size=(%d, %d%s), stride=(%d, %d%s)", name, c.in, c.out, c.kh, c.kw, one, c.sh, c.sw, one)
	switch {
	case c.padText != "":
		b.WriteString(", padding=" + c.padText)
	case c.top != 0 || c.left != 0:
		fmt.Fprintf(&b, ", padding=(%d, %d%s)", c.top, c.left, zero)
	}
	if c.dh != 1 || c.dw != 1 {
		fmt.Fprintf(&b, ", dilation=(%d, %d%s)", c.dh, c.dw, one)
	}
	if c.groups != 1 {
		fmt.Fprintf(&b, ", groups=%d", c.groups)
	}
	if c.bias == nil {
		b.WriteString(", bias=False")
	}
	b.WriteByte(')')
	return b.String()
}
