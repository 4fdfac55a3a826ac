package snn

import (
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func count(m Module) int {
	n := 0
	for _, p := range Parameters(m) {
		n += p.Value.Numel()
	}
	return n
}

// TestNetworks: the published numbers of parameters, the shapes, and gradients to every parameter.
func TestNetworks(t *testing.T) {
	tensor.Seed(1)
	// by hand: 20·25+20, 50·20·25+50, 500·800+500, 10·500
	if n := count(ConvNet(1, 28)); n != 520+25050+400500+5000 {
		t.Errorf("ConvNet has %d parameters", n)
	}
	if n := count(MobileNetV2(1000)); n != 3_504_872 { // torchvision's mobilenet_v2
		t.Errorf("MobileNetV2 has %d parameters", n)
	}
	small := vgg([]int{4, 0, 8, 0}, 5, 16, true)
	for _, c := range []struct {
		m     Module
		shape []int
		out   int
		name  string
	}{
		{ConvNet(1, 28), []int{2, 2, 1, 28, 28}, 10, "0.lifted_module.weight"},
		{ConvNet4(2, 16, Method("triangle")), []int{2, 1, 2, 16, 16}, 10, "3.lifted_module.bias"},
		{small, []int{2, 2, 3, 32, 32}, 5, "features.1.lifted_module.weight"},
		{MobileNetV2(3), []int{1, 2, 3, 32, 32}, 3, "features.1.conv.0.0.lifted_module.weight"},
	} {
		Train(c.m)
		y, _ := c.m.Forward(tensor.Rand(c.shape...), nil)
		if !sameShape(y.Shape(), []int{c.shape[0], c.shape[1], c.out}) {
			t.Errorf("output has shape %v", y.Shape())
		}
		y.Sum().Backward()
		found := false
		for _, p := range Parameters(c.m) {
			found = found || p.Name == c.name
			if p.Value.Grad() == nil {
				t.Errorf("%s has no gradient", p.Name)
			}
		}
		if !found {
			t.Errorf("no parameter %s in %s", c.name, names(Parameters(c.m)))
		}
		got := Summary(c.m, c.shape...)
		if got.Parameters != count(c.m) || !sameShape(got.Rows[len(got.Rows)-1].Output, y.Shape()) {
			t.Errorf("the summary says %v", got)
		}
	}
	// torchvision's vgg11 and vgg16_bn: weights and biases of 3 × 3 convolutions, and the classifier's 123 642 856
	for depth, want := range map[int]int{11: 132_863_336, 16: 138_357_544} {
		n, in := 123_642_856, 3
		for _, out := range vggPlans[depth] {
			if out > 0 {
				n += 9*in*out + out
				in = out
			}
		}
		if n != want {
			t.Errorf("VGG %d has %d parameters, want %d", depth, n, want)
		}
	}
	panicsWith(t, "depth is 11, 13, 16 or 19", func() { VGG(12, 10, false) })
	panicsWith(t, "too small", func() { ConvNet(1, 8) })
}

// TestScale: a number or a tensor, with gradients where it is trained.
func TestScale(t *testing.T) {
	x := tensor.Of(1, 2, 3)
	y, _ := Scale(2).Forward(x, nil)
	sameBits(t, "number", y, tensor.Of(2, 4, 6))
	by := tensor.Of(1, 0, -1).SetRequiresGrad(true)
	m := Scale(by)
	z, _ := Sequential(m).Forward(x, nil)
	z.Sum().Backward()
	sameBits(t, "gradient", by.Grad(), x)
	if got := names(Parameters(m)); got != "scale[3]" || !strings.Contains(m.String(), "Scale(tensor(") {
		t.Error(got, m)
	}
	dst := tensor.Zeros(3)
	Sequential(Scale(tensor.Of(3)), Scale(0.5)).ForwardInto(dst, x, nil)
	sameBits(t, "ForwardInto", dst, tensor.Of(1.5, 3, 4.5))
	panicsWith(t, "does not broadcast", func() { Scale(tensor.Ones(2, 1)).Forward(x, nil) })
}
