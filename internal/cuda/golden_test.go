package cuda_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/internal/golden"
)

// TestGolden runs the kernels on Norse's own figures, with values from Norse 065a3b45 and v0.0.7, torch 1.13.1, without
// package snn in between: outputs, last states, and the gradients of the input where there is a backward kernel. It takes
// the folder named by LIVESPIKE_GOLDEN_NORSE, or that of package snn.
func TestGolden(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_NORSE")
	if dir == "" {
		dir = filepath.Join("..", "..", "snn", "testdata", "norse")
	}
	cases, err := golden.Cases(dir, "cell.", "step.Coba", "bptt.")
	if err != nil {
		t.Fatal(err)
	}
	ran, left := map[string]int{}, 0
	for _, c := range cases {
		kind, name, _ := strings.Cut(c.Text("op"), ".")
		if kind == "bptt" {
			name = c.Text("layer")
		}
		name = strings.TrimSuffix(name, "FeedForward")
		k := slices.IndexFunc(allModels, func(m model) bool { return m.name == name })
		if k < 0 || kind == "bptt" && (c.Text("op") == "bptt.recurrent" || c.Text("op") == "bptt.params" || entry(allModels[k].kernel+"_train") == nil && entry(allModels[k].kernel+"_back") == nil) {
			left++ // LILinear, networks, recurrent gradients, adjoints, and models without a backward kernel
			continue
		}
		if err := allModels[k].golden(t, c, kind == "bptt"); err != nil {
			t.Errorf("%s: %s (%s): %v", c.Text("file"), c.Text("name"), c.Text("op"), err)
		}
		ran[c.Text("tol")]++
	}
	if ran["exact"] < 20 {
		t.Errorf("only %d cases of class exact", ran["exact"])
	}
	t.Logf("cases by tolerance class: %v; %d are of what has no kernel of its own", ran, left)
}

// golden runs one case.
func (m model) golden(t *testing.T, c golden.Case, gradient bool) error {
	x, err := c.Tensor("input")
	if err != nil {
		return err
	}
	steps := x.Shape[0]
	n := len(x.Data) / steps
	p := values{of: map[string][]float32{}, runs: 1}
	for _, of := range []golden.Case{c.Sub("params"), c.Sub("params").Sub("lif"), c.Sub("params").Sub("lif_adex")} {
		for _, key := range of.Keys() {
			p.of[key] = []float32{float32(of.Number(key, 0))}
		}
	}
	block := make([]float32, len(m.coefs))
	for k, expr := range m.coefs {
		plain := m.name == "Izhikevich" || c.Text("name") == "braitenberg" && strings.HasSuffix(expr, "tau_mem_inv")
		block[k] = goldenProduct(expr, c, plain)
	}
	start := make([]float32, len(m.state)*n)
	for k, name := range m.state {
		v := float32(0)
		switch {
		case c.Sub("init").Has(name):
			v = float32(c.Sub("init").Number(name, 0))
		case name == "b" && m.name == "LSNN":
			v = p.of["v_th"][0]
		case k == 0 && m.name == "IAF":
			v = p.of["v_reset"][0]
		case k == 0 && m.name != "CobaLIF":
			v = p.of["v_leak"][0]
		}
		for i := range n {
			start[k*n+i] = v
		}
	}
	delayed := m.name == "LSNN" || strings.Contains(c.Text("file"), "delayed")
	if gradient {
		return m.goldenGradient(t, c, block, start, steps, n, delayed)
	}
	kernel := m.kernel
	if c.Sub("params").Text("reset_method") == "reset_subtract" {
		kernel += "_subtract"
	}
	z, s := forward(t, kernel+"_f32", x.Data, start, block, steps, n, max(n, 1), delayed)
	want, err := c.Tensor("output")
	if err != nil {
		return err
	}
	if err := golden.Compare("output", c.Text("tol"), want.Shape, z, want); err != nil {
		return err
	}
	for k, name := range m.state {
		all, err := c.Sub("states").Tensor(name)
		if err != nil {
			return err
		}
		last := golden.Tensor{Shape: all.Shape[1:], Data: all.Data[(steps-1)*n:]}
		if err := golden.Compare(name, c.Text("tol"), last.Shape, s[k*n:][:n], last); err != nil {
			return err
		}
	}
	return nil
}

// goldenProduct is a coefficient by the rule that Norse's arithmetic implies: a product is rounded to float32 at every
// factor, or once if all are plain numbers.
func goldenProduct(expr string, c golden.Case, plain bool) float32 {
	expr, negative := strings.CutPrefix(expr, "-")
	exact, rounded := 1.0, float32(1)
	for _, name := range strings.Split(expr, "*") {
		v := c.Number("dt", 0.001)
		if name != "dt" {
			for _, of := range []golden.Case{c.Sub("params"), c.Sub("params").Sub("lif"), c.Sub("params").Sub("lif_adex")} {
				if of.Has(name) {
					v = of.Number(name, math.NaN())
				}
			}
		}
		exact *= v
		rounded *= float32(v)
	}
	if plain {
		rounded = float32(exact)
	}
	if negative {
		return -rounded
	}
	return rounded
}

// goldenGradient runs forward and back, and compares the output and the gradient of the input.
func (m model) goldenGradient(t *testing.T, c golden.Case, block, start []float32, steps, n int, delayed bool) error {
	x, err := c.Tensor("input")
	if err != nil {
		return err
	}
	dy, err := c.Tensor("dy")
	if err != nil {
		return err
	}
	mem := ptx.NewMemory()
	coefs, kept, dx := mem.Upload("c", block), mem.Alloc("kept", steps*8*n), mem.Alloc("dx", steps*n)
	back := m.kernel + "_back"
	if m.threshold != "" {
		back += "_super"
		z := mem.Alloc("z", steps*n)
		launch(t, m.kernel+"_train", mem, n, ptx.Ptr(z), ptx.Ptr(kept), ptx.Ptr(mem.Upload("x", x.Data)), ptx.Ptr(mem.State("s", start)), ptx.Ptr(coefs),
			ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(n), flag(delayed))
		want, err := c.Tensor("output")
		if err != nil {
			return err
		}
		if err := golden.Compare("output", "exact", want.Shape, z.Floats(), want); err != nil {
			return err
		}
	}
	alpha := c.Sub("params").Number("alpha", c.Sub("params").Sub("lif").Number("alpha", 100))
	launch(t, back, mem, n, ptx.Ptr(dx), ptx.Ptr(mem.Upload("dz", dy.Data)), ptx.Ptr(kept), ptx.Ptr(mem.State("ds", make([]float32, len(start)))), ptx.Ptr(coefs),
		ptx.F32(float32(alpha)), ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(n), flag(delayed))
	want, err := c.Tensor("input_grad")
	if err != nil {
		return fmt.Errorf("no gradient: %w", err)
	}
	return golden.Compare("input_grad", c.Text("tol"), want.Shape, dx.Floats(), want)
}
