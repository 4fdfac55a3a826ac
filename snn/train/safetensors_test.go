package train_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// The oracle is the format's reference implementation, which wrote the file: testdata/README.md.
func TestLoadTensorsReadsPythons(t *testing.T) {
	got, texts, err := train.LoadTensors("testdata/python.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	want := map[string]*tensor.Tensor{
		"0.weight":            tensor.Arange(0, 1.5, 0.25).Reshape(2, 3),
		"scalar":              tensor.Scalar(-1.5),
		"empty":               tensor.Zeros(0, 3),
		"umlaut ä \"quoted\"": tensor.Of(nan, inf, float32(math.Copysign(0, -1))),
	}
	for _, p := range got {
		if w, ok := want[p.Name]; !ok || p.Value.String() != w.String() {
			t.Errorf("%s: %v, want %v", p.Name, p.Value, w)
		}
		delete(want, p.Name)
	}
	if len(want) > 0 {
		t.Errorf("not read: %v", want)
	}
	if texts["format"] != "np" || texts["text"] != "two\nlines" {
		t.Errorf("texts %q", texts)
	}
}

func TestSaveTensorsRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.safetensors")
	tensors := []train.Parameter{
		{Name: "b", Value: tensor.Randn(3, 1, 2)},
		{Name: "a", Value: tensor.Scalar(1e-45)},
		{Name: "ö/\x01", Value: tensor.Zeros(2, 0)},
	}
	texts := map[string]string{"k": "v\n\"", "empty": ""}
	if err := train.SaveTensors(path, tensors, texts); err != nil {
		t.Fatal(err)
	}
	got, gotTexts, err := train.LoadTensors(path)
	if err != nil || len(got) != len(tensors) || len(gotTexts) != 2 || gotTexts["k"] != texts["k"] {
		t.Fatalf("%v, %q, %v", got, gotTexts, err)
	}
	for _, p := range tensors {
		found := false
		for _, q := range got {
			found = found || q.Name == p.Name && q.Value.Equal(p.Value)
		}
		if !found {
			t.Errorf("%s is not as it was written: %v", p.Name, got)
		}
	}
	if err := train.SaveTensors(path, append(tensors, tensors[0]), nil); err == nil {
		t.Error("no error for two tensors of one name")
	}
	if err := train.SaveTensors(path, []train.Parameter{{Name: "__metadata__", Value: tensor.Scalar(1)}}, nil); err == nil {
		t.Error("no error for the reserved name")
	}
	if err := train.SaveTensors(filepath.Join(t.TempDir(), "no", "such", "folder"), tensors, nil); err == nil {
		t.Error("no error for a folder that does not exist")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLoadTensorsOfADamagedFile(t *testing.T) {
	whole, err := os.ReadFile("testdata/python.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x")
	for n := range whole {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := train.LoadTensors(path); !errors.Is(err, train.ErrFormat) {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	if err := os.WriteFile(path, append(whole, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := train.LoadTensors(path); !errors.Is(err, train.ErrFormat) {
		t.Errorf("a byte too many: %v", err)
	}
	header := `{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}` // 2^64 elements
	if err := os.WriteFile(path, append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := train.LoadTensors(path); !errors.Is(err, train.ErrFormat) {
		t.Errorf("a shape that overflows: %v", err)
	}
	if _, _, err := train.LoadTensors(path + "missing"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func FuzzLoadTensors(f *testing.F) {
	whole, err := os.ReadFile("testdata/python.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"))
	for _, header := range []string{
		`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`,
		`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`,
		`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
	} {
		f.Add(append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "fuzz")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		tensors, texts, err := train.LoadTensors(path)
		if err != nil {
			return
		}
		// What can be read can be written and read again.
		if err := train.SaveTensors(path, tensors, texts); err != nil {
			t.Fatal(err)
		}
		again, _, err := train.LoadTensors(path)
		if err != nil || len(again) != len(tensors) {
			t.Fatalf("%v: %v", again, err)
		}
	})
}
