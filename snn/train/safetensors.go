package train

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"

	"github.com/livespike/livespike/snn/tensor"
)

// ErrFormat is what errors about a damaged or foreign file wrap.
var ErrFormat = errors.New("no valid safetensors file")

const maxHeader = 100 << 20 // bytes, the limit of the format

// entry is a tensor in the header of a safetensors file.
type entry struct {
	Type    string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// SaveTensors writes tensors by name as a safetensors file (float32), with texts about them. The file appears under its
// name when it is complete.
//
// Source: huggingface/safetensors, README.md, format.
func SaveTensors(path string, tensors []Parameter, texts map[string]string) error {
	head := map[string]any{}
	if len(texts) > 0 {
		head["__metadata__"] = texts
	}
	at := 0
	for _, p := range tensors {
		if p.Name == "__metadata__" {
			return fmt.Errorf("train: %s: a tensor cannot be named %s", path, p.Name)
		}
		if _, twice := head[p.Name]; twice {
			return fmt.Errorf("train: %s: two tensors are named %q", path, p.Name)
		}
		n := 4 * p.Value.Numel()
		shape := append([]int{}, p.Value.Shape()...)
		head[p.Name] = entry{"F32", shape, [2]int{at, at + n}}
		at += n
	}
	header, err := json.Marshal(head) // sorts the names, so that the same tensors give the same bytes
	if err != nil {
		return fmt.Errorf("train: %s: %w", path, err)
	}
	header = append(header, bytes.Repeat([]byte(" "), (8-len(header)%8)%8)...)
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	out = append(out, header...)
	for _, p := range tensors {
		for _, v := range p.Value.Data() {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return replace(path, out)
}

// replace writes a file beside path and renames it, so that path never holds half of it.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("train: %w", err)
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
		os.Remove(f.Name())
		return fmt.Errorf("train: %s: %w", path, err)
	}
	return nil
}

// LoadTensors reads a safetensors file of float32 tensors, in the order of their data, and its texts.
func LoadTensors(path string) ([]Parameter, map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("train: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("train: %s: %w", path, err)
	}
	tensors, texts, err := decode(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("train: %s: %w: %w", path, ErrFormat, err)
	}
	return tensors, texts, nil
}

func decode(raw []byte) ([]Parameter, map[string]string, error) {
	if len(raw) < 8 {
		return nil, nil, fmt.Errorf("%d bytes", len(raw))
	}
	n := binary.LittleEndian.Uint64(raw)
	if n > maxHeader || n > uint64(len(raw)-8) {
		return nil, nil, fmt.Errorf("a header of %d bytes in a file of %d", n, len(raw))
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(raw[8:8+n], &head); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	var texts map[string]string
	if text, ok := head["__metadata__"]; ok {
		if err := json.Unmarshal(text, &texts); err != nil {
			return nil, nil, fmt.Errorf("header: __metadata__: %w", err)
		}
		delete(head, "__metadata__")
	}
	names := make([]string, 0, len(head))
	entries := map[string]entry{}
	for name, text := range head {
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, nil, fmt.Errorf("header: %q: %w", name, err)
		}
		entries[name] = e
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := entries[names[i]].Offsets, entries[names[j]].Offsets
		return a[0] < b[0] || a[0] == b[0] && (a[1] < b[1] || a[1] == b[1] && names[i] < names[j])
	})
	data, at := raw[8+n:], 0
	tensors := make([]Parameter, 0, len(names))
	for _, name := range names {
		e := entries[name]
		if e.Offsets[0] != at {
			return nil, nil, fmt.Errorf("%q: data at byte %d, expected %d", name, e.Offsets[0], at)
		}
		values, err := e.values(data)
		if err != nil {
			return nil, nil, fmt.Errorf("%q: %w", name, err)
		}
		tensors = append(tensors, Parameter{name, values})
		at = e.Offsets[1]
	}
	if at != len(data) {
		return nil, nil, fmt.Errorf("%d bytes of data, %d used", len(data), at)
	}
	return tensors, texts, nil
}

// values reads the tensor from the data part of the file.
func (e entry) values(data []byte) (*tensor.Tensor, error) {
	from, to := e.Offsets[0], e.Offsets[1]
	if e.Type != "F32" {
		return nil, fmt.Errorf("type %s; only F32 is read", e.Type)
	}
	if from < 0 || to < from || to > len(data) {
		return nil, fmt.Errorf("bytes %d to %d of %d", from, to, len(data))
	}
	n := 1
	for _, d := range e.Shape {
		if d < 0 || d > 0 && n > len(data)/d {
			return nil, fmt.Errorf("shape %v in %d bytes", e.Shape, to-from)
		}
		n *= d
	}
	if to-from != 4*n {
		return nil, fmt.Errorf("shape %v in %d bytes", e.Shape, to-from)
	}
	t := tensor.Zeros(e.Shape...)
	for i := range t.Data() {
		t.Data()[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[from+4*i:]))
	}
	return t, nil
}
