package hdf5

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The oracle is the format's reference library, which wrote the files of testdata by generate.py.
func TestReadsTheLibrarysFiles(t *testing.T) {
	ramp := func(k Kind) *Array {
		a := &Array{Kind: k, Shape: []int{5, 7}}
		for i := range 35 {
			a.Floats = append(a.Floats, float64(i)/4)
		}
		return a
	}
	want := map[string]*Array{
		"contiguous": ramp(Float32), "deflate": ramp(Float32), "big": ramp(Float64), "half": ramp(Float32),
		"int8": {Kind: Int64, Shape: []int{3}, Ints: []int64{-128, 0, 127}}, "uint16": {Kind: Int64, Shape: []int{2}, Ints: []int64{0, 65535}},
		"bool": {Kind: Int64, Shape: []int{2}, Ints: []int64{1, 0}}, "scalar": {Kind: Float64, Floats: []float64{-2.5}},
		"empty": {Kind: Float32, Shape: []int{0, 3}, Floats: []float64{}}, "fixed": {Kind: String, Shape: []int{2}, Strings: []string{"abc", "de"}},
		"text":  {Kind: String, Strings: []string{"ä \n text"}},
		"texts": {Kind: String, Shape: []int{2, 2}, Strings: []string{"a", "bc", "", "def"}},
	}
	for _, file := range []string{"oldest.h5", "newest.h5"} {
		g, err := Read(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for name, w := range want {
			got := g.Groups["numbers"].Arrays[name]
			if got == nil {
				got = g.Groups["more"].Arrays[name]
			}
			if !reflect.DeepEqual(got, w) {
				t.Errorf("%s: %s: %+v, want %+v", file, name, got, w)
			}
		}
		if x := g.Groups["more"].Groups["a"].Groups["b"].Arrays["x"]; x.Ints[0] != 7 || x.Shape != nil {
			t.Errorf("%s: more/a/b/x: %+v", file, x)
		}
	}
	g, err := Read("testdata/oldest.h5")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g.Arrays["pieces"], ramp(Float32)) {
		t.Errorf("pieces: %+v", g.Arrays["pieces"])
	}
	if s := g.Arrays["sparse"].Floats; s[5] != 3 || s[0] != 0 || s[15] != 0 {
		t.Errorf("sparse: %v", s)
	}
	for k := range 60 {
		if a := g.Groups["many"].Arrays[fmt.Sprint("n", k)]; a == nil || a.Ints[0] != int64(k) {
			t.Fatalf("many/n%d: %+v", k, a)
		}
	}
	if _, err := Read("testdata/links.h5"); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "a group of many links") {
		t.Errorf("many links of the newest layout: %v", err)
	}
}

func sample() *Group {
	g := NewGroup()
	for k := range 40 {
		inner := NewGroup()
		inner.Arrays["value"] = &Array{Kind: Int64, Ints: []int64{int64(k)}}
		g.Groups[fmt.Sprintf("group %d ä", k)] = inner
	}
	g.Arrays["f"] = &Array{Kind: Float32, Shape: []int{2, 3}, Floats: []float64{1, -0.5, math.Inf(1), 1.401298464324817e-45, 5, 6}}
	g.Arrays["d"] = &Array{Kind: Float64, Shape: []int{2}, Floats: []float64{math.Pi, -1e300}}
	g.Arrays["none"] = &Array{Kind: Float32, Shape: []int{0, 3}, Floats: []float64{}}
	g.Arrays["s"] = &Array{Kind: String, Shape: []int{3}, Strings: []string{"a", "", "a"}}
	g.Arrays["one"] = &Array{Kind: String, Strings: []string{strings.Repeat("long ", 2000)}}
	g.Groups["nothing"] = NewGroup()
	return g
}

// What is written is read again. That the reference library reads it too is what testdata/check.py shows.
func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	if out := os.Getenv("LIVESPIKE_HDF5_OUT"); out != "" {
		path = out
	}
	if err := Write(path, sample()); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, sample()) {
		t.Errorf("%+v", got)
	}
	a, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := Encode(sample()); string(a) != string(b) {
		t.Error("two writings differ")
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for want, change := range map[string]func(g *Group){
		"/f: 1 elements for shape [2]": func(g *Group) { g.Arrays["f"] = &Array{Shape: []int{2}, Floats: []float64{1}} },
		`the name "a/b" cannot`:        func(g *Group) { g.Groups["a/b"] = NewGroup() },
		"/f: a group and an array":     func(g *Group) { g.Groups["f"] = NewGroup() },
		"cannot be written":            func(g *Group) { g.Arrays["s"] = &Array{Kind: String, Strings: []string{"a\x00b"}} },
	} {
		g := sample()
		change(g)
		if _, err := Encode(g); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A file that is cut off is an error wherever that hits something; a changed byte never is a crash.
func TestDamage(t *testing.T) {
	for _, name := range []string{"oldest.h5", "newest.h5"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(whole)/2; n += 97 {
			if _, err := Decode(whole[:n]); !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %d of %d bytes: %v", name, n, len(whole), err)
			}
		}
		for n := 0; n < len(whole); n += 13 {
			changed := append([]byte(nil), whole...)
			changed[n] ^= 0xff
			if _, err := Decode(changed); err != nil && !errors.Is(err, ErrFormat) {
				t.Errorf("%s: byte %d: %v", name, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"oldest.h5", "newest.h5", "links.h5"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole)
	}
	own, err := Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own)
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, err := Decode(raw)
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Fatal(err)
		}
		if err == nil {
			if _, err := Encode(g); err == nil {
				return
			}
		}
	})
}
