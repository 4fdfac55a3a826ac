package snn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/safetensors"
	"github.com/livespike/livespike/snn/tensor"
)

func savedModel() *Chain {
	return Sequential(Lift(Conv2d(1, 2, 3)), BatchNorm2d(2), LIF(Learn("tau_mem_inv")), Flatten(2), Linear(32, 3), LIFRecurrent(3, 3))
}

// TestSaveAndLoad: a model that is loaded gives the bits of the one that was saved, running statistics included.
func TestSaveAndLoad(t *testing.T) {
	tensor.Seed(1)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	x := tensor.Randn(5, 2, 1, 6, 6)
	a := savedModel()
	a.Forward(x, nil) // moves the running statistics
	tensor.NoGrad(func() { Parameters(a)[4].Value.FillInPlace(123) })
	MustSave(path, a)
	b := savedModel()
	MustLoad(path, b)
	Eval(a)
	Eval(b)
	ya, s := a.Forward(x, nil)
	yb, _ := b.Forward(x, nil)
	sameBits(t, "output", yb, ya)
	if got := Parameters(b)[4]; got.Name != "2.tau_mem_inv" || got.Value.Item() != 123 {
		t.Errorf("%s is %v", got.Name, got.Value)
	}

	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	_, fresh := b.Forward(x.Mul(0), nil)
	loaded, err := fresh.Load(path)
	if err != nil || loaded.String() != s.String() || fresh.String() == s.String() {
		t.Errorf("state %v, want %v (%v)", loaded, s, err)
	}
}

// TestLoadErrors: a file that does not fit is an error that says why, and the model stays as it was.
func TestLoadErrors(t *testing.T) {
	tensor.Seed(1)
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	m := savedModel()
	MustSave(path, m)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, content []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	bad := filepath.Join(dir, "bad")
	list, _, err := safetensors.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for k := range list {
		if list[k].Name == "2.tau_mem_inv" {
			list[k].Data[0] = -1
		}
	}
	if err := safetensors.Write(bad, list, nil); err != nil {
		t.Fatal(err)
	}
	before := names(tensors(m, true)) + m.String()
	numbers := m.modules[4].(*Dense).weight.Clone()
	for _, c := range []struct {
		path string
		m    Module
		want string
	}{
		{file("cut", raw[:len(raw)/2]), m, "not a whole safetensors file"},
		{file("empty", nil), m, "0 bytes"},
		{filepath.Join(dir, "none"), m, "no such file"},
		{path, Linear(2, 2), "is of another model: no weight; no bias; 0.lifted_module.bias is not in the model"},
		{path, Sequential(m.modules[0], m.modules[1], m.modules[2], Flatten(), Linear(32, 4), m.modules[5]), "4.weight has shape [3 32], the model's [4 32]"},
		{bad, m, "2.tau_mem_inv: -1 is out of range"},
	} {
		err := Load(c.path, c.m)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "snn: ") {
			t.Errorf("%v, want one with %q", err, c.want)
		}
	}
	if err := Load(filepath.Join(dir, "cut"), m); !errors.Is(err, safetensors.ErrFormat) {
		t.Error(err)
	}
	if names(tensors(m, true))+m.String() != before {
		t.Error("the model has changed")
	}
	sameBits(t, "weight", m.modules[4].(*Dense).weight, numbers)
	panicsWith(t, "no such file", func() { MustLoad(filepath.Join(dir, "none"), m) })
	if err := Save(filepath.Join(dir, "no", "where"), m); err == nil {
		t.Error("saved into a folder that does not exist")
	}
}

// TestLoadCutsAutapses: a file with a diagonal does not give neurons without autapses one.
func TestLoadCutsAutapses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	MustSave(path, LIFRecurrent(2, 2, Autapses(true)))
	m := LIFRecurrent(2, 2)
	MustLoad(path, m)
	if m.wrec.At2(0, 0) != 0 || m.wrec.At2(1, 1) != 0 || m.wrec.At2(0, 1) == 0 {
		t.Error(m.wrec)
	}
}
