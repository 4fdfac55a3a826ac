package snn

// ConvNet is Norse's small convolutional network for images of size × size pixels: two convolutions with LIF neurons and
// pooling, a hidden layer of 500 LIF neurons, and ten leaky integrators. The input is (T, batch, channels, size, size), for
// MNIST 1 and 28; the output, (T, batch, 10), is the membrane potentials of the integrators. Options: those of LIF.
//
// Source: Norse, models/conv.py at 065a3b45.
func ConvNet(channels, size int, opts ...Option) *Chain {
	return convNet("snn.ConvNet", channels, size, 20, 50, 500, opts, opts)
}

// ConvNet4 is ConvNet with 32 and 64 channels, 1024 hidden neurons, and a threshold of 0.7 in the convolutions.
func ConvNet4(channels, size int, opts ...Option) *Chain {
	return convNet("snn.ConvNet4", channels, size, 32, 64, 1024, append([]Option{VTh(fallback{0.7})}, opts...), opts)
}

func convNet(who string, channels, size, first, second, hidden int, early, late []Option) *Chain {
	n := ((size-4)/2 - 4) / 2
	if n < 1 {
		panicf("%s: images of %d × %d pixels are too small; 16 is the least", who, size, size)
	}
	return Sequential(
		Lift(Conv2d(channels, first, 5)), LIF(early...), Lift(MaxPool2d(2)),
		Lift(Conv2d(first, second, 5)), Scale(10), LIF(early...), Lift(MaxPool2d(2)),
		Flatten(2), Linear(n*n*second, hidden), LIF(late...), Relu(),
		LILinear(hidden, 10),
	)
}
