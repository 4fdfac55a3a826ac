package snn

// mobileNetPlan is, for each group of blocks, the expansion, the channels, the number of blocks and the first one's stride.
var mobileNetPlan = [][4]int{
	{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
}

// MobileNetV2 is the network of inverted residual blocks with LIF neurons in the place of ReLU6. The input is
// (T, batch, 3, H, W), the output (T, batch, classes). It has 3.5 million parameters for 1000 classes.
//
// Source: Sandler et al., CVPR 2018; Norse, models/mobilenet.py at 065a3b45.
func MobileNetV2(classes int) *Chain {
	features := []Module{convNormLIF(3, 32, 3, 2, 1)}
	in := 32
	for _, group := range mobileNetPlan {
		stride := group[3]
		for range group[2] {
			features = append(features, invertedResidual(in, group[1], stride, group[0]))
			in, stride = group[1], 1
		}
	}
	features = append(features, convNormLIF(in, 1280, 1, 1, 1))
	return Sequential(
		Sequential(features...), Lift(AdaptiveAvgPool2d(1)), Flatten(2),
		Sequential(Lift(Dropout(0.2)), Lift(smallLinear(1280, classes))),
	).named("features", "pool", "flatten", "classifier")
}

func convNormLIF(in, out, kernel, stride, groups int) *Chain {
	c := Conv2d(in, out, kernel, Stride(stride), Padding((kernel-1)/2), Groups(groups), Bias(false))
	return Sequential(Lift(heConv(c)), Lift(BatchNorm2d(out)), LIF())
}

// invertedResidual widens the channels, filters each by itself and narrows them again; where the shape stays the input
// is added.
func invertedResidual(in, out, stride, expand int) Module {
	wide := in * expand
	var conv []Module
	if expand != 1 {
		conv = append(conv, convNormLIF(in, wide, 1, 1, 1))
	}
	conv = append(conv, convNormLIF(wide, wide, 3, stride, wide),
		Lift(heConv(Conv2d(wide, out, 1, Bias(false)))), Lift(BatchNorm2d(out)))
	if stride == 1 && in == out {
		return Residual(Sequential(conv...)).named("conv")
	}
	return Sequential(Sequential(conv...)).named("conv")
}
