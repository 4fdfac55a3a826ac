package train

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// checkpointFormat is the version of the files that SaveCheckpoint writes.
const checkpointFormat = "livespike-checkpoint/1"

// Info is what a checkpoint says besides the numbers.
type Info struct {
	Model string  // the model's text, to find the right one again
	DT    float64 // its time step in s, 0 if it has none or several
	Epoch int     // epochs done
	Notes map[string]string
	Best  []Parameter // copies of the best parameters so far, where Fit looks for them; else empty

	// Others are tensors of the model that the optimiser does not change, such as a running mean. Fit keeps and restores
	// them; LoadCheckpoint returns what the file holds.
	Others []Parameter
}

// SaveCheckpoint writes everything that goes on from here with the same bits: the parameters, what the optimiser
// remembers, its settings, and the state of the random numbers. The file is in the safetensors format: the parameters
// are called model/NAME, so that other programs can read them.
func SaveCheckpoint(path string, opt *Optimizer, info Info) error {
	var tensors []Parameter
	for i, p := range opt.params {
		tensors = append(tensors, Parameter{Name: "model/" + p.Name, Value: p.Value})
		for k, slot := range opt.rule.slots {
			tensors = append(tensors, Parameter{Name: "optimizer/" + p.Name + "/" + slot, Value: opt.slots[i][k]})
		}
	}
	for _, p := range info.Best {
		tensors = append(tensors, Parameter{Name: "best/" + p.Name, Value: p.Value})
	}
	for _, p := range info.Others {
		tensors = append(tensors, Parameter{Name: "other/" + p.Name, Value: p.Value})
	}
	text := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			panic("train.SaveCheckpoint: " + err.Error()) // settings are finite
		}
		return string(raw)
	}
	texts := map[string]string{
		"format": checkpointFormat, "model": info.Model, "dt": text(info.DT), "epoch": text(info.Epoch),
		"optimizer": opt.rule.name, "settings": text(opt.settings.values), "steps": text(opt.steps),
		"random": base64.StdEncoding.EncodeToString(tensor.RandomState()),
	}
	for k, v := range info.Notes {
		texts["note/"+k] = v
	}
	return SaveTensors(path, tensors, texts)
}

// LoadCheckpoint reads a file of SaveCheckpoint into the optimiser and its parameters, and sets the random numbers. It
// is an error, and nothing is changed, if the file is damaged or belongs to another optimiser or to other parameters.
func LoadCheckpoint(path string, opt *Optimizer) (Info, error) {
	c, err := readCheckpoint(path, opt)
	if err != nil {
		return Info{}, err
	}
	if err := tensor.SetRandomState(c.random); err != nil {
		return Info{}, fmt.Errorf("train: %s: %w", path, err)
	}
	for i, p := range opt.params {
		tensor.NoGrad(func() { p.Value.CopyFrom(c.values[i]) })
		p.Value.ZeroGrad()
		for k := range opt.rule.slots {
			opt.slots[i][k].CopyFrom(c.slots[i][k])
		}
	}
	opt.settings.values = c.settings
	copy(opt.steps, c.steps)
	return c.info, nil
}

// checkpoint is a file that fits an optimiser.
type checkpoint struct {
	info     Info
	random   []byte
	settings map[string]float64
	steps    []int
	values   []*tensor.Tensor
	slots    [][]*tensor.Tensor
}

func readCheckpoint(path string, opt *Optimizer) (*checkpoint, error) {
	tensors, texts, err := LoadTensors(path)
	if err != nil {
		return nil, err
	}
	fail := func(format string, args ...any) (*checkpoint, error) {
		return nil, fmt.Errorf("train: %s: "+format, append([]any{path}, args...)...)
	}
	if texts["format"] != checkpointFormat {
		return fail("format %q, expected %s", texts["format"], checkpointFormat)
	}
	if texts["optimizer"] != opt.rule.name {
		return fail("a checkpoint of %s, not of %s", texts["optimizer"], opt.rule.name)
	}
	c := &checkpoint{info: Info{Model: texts["model"], Notes: map[string]string{}}}
	for name, into := range map[string]any{"dt": &c.info.DT, "epoch": &c.info.Epoch, "settings": &c.settings, "steps": &c.steps} {
		if err := json.Unmarshal([]byte(texts[name]), into); err != nil {
			return fail("%s: %w", name, err)
		}
	}
	if c.random, err = base64.StdEncoding.DecodeString(texts["random"]); err != nil {
		return fail("random: %w", err)
	}
	for k, v := range texts {
		if note, ok := strings.CutPrefix(k, "note/"); ok {
			c.info.Notes[note] = v
		}
	}
	for _, name := range opt.settings.names {
		if _, ok := c.settings[name]; !ok {
			return fail("no setting %s", name)
		}
	}
	if len(c.settings) != len(opt.settings.names) || len(c.steps) != len(opt.params) {
		return fail("%d settings and %d parameters, expected %d and %d",
			len(c.settings), len(c.steps), len(opt.settings.names), len(opt.params))
	}
	byName := map[string]*tensor.Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t.Value
	}
	find := func(name string, like *tensor.Tensor) (*tensor.Tensor, error) {
		t := byName[name]
		if t == nil {
			return nil, fmt.Errorf("train: %s: no tensor %s", path, name)
		}
		if !slices.Equal(t.Shape(), like.Shape()) {
			return nil, fmt.Errorf("train: %s: %s has shape %v, the model's %v", path, name, t.Shape(), like.Shape())
		}
		delete(byName, name)
		return t, nil
	}
	for _, p := range opt.params {
		value, err := find("model/"+p.Name, p.Value)
		if err != nil {
			return nil, err
		}
		c.values = append(c.values, value)
		var slots []*tensor.Tensor
		for _, slot := range opt.rule.slots {
			value, err := find("optimizer/"+p.Name+"/"+slot, p.Value)
			if err != nil {
				return nil, err
			}
			slots = append(slots, value)
		}
		c.slots = append(c.slots, slots)
	}
	for _, t := range tensors {
		for prefix, into := range map[string]*[]Parameter{"best/": &c.info.Best, "other/": &c.info.Others} {
			if name, ok := strings.CutPrefix(t.Name, prefix); ok {
				*into = append(*into, Parameter{Name: name, Value: t.Value})
				delete(byName, t.Name)
			}
		}
	}
	if more := slices.Sorted(maps.Keys(byName)); len(more) > 0 {
		return fail("the model has no %s", more[0])
	}
	return c, nil
}
