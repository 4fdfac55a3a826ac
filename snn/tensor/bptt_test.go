package tensor_test

import (
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn/tensor"
)

// spike is the Heaviside step of x with a surrogate's derivative: what Record is for.
func spike(x *tensor.Tensor, method string, alpha float64) *tensor.Tensor {
	z, u := x.Detach().Gt(0), x.Detach()
	tensor.Record(tensor.Node{
		Name: method, Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{z}, Saved: []*tensor.Tensor{x},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			switch method {
			case "super":
				d := u.Abs().Mul(alpha).Add(1)
				return []*tensor.Tensor{dy[0].Div(d.Mul(d))}
			case "triangle":
				return []*tensor.Tensor{dy[0].Mul(alpha).Mul(u.Abs().Neg().Add(1).Relu())}
			case "tanh":
				th := u.Mul(alpha).Tanh()
				return []*tensor.Tensor{dy[0].Mul(th.Mul(th).Neg().Add(1))}
			}
			panic("no surrogate " + method)
		},
	})
	return z
}

// lif is a leaky integrate-and-fire neuron written with operations; without a threshold it is a leaky integrator.
type lif struct {
	tauMem, tauSyn, vTh *tensor.Tensor
	method              string
	alpha               float64
	v, i, z             *tensor.Tensor
	recurrent           *tensor.Tensor // (out, in), or nil
}

const dt = 0.001

func (n *lif) step(x *tensor.Tensor) *tensor.Tensor {
	if n.v == nil {
		n.v, n.i, n.z = tensor.ZerosLike(x), tensor.ZerosLike(x), tensor.ZerosLike(x)
	}
	j := n.i.Add(x)
	if n.recurrent != nil {
		j = j.Add(n.z.MatMul(n.recurrent.T()))
	}
	u := n.v.Add(n.tauMem.Mul(dt).Mul(n.v.Neg().Add(j)))
	n.i = j.Add(n.tauSyn.Mul(-dt).Mul(j))
	if n.vTh == nil {
		n.v = u
		return u
	}
	n.z = spike(u.Sub(n.vTh), n.method, n.alpha)
	reset := n.z
	if n.recurrent != nil {
		reset = n.z.Detach() // as Norse does in the recurrent step
	}
	n.v = reset.Neg().Add(1).Mul(u)
	return n.z
}

// over runs f along axis 0 of x.
func over(x *tensor.Tensor, f func(x *tensor.Tensor) *tensor.Tensor) *tensor.Tensor {
	var out []*tensor.Tensor
	for t := range x.Len() {
		out = append(out, f(x.Index(t)))
	}
	return tensor.Stack(out...)
}

func of(t *testing.T, c golden.Case, key string) *tensor.Tensor {
	t.Helper()
	a, err := c.Tensor(key)
	if err != nil {
		t.Fatal(err)
	}
	return tensor.FromSlice(a.Data).Reshape(a.Shape...)
}

func compare(t *testing.T, c golden.Case, what string, got, want *tensor.Tensor) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: no %s", c.Text("name"), what)
		return
	}
	reference := golden.Tensor{Shape: want.Shape(), Data: want.Data()}
	if err := golden.Compare(c.Text("name")+": "+what, c.Text("tol"), got.Shape(), got.Data(), reference); err != nil {
		t.Error(err)
	}
}

// Networks of single operations, differentiated through all time steps. The oracle is Norse 065a3b45 on torch 1.13.1.
func TestBackwardThroughTimeIsNorses(t *testing.T) {
	file, err := golden.Load("../testdata/norse/bptt.json")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range file.Cases {
		name := c.Text("name")
		x := of(t, c, "input").SetRequiresGrad(true)
		neuron := &lif{
			tauMem: tensor.Scalar(100), tauSyn: tensor.Scalar(200), vTh: tensor.Scalar(1),
			method: "super", alpha: c.Number("alpha", 100),
		}
		leaves := map[string]*tensor.Tensor{}
		learn := func(from golden.Case, key string) *tensor.Tensor {
			leaves[key] = of(t, from, key).SetRequiresGrad(true)
			return leaves[key]
		}
		var out *tensor.Tensor
		switch {
		case strings.HasPrefix(name, "Linear-LIF-Linear-LI/"):
			neuron.method = c.Text("method")
			readout := &lif{tauMem: tensor.Scalar(100), tauSyn: tensor.Scalar(200)}
			weights := c.Sub("weights")
			w0, b0 := learn(weights, "0.weight"), learn(weights, "0.bias")
			w2, b2 := learn(weights, "2.weight"), learn(weights, "2.bias")
			out = over(x, func(x *tensor.Tensor) *tensor.Tensor {
				return readout.step(neuron.step(x.MatMul(w0.T()).Add(b0)).MatMul(w2.T()).Add(b2))
			})
			var loss *tensor.Tensor
			if c.Text("loss") == "mse" {
				loss = tensor.MSE(out, of(t, c, "target"))
			} else {
				loss = tensor.CrossEntropy(out.Max(0), of(t, c, "target"))
			}
			compare(t, c, "loss", loss, tensor.Scalar(c.Number("loss_value", math.NaN())))
			loss.Backward()
		case name == "LIF/learn-params":
			p := c.Sub("params")
			for key, to := range map[string]**tensor.Tensor{"tau_mem_inv": &neuron.tauMem, "tau_syn_inv": &neuron.tauSyn, "v_th": &neuron.vTh} {
				leaves[key] = tensor.Scalar(p.Number(key, math.NaN())).SetRequiresGrad(true)
				*to = leaves[key]
			}
			out = over(x, neuron.step)
			out.BackwardFrom(of(t, c, "dy"))
		case name == "recurrent/LIF":
			w := learn(c, "input_weights")
			neuron.recurrent = learn(c, "recurrent_weights")
			n := neuron.recurrent.Len()
			neuron.recurrent = neuron.recurrent.Mul(tensor.Ones(n, n).Sub(tensor.Eye(n))) // no autapses
			out = over(x, func(x *tensor.Tensor) *tensor.Tensor { return neuron.step(x.MatMul(w.T())) })
			out.BackwardFrom(of(t, c, "dy"))
		case name == "layer/LIF":
			out = over(x, neuron.step)
			out.BackwardFrom(of(t, c, "dy"))
		default:
			continue
		}
		count++
		compare(t, c, "output", out, of(t, c, "output"))
		compare(t, c, "input_grad", x.Grad(), of(t, c, "input_grad"))
		for key, leaf := range leaves {
			compare(t, c, "gradient of "+key, leaf.Grad(), of(t, c.Sub("grads"), key))
		}
	}
	if count != 11 {
		t.Errorf("%d cases, want 11", count)
	}
}
