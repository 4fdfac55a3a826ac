// Package safetensors reads and writes the file format of model weights that PyTorch's users know: a header in JSON
// with the name, type, shape and place of every tensor, then the numbers.
//
// Source: huggingface/safetensors, README.md, format.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
)

// ErrFormat is what errors about a damaged or foreign file wrap.
var ErrFormat = errors.New("not a whole safetensors file")

const (
	maxHeader = 100 << 20 // bytes, the limit of the format
	metadata  = "__metadata__"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

type entry struct {
	Type    string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// Encode is the file's bytes: the same tensors and texts give the same bytes. It is an error if two tensors have one
// name.
func Encode(tensors []Tensor, texts map[string]string) ([]byte, error) {
	head := map[string]any{}
	if len(texts) > 0 {
		head[metadata] = texts
	}
	at := 0
	for _, t := range tensors {
		if _, twice := head[t.Name]; twice || t.Name == metadata {
			return nil, fmt.Errorf("two tensors are named %q", t.Name)
		}
		n := 4 * len(t.Data)
		head[t.Name] = entry{"F32", append([]int{}, t.Shape...), [2]int{at, at + n}}
		at += n
	}
	header, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	header = append(header, bytes.Repeat([]byte(" "), (8-len(header)%8)%8)...)
	out := make([]byte, 0, 8+len(header)+at)
	out = append(binary.LittleEndian.AppendUint64(out, uint64(len(header))), header...)
	for _, t := range tensors {
		for _, v := range t.Data {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out, nil
}

// Decode reads a file's tensors, in the order of their data, and its texts. Numbers of other types become float32.
func Decode(raw []byte) ([]Tensor, map[string]string, error) {
	if len(raw) < 8 {
		return nil, nil, fmt.Errorf("%w: %d bytes", ErrFormat, len(raw))
	}
	n := binary.LittleEndian.Uint64(raw)
	if n > maxHeader || n > uint64(len(raw)-8) {
		return nil, nil, fmt.Errorf("%w: a header of %d bytes in a file of %d", ErrFormat, n, len(raw))
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(raw[8:8+n], &head); err != nil {
		return nil, nil, fmt.Errorf("%w: header: %w", ErrFormat, err)
	}
	var texts map[string]string
	if text, ok := head[metadata]; ok {
		if err := json.Unmarshal(text, &texts); err != nil {
			return nil, nil, fmt.Errorf("%w: header: %s: %w", ErrFormat, metadata, err)
		}
		delete(head, metadata)
	}
	entries := make(map[string]entry, len(head))
	tensors := make([]Tensor, 0, len(head))
	for name, text := range head {
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, nil, fmt.Errorf("%w: header: %q: %w", ErrFormat, name, err)
		}
		entries[name] = e
		tensors = append(tensors, Tensor{Name: name, Shape: e.Shape})
	}
	sort.Slice(tensors, func(i, j int) bool {
		a, b := entries[tensors[i].Name].Offsets, entries[tensors[j].Name].Offsets
		return a[0] < b[0] || a[0] == b[0] && (a[1] < b[1] || a[1] == b[1] && tensors[i].Name < tensors[j].Name)
	})
	data, at := raw[8+n:], 0
	for i := range tensors {
		t := &tensors[i]
		e := entries[t.Name]
		if e.Offsets[0] != at {
			return nil, nil, fmt.Errorf("%w: %q: data at byte %d, expected %d", ErrFormat, t.Name, e.Offsets[0], at)
		}
		var err error
		if t.Data, err = e.values(data); err != nil {
			return nil, nil, fmt.Errorf("%w: %q: %w", ErrFormat, t.Name, err)
		}
		at = e.Offsets[1]
	}
	if at != len(data) {
		return nil, nil, fmt.Errorf("%w: %d bytes of data, %d used", ErrFormat, len(data), at)
	}
	return tensors, texts, nil
}

// number is how a type is stored.
type number struct {
	bytes int
	read  func(b []byte) float32
}

var numbers = map[string]number{
	"F32": {4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }},
	"F64": {8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }},
	"BF16": {2, func(b []byte) float32 {
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	}},
	"F16": {2, half},
	"I64": {8, func(b []byte) float32 { return float32(int64(binary.LittleEndian.Uint64(b))) }},
	"I32": {4, func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) }},
}

// half reads an IEEE binary16.
func half(b []byte) float32 {
	h := binary.LittleEndian.Uint16(b)
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	case 0:
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}

func (e entry) values(data []byte) ([]float32, error) {
	kind, ok := numbers[e.Type]
	if !ok {
		return nil, fmt.Errorf("numbers of type %s are not read", e.Type)
	}
	from, to, n := e.Offsets[0], e.Offsets[1], 1
	if from < 0 || to < from || to > len(data) {
		return nil, fmt.Errorf("bytes %d to %d of %d", from, to, len(data))
	}
	for _, d := range e.Shape {
		if d < 0 || d > 0 && n > len(data)/d {
			return nil, fmt.Errorf("shape %v in %d bytes", e.Shape, to-from)
		}
		n *= d
	}
	if to-from != kind.bytes*n {
		return nil, fmt.Errorf("shape %v in %d bytes", e.Shape, to-from)
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = kind.read(data[from+kind.bytes*i:])
	}
	return x, nil
}

// Write puts a file at path, which appears when it is complete: an interruption leaves what was there before.
func Write(path string, tensors []Tensor, texts map[string]string) error {
	content, err := Encode(tensors, texts)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644) // a temporary file is its owner's alone
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

// Read reads the file at path.
func Read(path string) ([]Tensor, map[string]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	tensors, texts, err := Decode(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return tensors, texts, nil
}
