package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// applying is a module with both ways to run it.
type applying interface {
	snn.Module
	ForwardInto(dst, x *tensor.Tensor, s *snn.State) *snn.State
	OutputShape(in ...int) []int
}

var benchCases = func() (all []benchCase) {
	add := func(c ...benchCase) { all = append(all, c...) }

	a1 := benchCase{name: "a1", unit: "step/s", work: 1, inner: 100}
	add(both(a1, func() (applying, *tensor.Tensor) { return snn.LIFCell(), tensor.Ones(1) }, true)...)
	add(benchCase{name: "a2", unit: "loop/s", work: 1, setup: func() func() {
		cell, x := snn.LIFCell(), tensor.Ones(1)
		return func() {
			var s *snn.State
			for range 100 {
				_, s = cell.Forward(x, s)
			}
		}
	}})
	a3 := benchCase{name: "a3", unit: "step/s", work: 1, inner: 100}
	add(both(a3, func() (applying, *tensor.Tensor) { return snn.LICell(snn.TauMemInv(100)), tensor.Ones(2) }, true)...)
	add(inScript("a1-script", "snn.LIFCell()", 1), inScript("a3-script", "snn.LICell(snn.TauMemInv(100))", 2))

	layer := func(name string, shape ...int) {
		n := float64(volume(shape))
		c := benchCase{name: name, unit: "update/s", work: n, moved: 8 * n, space: 8 * n}
		add(both(c, func() (applying, *tensor.Tensor) {
			if name == "b1" {
				return snn.LIF(), tensor.Ones(shape...)
			}
			x := tensor.Rand(shape...)
			if name == "z" {
				clear(x.Data()[volume(shape[1:]):])
			}
			return snn.LIF(), x
		}, false)...)
	}
	layer("b1", 100, 1)
	layer("b2", 1000, 1, 1000)
	layer("b3", 100, 64, 1024)
	layer("z", 2000, 1, 1024)

	for _, m := range snn.Models() {
		if m == "LIFMC" || m == "LIFMCRefrac" { // a matrix product for each step
			continue
		}
		n := 1e6
		c := benchCase{name: "model." + m, unit: "update/s", work: n, moved: 8 * n, space: 8 * n}
		add(both(c, func() (applying, *tensor.Tensor) {
			x := tensor.Rand(1000, 1000)
			if m == "Izhikevich" || m == "CobaLIF" {
				x = x.Mul(20)
			}
			return snn.LayerByName(m), x
		}, false)[1])
	}
	add(talkCases()...)
	add(edgeCases()...)
	add(eventCases()...)
	add(scalingCases()...)

	train784 := func(name string, spikes, back bool) benchCase {
		return benchCase{
			name: name, unit: "sample/s", work: 128, flops: map[bool]float64{true: 2, false: 1}[back] * 2 * 4096 * (784*256 + 256*10),
			setup: func() func() { return trainStep(tensor.Device{}, spikes, back) },
		}
	}
	add(train784("e", true, true), train784("e2", true, false), train784("e3", false, true))
	conv := func(name string, passes float64) benchCase { // the input's gradient of the first layer is not needed
		first, rest := 2*320*12*2*25*30*30.0, 2*320*(32*12*25*11*11+800*10.0)
		return benchCase{
			name: name, unit: "sample/s", work: 32, flops: min(passes, 2)*first + passes*rest,
			setup: func() func() { return trainConv(passes > 1) },
		}
	}
	add(conv("h", 3), conv("h2", 1))
	add(benchCase{name: "f", unit: "start/s", work: 1, own: starts})
	for _, n := range []int{250, 1000} {
		c := benchCase{
			name: fmt.Sprintf("g%d", n), unit: "update/s", work: float64(1000 * 32 * n), flops: 2 * 32000 * float64(n*n), slow: n > 250,
		}
		add(both(c, func() (applying, *tensor.Tensor) {
			return snn.Sequential(snn.Linear(n, n, snn.Bias(false)), snn.LIF()), tensor.Bernoulli(0.03, 1000, 32, n)
		}, false)...)
	}
	for _, s := range [][3]int{{100, 30000, 10}, {128, 784, 256}, {4096, 784, 256}, {512, 512, 512}, {1024, 1024, 1024}} {
		m, k, n := s[0], s[1], s[2]
		add(benchCase{
			name: fmt.Sprintf("m.%dx%dx%d", m, k, n), unit: "GFLOP/s", work: 2 * float64(m*k*n) / 1e9, flops: 2 * float64(m*k*n),
			setup: func() func() {
				a, b, c := gemm.Matrix{Data: tensor.Rand(m, k).Data(), Row: k, Column: 1}, gemm.Matrix{Data: tensor.Rand(k, n).Data(), Row: n, Column: 1}, make([]float32, m*n)
				return func() {
					clear(c)
					gemm.Add(c, n, a, b, m, k, n, 0)
				}
			},
		})
	}
	return all
}()

func volume(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// both is a case with new outputs at every call, as in torch, and one with ForwardInto. The state is carried on, or fresh
// in every call.
func both(c benchCase, model func() (applying, *tensor.Tensor), carried bool) []benchCase {
	into := c
	into.name += "-into"
	c.setup = func() func() {
		m, x := model()
		var s *snn.State
		return func() {
			_, next := m.Forward(x, s)
			if carried {
				s = next
			}
		}
	}
	into.setup = func() func() {
		m, x := model()
		y := tensor.Zeros(m.OutputShape(x.Shape()...)...)
		s := m.ForwardInto(y, x, nil)
		return func() { m.ForwardInto(y, x, s) }
	}
	return []benchCase{c, into}
}

// talkCases is the convolution, the neurons and the linear layer of the talk, together and alone.
func talkCases() (all []benchCase) {
	parts := func() (conv, lif, flat, linear, end applying) {
		return snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2))), snn.LIF(), snn.Flatten(1), snn.Linear(30000, 10), snn.Sigmoid()
	}
	const pixels, neurons = 100 * 100 * 100, 3e6
	whole := benchCase{name: "c", unit: "call/s", work: 1, flops: 150*pixels + 2*10*neurons, moved: 8 * neurons, space: 8 * neurons}
	all = both(whole, func() (applying, *tensor.Tensor) {
		conv, lif, flat, linear, end := parts()
		return snn.Sequential(conv, lif, snn.Lift(flat), linear, end), tensor.Ones(100, 1, 1, 100, 100)
	}, false)
	for k, c := range []benchCase{
		{name: "c.conv", flops: 150 * pixels}, {name: "c.lif", moved: 8 * neurons, space: 8 * neurons}, {name: "c.linear", flops: 2 * 10 * neurons},
	} {
		c.unit, c.work = "call/s", 1
		all = append(all, both(c, func() (applying, *tensor.Tensor) {
			conv, lif, _, linear, _ := parts()
			x := tensor.Ones(100, 1, 1, 100, 100)
			for i, m := range []applying{conv, lif, linear} {
				if i == 2 {
					x = x.Reshape(100, 30000)
				}
				if i == k {
					return m, x
				}
				x, _ = m.Forward(x, nil)
			}
			panic("bench: the talk's model has three parts")
		}, false)...)
	}
	return all
}

// edgeCases is the talk's edge detector at one frame a call.
func edgeCases() (all []benchCase) {
	for _, e := range []struct {
		name          string
		h, w, pad     int
		share         float64
		alone, spread bool
	}{
		{name: "d", h: 480, w: 640, share: 0.02},
		{name: "d.half", h: 480, w: 640, share: 0.5},
		{name: "d2", h: 720, w: 1280, share: 0.02},
		{name: "d3", h: 480, w: 640, share: 0.02, alone: true},
		{name: "d4", h: 480, w: 640, share: 0.02, spread: true},
	} {
		n := float64(e.h * e.w)
		c := benchCase{name: e.name, unit: "frame/s", work: 1, moved: 32 * n, space: 32 * n}
		switch {
		case e.spread:
			c.flops = 2 * 162 * n
		case !e.alone:
			c.flops = 2 * 162 * float64((e.h-8)*(e.w-8))
		}
		all = append(all, both(c, func() (applying, *tensor.Tensor) {
			x := tensor.Bernoulli(e.share, 1, 1, e.h, e.w)
			if e.alone {
				return snn.LIFRefracCell(), x
			}
			if e.spread {
				return edgeDetector(snn.Bias(false), snn.Dilation(3), snn.Padding(12)), x
			}
			return edgeDetector(), x
		}, true)...)
	}
	return append(all, benchCase{name: "d-reuse", unit: "frame/s", work: 1, setup: func() func() {
		m, x := snn.Reuse(edgeDetector()), tensor.Bernoulli(0.02, 1, 1, 480, 640)
		var s *snn.State
		return func() { _, s = m.Forward(x, s) }
	}})
}

func edgeDetector(opts ...snn.Option) *snn.Chain {
	field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14).Repeat(9, 1)
	opts = append(opts, snn.Weight(tensor.Stack(field, field.T()).Unsqueeze(1)))
	return snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9, opts...))
}

// trainStep is a step of training on a device, or its way forward alone.
func trainStep(d tensor.Device, spikes, back bool) func() {
	x, y := tensor.Rand(32, 128, 784), tensor.Zeros(128)
	if spikes {
		x = tensor.Bernoulli(0.1, 32, 128, 784)
	}
	for k := range y.Data() {
		y.Data()[k] = float32(k % 10)
	}
	m, err := snn.Sequential(snn.Linear(784, 256), snn.LIF(), snn.Linear(256, 10), snn.LI()).To(d)
	if err != nil {
		panic(err)
	}
	if x, err = x.To(d); err != nil {
		panic(err)
	}
	return step(m, x, y, back)
}

// trainConv is a step of training a convolutional network on events of 34 by 34 pixels, 12C5–MP2–32C5–MP2–10, over 10 steps
// of 32 samples, or its way forward alone.
func trainConv(back bool) func() {
	x, y := tensor.Bernoulli(0.05, 10, 32, 2, 34, 34), tensor.Zeros(32)
	for k := range y.Data() {
		y.Data()[k] = float32(k % 10)
	}
	m := snn.Sequential(
		snn.Lift(snn.Conv2d(2, 12, 5)), snn.LIF(), snn.Lift(snn.MaxPool2d(2)),
		snn.Lift(snn.Conv2d(12, 32, 5)), snn.LIF(), snn.Lift(snn.MaxPool2d(2)),
		snn.Lift(snn.Flatten(1)), snn.Linear(800, 10), snn.LI(),
	)
	return step(m, x, y, back)
}

// step is a step of training, or its way forward alone.
func step(m snn.Module, x, y *tensor.Tensor, back bool) func() {
	if !back {
		return func() { m.Forward(x, nil) }
	}
	opt := train.Adam(snn.Parameters(snn.Train(m)))
	return func() {
		opt.ZeroGrad()
		out, _ := m.Forward(x, nil)
		train.MaxCrossEntropy(out.CPU(), y).Backward()
		opt.Step()
	}
}

// child runs a cell in a process of its own.
func child(code string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(self, "-e", code).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}

// starts is the time from a fresh process to the first result.
func starts() ([]float64, error) {
	var times []float64
	for range 6 {
		at := time.Now()
		if _, err := child("y, _ := snn.LIF().Forward(tensor.Ones(100, 1), nil); fmt.Println(y.Sum())"); err != nil {
			return nil, err
		}
		times = append(times, time.Since(at).Seconds())
	}
	return times[1:], nil // the first one fills the file cache
}

// inScript is a cell of neurons called from a script.
func inScript(name, cell string, n int) benchCase {
	return benchCase{name: name, unit: "step/s", work: 1, own: func() ([]float64, error) {
		out, err := child(fmt.Sprintf(`cell, x := %s, tensor.Ones(%d)
var s *snn.State
for r := 0; r < 50; r++ {
	start := time.Now()
	for i := 0; i < 1000; i++ {
		_, s = cell.Forward(x, s)
	}
	fmt.Println("seconds", time.Since(start).Seconds()/1000)
}`, cell, n))
		if err != nil {
			return nil, err
		}
		var times []float64
		for line := range strings.Lines(out) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "seconds "); ok {
				v, err := strconv.ParseFloat(text, 64)
				if err != nil {
					return nil, err
				}
				times = append(times, v)
			}
		}
		if len(times) == 0 {
			return nil, fmt.Errorf("the script printed no times: %q", out)
		}
		return times, nil
	}}
}
