// Package golden reads the reference figures of schema norse-golden/1 and compares tensors with them. It is used by
// tests only.
package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// File is one reference file: where it came from and its cases.
type File struct {
	Meta  map[string]any `json:"meta"`
	Cases []Case         `json:"cases"`
}

// Case is one case by field name. Fields are decoded on request, because each operation has its own.
type Case map[string]json.RawMessage

// Tensor is an array of the file: row-major float32 with its shape.
type Tensor struct {
	Shape []int
	Data  []float32
}

// Load reads one reference file.
func Load(path string) (*File, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("golden: %w", err)
	}
	var f File
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("golden: %s: %w", filepath.Base(path), err)
	}
	if len(f.Cases) == 0 {
		return nil, fmt.Errorf("golden: %s: no cases", filepath.Base(path))
	}
	return &f, nil
}

// Has reports whether the case has the field.
func (c Case) Has(key string) bool { _, ok := c[key]; return ok }

// Text is a string field, empty when absent.
func (c Case) Text(key string) string {
	var s string
	if raw, ok := c[key]; ok && json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// Number is a numeric field, or def when it is absent or no number.
func (c Case) Number(key string, def float64) float64 {
	v := def
	if raw, ok := c[key]; ok && json.Unmarshal(raw, &v) != nil {
		return def
	}
	return v
}

// Int is a whole-number field, or def when it is absent.
func (c Case) Int(key string, def int) int { return int(c.Number(key, float64(def))) }

// Bool is a truth field, or def when it is absent.
func (c Case) Bool(key string, def bool) bool {
	v := def
	if raw, ok := c[key]; ok && json.Unmarshal(raw, &v) != nil {
		return def
	}
	return v
}

// Sub is a field that is itself an object, such as params or states; empty when absent.
func (c Case) Sub(key string) Case {
	var s Case
	if raw, ok := c[key]; ok && json.Unmarshal(raw, &s) != nil {
		return nil
	}
	return s
}

// Keys are the names of the fields in alphabetical order.
func (c Case) Keys() []string {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// IsTensor reports whether the field holds an array.
func (c Case) IsTensor(key string) bool { return strings.Contains(string(c[key]), `"shape"`) }

// Tensor is an array field. It is an error when the field is absent, malformed, or its size does not fill its shape.
func (c Case) Tensor(key string) (Tensor, error) {
	raw, ok := c[key]
	if !ok {
		return Tensor{}, fmt.Errorf("golden: %s: no field %s", c.Text("name"), key)
	}
	var in struct {
		Shape []int `json:"shape"`
		Data  []any `json:"data"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		return Tensor{}, fmt.Errorf("golden: %s: field %s: %w", c.Text("name"), key, err)
	}
	t := Tensor{Shape: in.Shape, Data: make([]float32, len(in.Data))}
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	if n != len(t.Data) {
		return Tensor{}, fmt.Errorf("golden: %s: field %s: %d values do not fill shape %v", c.Text("name"), key, len(t.Data), t.Shape)
	}
	for i, v := range in.Data {
		x, err := number(v)
		if err != nil {
			return Tensor{}, fmt.Errorf("golden: %s: field %s[%d]: %w", c.Text("name"), key, i, err)
		}
		t.Data[i] = x
	}
	return t, nil
}

// number decodes one element: the shortest decimal of a float32, or inf, -inf, nan as strings. "-0.0" keeps its sign.
func number(v any) (float32, error) {
	switch v := v.(type) {
	case json.Number:
		x, err := strconv.ParseFloat(v.String(), 32)
		if err != nil {
			return 0, fmt.Errorf("bad number: %w", err)
		}
		return float32(x), nil
	case string:
		switch v {
		case "inf":
			return float32(math.Inf(1)), nil
		case "-inf":
			return float32(math.Inf(-1)), nil
		case "nan":
			return float32(math.NaN()), nil
		}
	}
	return 0, fmt.Errorf("bad number %v", v)
}

// Cases reads every file of a folder and returns the cases whose operation begins with one of the prefixes, with the
// file's name in the field "file".
func Cases(dir string, prefixes ...string) ([]Case, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("golden: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("golden: no files in %s", dir)
	}
	var cases []Case
	for _, path := range paths {
		file, err := Load(path)
		if err != nil {
			return nil, err
		}
		for _, c := range file.Cases {
			for _, prefix := range prefixes {
				if strings.HasPrefix(c.Text("op"), prefix) {
					c["file"] = json.RawMessage(strconv.Quote(filepath.Base(path)))
					cases = append(cases, c)
					break
				}
			}
		}
	}
	return cases, nil
}
