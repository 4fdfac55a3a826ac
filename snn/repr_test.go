package snn

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// stateAfter is the state that one step on ones of that shape leaves.
func stateAfter(m Module, shape ...int) any {
	_, s := m.Forward(tensor.Ones(shape...), nil)
	return s
}

// stateAfterZero is the state that one step on zeros(1, 1) leaves.
func stateAfterZero(m Module) any {
	_, s := m.Forward(tensor.Zeros(1, 1), nil)
	return s
}

// reprs makes what each Python expression of testdata/repr/norse.json makes.
var reprs = map[string]func() any{
	"snn.LICell()":        func() any { return LICell() },
	"snn.LIFCell()":       func() any { return LIFCell() },
	"snn.LIFRefracCell()": func() any { return LIFRefracCell() },
	"snn.LI()":            func() any { return LI() },
	"snn.LIF()":           func() any { return LIF() },

	"snn.LICell(LIParameters(tau_mem_inv=100))": func() any { return LICell(TauMemInv(100)) },
	"snn.LICell(LIParameters(tau_mem_inv=83.7), dt=0.002)": func() any {
		return LICell(TauMemInv(83.7), DT(0.002))
	},
	"snn.LICell(LIParameters(tau_mem_inv=torch.tensor([100., 83.7])))": func() any {
		return LICell(TauMemInv(tensor.Of(100, 83.7)))
	},
	"snn.LIFCell(LIFParameters(tau_mem_inv=100, v_th=torch.tensor([0.5, 1.25])), dt=0.002)": func() any {
		return LIFCell(DT(0.002), VTh(tensor.Of(0.5, 1.25)), TauMemInv(100))
	},
	"snn.LIFCell(LIFParameters(tau_mem_inv=83.7, method='triangle', alpha=0.3))": func() any {
		return LIFCell(TauMemInv(83.7), Surrogate(surrogate.Triangle(0.3)))
	},
	"snn.LIFCell(dt=1)":    func() any { return LIFCell(DT(1)) },
	"snn.LIFCell(dt=1e-5)": func() any { return LIFCell(DT(1e-5)) },

	"snn.SequentialState(snn.LIFRefracCell(), nn.Conv2d(1, 2, 9, dilation=3, padding=12, bias=False))": func() any {
		return Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Dilation(3), Padding(12), Bias(false)))
	},
	"snn.SequentialState(snn.Lift(nn.Conv2d(1, 3, 5, padding=2)), snn.LIF(), nn.Flatten(1), " +
		"nn.Linear(30000, 10), nn.Sigmoid())": func() any {
		return Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Flatten(1), Linear(30000, 10), Sigmoid())
	},
	"snn.SequentialState(snn.SequentialState(snn.LICell(), nn.ReLU()), nn.Linear(3, 2, bias=False))": func() any {
		return Sequential(Sequential(LICell(), Relu()), Linear(3, 2, Bias(false)))
	},
	"snn.SequentialState()":                       func() any { return Sequential() },
	"snn.Lift(snn.SequentialState(snn.LICell()))": func() any { return Lift(Sequential(LICell())) },
	"nn.Conv2d(4, 8, 3, padding='same')":          func() any { return Conv2d(4, 8, 3, Padding("same")) },
	"nn.Conv2d(1, 2, 9, stride=(2, 1), dilation=(1, 2))": func() any {
		return Conv2d(1, 2, 9, Stride([]int{2, 1}), Dilation([]int{1, 2}))
	},
	"nn.Conv2d(4, 8, (3, 5), stride=2, groups=2, padding=(1, 2))": func() any {
		return Conv2d(4, 8, []int{3, 5}, Stride(2), Groups(2), Padding([]int{1, 2}))
	},
	"nn.Flatten()":     func() any { return Flatten() },
	"nn.Flatten(1, 2)": func() any { return Flatten(1, 2) },

	"snn.LICell()(d)[1]":                          func() any { return stateAfter(LICell(), 1) },
	"snn.LIFCell()(d)[1]":                         func() any { return stateAfter(LIFCell(), 1) },
	"snn.LIFRefracCell()(d)[1]":                   func() any { return stateAfter(LIFRefracCell(), 1) },
	"snn.LICell()(torch.ones(3, 4))[1]":           func() any { return stateAfter(LICell(), 3, 4) },
	"snn.LIFRefracCell()(torch.ones(2, 2, 2))[1]": func() any { return stateAfter(LIFRefracCell(), 2, 2, 2) },
	"snn.SequentialState(snn.LIFRefracCell(), nn.ReLU(), snn.LICell())(d)[1]": func() any {
		return stateAfter(Sequential(LIFRefracCell(), Relu(), LICell()), 1)
	},
	"snn.LIF()(torch.ones(100, 1))[1]":                               func() any { return stateAfter(LIF(), 100, 1) },
	"snn.LIBoxCell()":                                                func() any { return LIBoxCell() },
	"snn.LIBoxCell()(d)[1]":                                          func() any { return stateAfter(LIBoxCell(), 1) },
	"snn.IAFCell()":                                                  func() any { return IAFCell() },
	"snn.IAF()":                                                      func() any { return IAF() },
	"snn.IAFCell()(d)[1]":                                            func() any { return stateAfter(IAFCell(), 1) },
	"snn.LIFBoxCell()(d)[1]":                                         func() any { return stateAfter(LIFBoxCell(), 1) },
	"snn.LIFExCell()":                                                func() any { return LIFExCell() },
	"snn.LIFAdExCell()":                                              func() any { return LIFAdExCell() },
	"snn.LIFAdExRefracCell()":                                        func() any { return LIFAdExRefracCell() },
	"snn.LIFEx()":                                                    func() any { return LIFEx() },
	"snn.LIFAdEx()":                                                  func() any { return LIFAdEx() },
	"snn.LIFExCell()(d)[1]":                                          func() any { return stateAfter(LIFExCell(), 1) },
	"snn.LIFAdExCell()(d)[1]":                                        func() any { return stateAfter(LIFAdExCell(), 1) },
	"snn.LIFAdExRefracCell()(d)[1]":                                  func() any { return stateAfter(LIFAdExRefracCell(), 1) },
	"snn.LSNNCell()":                                                 func() any { return LSNNCell() },
	"snn.LSNN()":                                                     func() any { return LSNN() },
	"snn.LSNNCell()(d)[1]":                                           func() any { return stateAfter(LSNNCell(), 1) },
	"snn.IzhikevichCell(snn.tonic_spiking)":                          func() any { return IzhikevichCell(TonicSpiking()) },
	"snn.Izhikevich(snn.dap)":                                        func() any { return Izhikevich(DAP()) },
	"snn.IzhikevichCell(snn.tonic_spiking)(d)[1]":                    func() any { return stateAfter(IzhikevichCell(TonicSpiking()), 1) },
	"snn.LIFRecurrentCell(3, 2)":                                     func() any { return LIFRecurrentCell(3, 2) },
	"snn.LIFRecurrent(3, 2)":                                         func() any { return LIFRecurrent(3, 2) },
	"snn.LIFRecurrentCell(1, 2)(z)[1]":                               func() any { return stateAfterZero(LIFRecurrentCell(1, 2)) },
	"snn.LIFRefracRecurrentCell(3, 2)":                               func() any { return LIFRefracRecurrentCell(3, 2) },
	"snn.LIFRefracRecurrent(3, 2)":                                   func() any { return LIFRefracRecurrent(3, 2) },
	"snn.LIFRefracRecurrentCell(1, 2)(z)[1]":                         func() any { return stateAfterZero(LIFRefracRecurrentCell(1, 2)) },
	"snn.LIFExRecurrentCell(3, 2)":                                   func() any { return LIFExRecurrentCell(3, 2) },
	"snn.LIFExRecurrent(3, 2)":                                       func() any { return LIFExRecurrent(3, 2) },
	"snn.LIFExRecurrentCell(1, 2)(z)[1]":                             func() any { return stateAfterZero(LIFExRecurrentCell(1, 2)) },
	"snn.LIFAdExRecurrentCell(3, 2)":                                 func() any { return LIFAdExRecurrentCell(3, 2) },
	"snn.LIFAdExRecurrent(3, 2)":                                     func() any { return LIFAdExRecurrent(3, 2) },
	"snn.LIFAdExRecurrentCell(1, 2)(z)[1]":                           func() any { return stateAfterZero(LIFAdExRecurrentCell(1, 2)) },
	"snn.LIFAdExRefracRecurrentCell(3, 2)":                           func() any { return LIFAdExRefracRecurrentCell(3, 2) },
	"snn.LIFAdExRefracRecurrent(3, 2)":                               func() any { return LIFAdExRefracRecurrent(3, 2) },
	"snn.LIFAdExRefracRecurrentCell(1, 2)(z)[1]":                     func() any { return stateAfterZero(LIFAdExRefracRecurrentCell(1, 2)) },
	"snn.LSNNRecurrentCell(3, 2)":                                    func() any { return LSNNRecurrentCell(3, 2) },
	"snn.LSNNRecurrent(3, 2)":                                        func() any { return LSNNRecurrent(3, 2) },
	"snn.LSNNRecurrentCell(1, 2)(z)[1]":                              func() any { return stateAfterZero(LSNNRecurrentCell(1, 2)) },
	"snn.IzhikevichRecurrentCell(3, 2, snn.accomodation)":            func() any { return IzhikevichRecurrentCell(3, 2, Accomodation()) },
	"snn.IzhikevichRecurrent(3, 2, snn.inhibition_induced_bursting)": func() any { return IzhikevichRecurrent(3, 2, InhibitionInducedBursting()) },
	"snn.IzhikevichRecurrentCell(1, 2, snn.tonic_spiking)(z)[1]":     func() any { return stateAfterZero(IzhikevichRecurrentCell(1, 2, TonicSpiking())) },
	"snn.CobaLIFCell(1, 2)(z)[1]":                                    func() any { return stateAfterZero(CobaLIFCell(1, 2)) },
	"snn.LILinearCell(1, 2)(z)[1]":                                   func() any { return stateAfterZero(LILinearCell(1, 2)) },
	"snn.LIFMCRecurrentCell(3, 2)":                                   func() any { return LIFMCRecurrentCell(3, 2) },
	"snn.LIFMCRefracRecurrentCell(3, 2)":                             func() any { return LIFMCRefracRecurrentCell(3, 2) },
	"snn.LIFMCRecurrentCell(1, 2)(z)[1]":                             func() any { return stateAfterZero(LIFMCRecurrentCell(1, 2)) },
	"snn.LIFMCRefracRecurrentCell(1, 2)(z)[1]":                       func() any { return stateAfterZero(LIFMCRefracRecurrentCell(1, 2)) },
	"snn.SequentialState(snn.RecurrentSequential(snn.LIFCell(), nn.Linear(2, 2)), nn.Tanh())": func() any { return Sequential(RecurrentSequential(LIFCell(), Linear(2, 2)), Tanh()) },
	"snn.LConv2d(1, 2, 3)":                           func() any { return LConv2d(1, 2, 3) },
	"nn.MaxPool2d(2)":                                func() any { return MaxPool2d(2) },
	"nn.MaxPool2d((3, 2), stride=1, padding=(1, 0))": func() any { return MaxPool2d([]int{3, 2}, Stride(1), Padding([]int{1, 0})) },
	"nn.AvgPool2d(2)":                                func() any { return AvgPool2d(2) },
	"nn.AdaptiveAvgPool2d((7, 7))":                   func() any { return AdaptiveAvgPool2d([]int{7, 7}) },
	"nn.Softmax(dim=1)":                              func() any { return Softmax(1) },
	"nn.LogSoftmax(dim=-1)":                          func() any { return LogSoftmax(-1) },
}

// TestRepr compares with the text that Norse 065a3b45 and torch 1.13 print (testdata/repr/generate.py). One thing
// differs on purpose: our state prints as LIFState where Norse has a LIFFeedForwardState beside it.
func TestRepr(t *testing.T) {
	file, err := golden.Load(filepath.Join("testdata", "repr", "norse.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var missing []string
	for _, c := range file.Cases {
		python := c.Text("norse")
		seen[python] = true
		build := reprs[python]
		if build == nil {
			missing = append(missing, python)
			continue
		}
		want := strings.ReplaceAll(c.Text("text"), "FeedForwardState(", "State(")
		if got := fmt.Sprint(build()); got != want {
			t.Errorf("%s prints\n%s\nwant\n%s", python, got, want)
		}
	}
	for python := range reprs {
		if !seen[python] {
			t.Errorf("%s is not in norse.json", python)
		}
	}
	if len(missing) > 0 {
		t.Logf("no module yet for %d of %d texts: %s", len(missing), len(file.Cases), strings.Join(missing, "; "))
	}
}
