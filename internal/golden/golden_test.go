package golden

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The elements that decimal text makes easy to get wrong: the sign of zero, the words for non-finite values, denormals.
func TestTensorKeepsEveryFloat32(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	text := `{"meta":{"file":"a"},"cases":[{"name":"x","dt":0.001,"x":{"shape":[5],"data":[-0.0,"inf","-inf","nan",3.7e-39]}}]}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Cases[0].Tensor("x")
	if err != nil {
		t.Fatal(err)
	}
	// 3.7e-39 is 2640408.2 times the smallest denormal, 2^-149.
	want := []uint32{0x80000000, 0x7f800000, 0xff800000, 0, 0x00284a18}
	for i, w := range want {
		if g := math.Float32bits(got.Data[i]); i != 3 && g != w {
			t.Errorf("element %d is %#08x, want %#08x", i, g, w)
		}
	}
	if got.Data[3] == got.Data[3] {
		t.Errorf("element 3 is %v, want NaN", got.Data[3])
	}
	if dt := f.Cases[0].Number("dt", 0); dt != 0.001 {
		t.Errorf("dt is %v", dt)
	}
}

func TestMalformedFilesAreErrors(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty":    ``,
		"no cases": `{"meta":{},"cases":[]}`,
		"cut":      `{"meta":{},"cases":[{"name":`,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, raw := range []string{`{"shape":[2],"data":[1]}`, `{"shape":[1],"data":["x"]}`, `[1]`} {
		if _, err := (Case{"x": []byte(raw)}).Tensor("x"); err == nil {
			t.Errorf("%s: no error", raw)
		}
	}
}

func TestCompareClasses(t *testing.T) {
	want := Tensor{Shape: []int{2}, Data: []float32{0, 1000}}
	for _, c := range []struct {
		tol string
		got []float32
		ok  bool
	}{
		{"exact", []float32{0, 1000}, true},
		{"exact", []float32{float32(math.Copysign(0, -1)), 1000}, false},
		{"rel", []float32{1e-5, 1000.005}, true},
		{"rel", []float32{0, 1000.02}, false},
		{"grad", []float32{0.09, 1000}, true},
		{"grad", []float32{0.11, 1000}, false},
		{"rel", []float32{float32(math.NaN()), 1000}, false},
	} {
		if err := Compare("x", c.tol, []int{2}, c.got, want); (err == nil) != c.ok {
			t.Errorf("%s %v: %v", c.tol, c.got, err)
		}
	}
	if err := Compare("x", "exact", []int{1, 2}, want.Data, want); err == nil {
		t.Error("a different shape compares equal")
	}
	if err := Compare("x", "some", []int{2}, want.Data, want); err == nil {
		t.Error("an unknown class compares equal")
	}
}
