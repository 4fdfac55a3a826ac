package safetensors

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func sample() []Tensor {
	return []Tensor{
		{"0.weight", []int{2, 2}, []float32{1, -0.5, float32(math.Inf(1)), 1e-45}},
		{"1.tau", []int{}, []float32{100}},
		{"empty", []int{0, 3}, []float32{}},
	}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	texts := map[string]string{"format": "test"}
	if err := Write(path, sample(), texts); err != nil {
		t.Fatal(err)
	}
	got, gotTexts, err := Read(path)
	if err != nil || !reflect.DeepEqual(gotTexts, texts) || len(got) != 3 {
		t.Fatal(got, gotTexts, err)
	}
	for _, want := range sample() {
		found := false
		for _, g := range got {
			found = found || reflect.DeepEqual(g, want)
		}
		if !found {
			t.Errorf("%v is not in %v", want, got)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// The bytes are those that the format's description gives for one tensor.
func TestBytes(t *testing.T) {
	raw, err := Encode([]Tensor{{"a", []int{1}, []float32{1}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	header := `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  `
	want := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	if want = append(want, 0, 0, 0x80, 0x3f); string(raw) != string(want) {
		t.Errorf("%q, want %q", raw, want)
	}
}

func TestOtherTypes(t *testing.T) {
	header := `{"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"h":{"dtype":"F16","shape":[3],"data_offsets":[2,8]},` +
		`"n":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}`
	raw := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	raw = append(raw, 0x40, 0x40, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c) // 3; -2, 2⁻²⁴, inf
	raw = binary.LittleEndian.AppendUint64(raw, 7)
	got, _, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := []Tensor{
		{"b", []int{1}, []float32{3}},
		{"h", []int{3}, []float32{-2, 1.0 / (1 << 24), float32(math.Inf(1))}},
		{"n", []int{}, []float32{7}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Every piece of a file is an error that wraps ErrFormat, and so are contradictions in the header.
func TestDamage(t *testing.T) {
	raw, err := Encode(sample(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if _, _, err := Decode(raw[:n]); !errors.Is(err, ErrFormat) {
			t.Fatalf("%d of %d bytes: %v", n, len(raw), err)
		}
	}
	for _, header := range []string{
		`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, `{"a":{"dtype":"F8","shape":[4],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, `{"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}`,
		`{"a":7}`, `[]`, `{"__metadata__":3}`,
	} {
		raw := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
		if _, _, err := Decode(append(raw, 0, 0, 0, 0)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestTwoOfOneName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	if err := Write(path, []Tensor{{Name: "a"}, {Name: "a"}}, nil); err == nil {
		t.Error("two tensors of one name were written")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was left")
	}
}

func FuzzDecode(f *testing.F) {
	raw, err := Encode(sample(), map[string]string{"a": "b"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		tensors, texts, err := Decode(raw)
		if err != nil {
			return
		}
		if _, err := Encode(tensors, texts); err != nil {
			t.Fatal(err)
		}
	})
}
