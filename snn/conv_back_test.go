package snn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// definedGradients is the gradients of input, weight and bias from the definition of the convolution, in float64, and the sums
// of their terms' magnitudes, which rounding is a share of.
func definedGradients(c *Conv, x, dy *tensor.Tensor) (sums, sizes [3][]float64) {
	per, perOut := c.in/c.groups, c.out/c.groups
	for k, n := range []int{x.Numel(), c.weight.Numel(), c.out} {
		sums[k], sizes[k] = make([]float64, n), make([]float64, n)
	}
	add := func(k, at int, v float64) {
		sums[k][at] += v
		sizes[k][at] += math.Abs(v)
	}
	h, w, oh, ow := x.Shape()[2], x.Shape()[3], dy.Shape()[2], dy.Shape()[3]
	for at, v := range dy.Data() {
		d, o, oy, ox := float64(v), at/(oh*ow)%c.out, at/ow%oh, at%ow
		add(2, o, d)
		for tap := range per * c.kh * c.kw {
			i, y, xx := tap/(c.kh*c.kw), oy*c.sh+tap/c.kw%c.kh*c.dh-c.top, ox*c.sw+tap%c.kw*c.dw-c.left
			if y < 0 || y >= h || xx < 0 || xx >= w {
				continue
			}
			from := ((at/(oh*ow*c.out)*c.in+o/perOut*per+i)*h+y)*w + xx
			add(0, from, d*float64(c.weight.Data()[o*per*c.kh*c.kw+tap]))
			add(1, o*per*c.kh*c.kw+tap, d*float64(x.Data()[from]))
		}
	}
	return sums, sizes
}

// TestConv2dGradientsDefinition compares the gradients with the definition, on one processor and on several, of random layers: strides
// beyond the kernel, padding on one side and beyond the kernel, images narrower than a vector, hardly any input. The number
// of processors changes no bits.
func TestConv2dGradientsDefinition(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	tensor.Seed(4)
	r := rand.New(rand.NewPCG(4, 4))
	upTo := func(n int) int { return 1 + r.IntN(n) }
	for range 150 {
		groups := upTo(3)
		c := Conv2d(groups*upTo(5), groups*upTo(9), []int{upTo(4), upTo(4)}, Stride([]int{upTo(3), upTo(3)}),
			Dilation([]int{upTo(3), upTo(3)}), Groups(groups))
		c.top, c.bottom, c.left, c.right = r.IntN(7), r.IntN(7), r.IntN(7), r.IntN(7)
		x := activeShare([]float64{1, 0.01, 0}[r.IntN(3)], upTo(4), c.in, upTo(20), upTo(20)).SetRequiresGrad(true)
		h, w := convSize(x.Shape()[2], c.top+c.bottom, c.dh, c.kh, c.sh), convSize(x.Shape()[3], c.left+c.right, c.dw, c.kw, c.sw)
		if h*w == 0 {
			continue
		}
		c.weight.SetRequiresGrad(true)
		c.bias.SetRequiresGrad(true)
		dy := tensor.Randn(x.Len(), c.out, h, w)
		runtime.GOMAXPROCS(1)
		one := c.backward(x, dy)
		runtime.GOMAXPROCS(2 + r.IntN(4))
		several := c.backward(x, dy)
		sums, sizes := definedGradients(c, x, dy)
		for k, name := range []string{"input", "weight", "bias"} {
			what := fmt.Sprintf("%v of %v, padding %d %d %d %d: %s", c, x.Shape(), c.top, c.bottom, c.left, c.right, name)
			sameBits(t, what, several[k], one[k])
			for at, v := range one[k].Data() {
				if math.Abs(float64(v)-sums[k][at]) > 1e-5*sizes[k][at] {
					t.Fatalf("%s[%d] is %v, want %v", what, at, v, sums[k][at])
				}
			}
		}
	}
}
