package snn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// message is what f panics with.
func message(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// TestContradictingOptions: two of one name are refused with both values; the same twice, Learn more than once and an
// option beside a module's own choice are not.
func TestContradictingOptions(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.LIFCell: two options tau_mem_inv: 100 and 200": func() { LIFCell(TauMemInv(100), TauMemInv(200)) },
		"snn.LIF: two options delayed: true and false":      func() { LIF(Delayed(), VTh(2), Immediate()) },
		"snn.LIFRecurrent: two options method: tanh and triangle(0.3)": func() {
			LIFRecurrent(1, 1, Method("tanh"), Surrogate(surrogate.Triangle(0.3)))
		},
		"snn.Conv2d: two options padding: 1 and same":  func() { Conv2d(1, 1, 3, Padding(1), Padding("same")) },
		"snn.Linear: two options bias: true and false": func() { Linear(2, 2, Bias(true), Bias(false)) },
		"": func() {
			LIFCell(TauMemInv(100), TauMemInv(100))
			ConvNet4(1, 28, VTh(0.5))
			LIFMCCell(2, Coupling(tensor.Zeros(2, 2)))
		},
	} {
		if got := message(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if n := len(Parameters(LIF(Learn("tau_mem_inv"), Learn("v_th")))); n != 2 {
		t.Errorf("%d parameters learned, want 2", n)
	}
	if v := LIFMCCell(2, Coupling(tensor.Ones(2, 2))).Coupling().At2(0, 1); v != 1 {
		t.Errorf("coupling %v, want the user's 1", v)
	}
}

// TestNilTensor: a tensor that is missing is one line, not a fault of memory.
func TestNilTensor(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.Linear: weight is nil, want a tensor of shape [3 2]":              func() { Linear(2, 3, Weight(nil)) },
		"snn.Linear: bias is nil, want a tensor of shape [3]":                  func() { Linear(2, 3, Bias((*tensor.Tensor)(nil))) },
		"snn.Linear: weight is a *tensor.Tensor, not int":                      func() { Linear(2, 3, Set("weight", 1)) },
		"snn.Linear: weight has shape [2 3], want [3 2]":                       func() { Linear(2, 3, Weight(tensor.Ones(2, 3))) },
		"snn.LIFRecurrent: input_weights is nil, want a tensor of shape [3 2]": func() { LIFRecurrent(2, 3, InputWeights(nil)) },
		"snn.State: v is nil, expected a tensor":                               func() { LIFCell().InitialState(2).With("v", nil) },
	} {
		if got := message(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNilInput: every module says that it is given nothing, and a container says where.
func TestNilInput(t *testing.T) {
	for want, m := range map[string]Module{
		"LIFCell: input is nil": LIFCell(), "LIF: input is nil": LIF(), "LIFRecurrentCell(2, 3): input is nil": LIFRecurrentCell(2, 3),
		"LIFRecurrent(2, 3): input is nil": LIFRecurrent(2, 3), "Linear(2, 3): input is nil": Linear(2, 3), "Flatten": Flatten(),
		"Conv2d": Conv2d(1, 1, 3), "BatchNorm2d": BatchNorm2d(3), "MaxPool2d": MaxPool2d(2), "Dropout": Dropout(), "Sigmoid": Sigmoid(),
		"Softmax": Softmax(0), "Scale": Scale(2), "ExpFilter": ExpFilter(2, 2), "LIFCorrelation": LIFCorrelation(2, 2),
		"Sequential": Sequential(LIF()), "Lift": Lift(LIFCell()), "RecurrentSequential": RecurrentSequential(LIFCell()),
		"Parallel": Parallel(LIF()), "LIFBox: input is nil": RegularizationCell(LIFBox()), "LI: input is nil": WithParts(LI()),
	} {
		got := message(func() { m.Forward(nil, nil) })
		if !strings.Contains(got, want) || !strings.HasSuffix(got, ": input is nil") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := message(func() { LIFCell().ForwardInto(nil, nil, nil) }); got != "LIFCell: input or destination is nil" {
		t.Errorf("ForwardInto: %q", got)
	}
}
