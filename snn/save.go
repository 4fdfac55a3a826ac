package snn

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/livespike/livespike/internal/safetensors"
	"github.com/livespike/livespike/snn/tensor"
)

// Save writes the parameters of a model and its fixed tensors as a safetensors file, under the names of Parameters. The
// file appears when it is complete; what was at path before stays until then.
func Save(path string, m Module) error {
	texts := map[string]string{"format": "livespike", "model": strings.Join(strings.Fields(fmt.Sprint(m)), " ")}
	return write(path, tensors(m, true), texts)
}

// MustSave is Save that panics on an error.
func MustSave(path string, m Module) { must(Save(path, m)) }

// Load reads a file of Save, or of PyTorch's state_dict in the safetensors format, into a model of the same form. The
// names and shapes must be those of the model: a file that is truncated or of another model is an error that says what
// differs, and leaves the model as it was.
func Load(path string, m Module) error {
	found, err := read(path)
	if err != nil {
		return err
	}
	if err := fill(path, tensors(m, true), found, rangeChecks(m)); err != nil {
		return err
	}
	walkModules(m, func(_ string, m Module) {
		if r, ok := m.(interface{ cutAutapses() }); ok {
			r.cutAutapses()
		}
	})
	return nil
}

// MustLoad is Load that panics on an error.
func MustLoad(path string, m Module) { must(Load(path, m)) }

// Save writes the tensors of a state as a safetensors file, under the names of States.
func (s *State) Save(path string) error {
	return write(path, States(s), map[string]string{"format": "livespike state", "state": s.title()})
}

// Load is a state of the same form with the numbers of a file of Save. The state itself stays as it is.
func (s *State) Load(path string) (*State, error) {
	found, err := read(path)
	if err != nil {
		return nil, err
	}
	next := s.Detach()
	if err := fill(path, States(next), found, nil); err != nil {
		return nil, err
	}
	return next, nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func write(path string, list []Parameter, texts map[string]string) error {
	out := make([]safetensors.Tensor, len(list))
	for k, p := range list {
		out[k] = safetensors.Tensor{Name: p.Name, Shape: p.Value.Shape(), Data: p.Value.Detach().CPU().Data()}
	}
	if err := safetensors.Write(path, out, texts); err != nil {
		return fmt.Errorf("snn: %w", err)
	}
	return nil
}

// read is the tensors of a file by name. PyTorch's count of batches, which nothing here needs, is left out.
func read(path string) (map[string]*tensor.Tensor, error) {
	list, _, err := safetensors.Read(path)
	if err != nil {
		return nil, fmt.Errorf("snn: %w", err)
	}
	found := map[string]*tensor.Tensor{}
	for _, t := range list {
		if !strings.HasSuffix(t.Name, "num_batches_tracked") {
			found[t.Name] = share(t.Data, t.Shape)
		}
	}
	return found, nil
}

// fill copies the numbers when all of them fit.
func fill(path string, into []Parameter, from map[string]*tensor.Tensor, checks map[string]func(d []float32) error) error {
	var wrong, extra []string
	for _, p := range into {
		t := from[p.Name]
		switch {
		case t == nil:
			wrong = append(wrong, "no "+p.Name)
		case !sameShape(t.Shape(), p.Value.Shape()):
			wrong = append(wrong, fmt.Sprintf("%s has shape %v, the model's %v", p.Name, t.Shape(), p.Value.Shape()))
		case checks[p.Name] != nil:
			if err := checks[p.Name](t.Data()); err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %v", p.Name, err))
			}
		}
	}
	known := map[string]bool{}
	for _, p := range into {
		known[p.Name] = true
	}
	for name := range from {
		if !known[name] {
			extra = append(extra, name+" is not in the model")
		}
	}
	sort.Strings(extra)
	if wrong = append(wrong, extra...); len(wrong) > 0 {
		more := ""
		if n := len(wrong) - 4; n > 0 {
			wrong, more = wrong[:4], fmt.Sprintf("; and %d more", n)
		}
		return fmt.Errorf("snn: %s is of another model: %s%s", path, strings.Join(wrong, "; "), more)
	}
	for _, p := range into {
		tensor.NoGrad(func() { p.Value.CopyFrom(from[p.Name]) })
	}
	return nil
}

// rangeChecks are those of learned parameters, such as time constants, which must be positive.
func rangeChecks(m Module) map[string]func(d []float32) error {
	checks := map[string]func(d []float32) error{}
	walk(m, "", func(path string, of Module, p Part) {
		n, ok := of.(interface{ parameterNamed(name string) *param })
		if !ok || p.Tensor == nil {
			return
		}
		declared := n.parameterNamed(p.Name)
		if declared == nil {
			return
		}
		checks[path] = func(d []float32) error {
			for _, v := range d {
				if !declared.check.allows(float64(v)) {
					return fmt.Errorf("%v is out of range", v)
				}
			}
			return nil
		}
	})
	return checks
}

// parameterNamed is the declaration of a parameter, nil if the model has none of that name.
func (c *neuron) parameterNamed(name string) *param {
	for k := range c.m.params {
		if c.m.params[k].name == name {
			return &c.m.params[k]
		}
	}
	return nil
}

// allows reports whether a value is in the range.
func (c check) allows(v float64) bool {
	switch {
	case math.IsNaN(v):
		return false
	case c == positive:
		return v > 0 && !math.IsInf(v, 0)
	case c == notNegative:
		return v >= 0 && !math.IsInf(v, 0)
	}
	return true
}
