package snn

import "github.com/livespike/livespike/snn/tensor"

// LConv2d is Conv2d lifted over a sequence, without a bias: the input is (T, batch, in, H, W), the output
// (T, batch, out, H', W'). Norse makes it of a three-dimensional convolution that is one step long.
//
// Options: Weight of shape (out, in/groups, height, width), with or without an axis of 1 behind; Padding; Dilation;
// Stride; Groups.
//
// Source: Norse, module/conv.py at 065a3b45.
func LConv2d(in, out int, kernel any, opts ...Option) *Conv {
	const who = "snn.LConv2d"
	options(who, "LConv2d", opts, []string{"weight", "padding", "dilation", "stride", "groups"})
	all := []Option{Bias(false)}
	for _, o := range opts {
		if t, ok := o.value.(*tensor.Tensor); ok && t != nil && o.name == "weight" {
			if s := t.Shape(); len(s) == 5 && s[4] == 1 {
				o = Weight(wrap(t.Data(), s[:4]))
			}
		}
		all = append(all, o)
	}
	c := Conv2d(in, out, kernel, all...)
	c.lifted = true
	return c
}
