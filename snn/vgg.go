package snn

import "math"

// vggPlans are the channels of the convolutions of each depth; 0 is a pooling.
var vggPlans = map[int][]int{
	11: {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0},
	13: {64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0},
	16: {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0},
	19: {64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512, 0},
}

// VGG is the VGG network of depth 11, 13, 16 or 19 with LIF neurons in the place of ReLU, with batch normalisation or
// without. The input is (T, batch, 3, H, W) with at least 32 × 32 pixels, the output (T, batch, classes). The parameters
// have PyTorch's names, such as features.0.lifted_module.weight; there are 133 to 144 million for 1000 classes, and
// none are downloaded.
//
// Source: Simonyan and Zisserman, ICLR 2015; Norse, models/vgg.py at 065a3b45.
func VGG(depth, classes int, batchNorm bool) *Chain {
	plan := vggPlans[depth]
	if plan == nil {
		panicf("snn.VGG: depth is 11, 13, 16 or 19, not %d", depth)
	}
	return vgg(plan, classes, 4096, batchNorm)
}

func vgg(plan []int, classes, hidden int, batchNorm bool) *Chain {
	var features []Module
	in := 3
	for _, out := range plan {
		if out == 0 {
			features = append(features, Lift(MaxPool2d(2)))
			continue
		}
		features = append(features, Lift(heConv(Conv2d(in, out, 3, Padding(1)))))
		if batchNorm {
			features = append(features, Lift(BatchNorm2d(out)))
		}
		features = append(features, LIF())
		in = out
	}
	return Sequential(
		Sequential(features...), Lift(AdaptiveAvgPool2d(7)), Flatten(2),
		Sequential(
			Lift(smallLinear(in*49, hidden)), LIF(), Lift(Dropout()),
			Lift(smallLinear(hidden, hidden)), LIF(), Lift(Dropout()),
			Lift(smallLinear(hidden, classes)),
		),
	).named("features", "avgpool", "flatten", "classifier")
}

// heConv gives a convolution the initial weights of He et al., ICCV 2015: N(0, 2/(outputs of a pixel)), no bias.
func heConv(c *Conv) *Conv {
	copy(c.weight.Data(), normal(math.Sqrt(2/float64(c.out*c.kh*c.kw)), c.weight.Shape()...).Data())
	if c.bias != nil {
		clear(c.bias.Data())
	}
	return c
}

// smallLinear is a layer whose weights start as N(0, 0.01²).
func smallLinear(in, out int) *Dense {
	l := Linear(in, out, Weight(normal(0.01, out, in)))
	clear(l.bias.Data())
	return l
}
