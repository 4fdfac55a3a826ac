package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDerive makes the header of the cu that go.mod names, and looks at what C would see.
func TestDerive(t *testing.T) {
	dir, err := moduleDir()
	if err != nil {
		t.Skip("skipped: the module cannot be had:", err)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	folder, err := derive(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "cuda.h"))
	if err != nil {
		t.Fatal(err)
	}
	header := string(text)
	for _, want := range []string{
		"#define cuMemAlloc cuMemAlloc_v2\n", "#define cuTexRefSetAddress2D cuTexRefSetAddress2D_v3\n",
		"\ntypedef unsigned long long CUdeviceptr;\n", "CUresult cuLaunchKernel(",
	} {
		if !strings.Contains(header, want) {
			t.Errorf("the header lacks %q", want)
		}
	}
	for _, not := range []string{"atoi", "deprecated"} {
		if strings.Contains(header, not) {
			t.Errorf("the header has %q", not)
		}
	}
	var names []string
	for _, p := range prototypes(header) {
		names = append(names, p.name)
		if _, err := p.arguments(); err != nil {
			t.Error(err)
		}
	}
	for name := range suffixed {
		if !slices.Contains(names, name) {
			t.Errorf("%s is renamed but has no prototype", name)
		}
	}
	forward, err := os.ReadFile(filepath.Join(folder, "trampolines.h"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(forward), "\nTRAMPOLINE("); lines != len(names)-1 {
		t.Errorf("%d trampolines for %d functions; all but cuInit have one", lines, len(names))
	}
	line := `TRAMPOLINE(cuMemAlloc, "cuMemAlloc_v2", (CUdeviceptr* dptr, size_t bytesize), (dptr, bytesize))`
	if !strings.Contains(string(forward), line) {
		t.Errorf("the trampolines lack %s", line)
	}
}

// TestVerify: another version of cu is noticed.
func TestVerify(t *testing.T) {
	all := []prototype{{"cuKnown", "void"}}
	if err := verify(all, map[string]string{"a.go": "C.cuKnown() C.cuNew()"}, ""); err == nil || !strings.Contains(err.Error(), "no prototype of cuNew") {
		t.Errorf("a function without a prototype: %v", err)
	}
	if err := verify(all, map[string]string{"a.go": "C.cuKnown()"}, ""); err == nil || !strings.Contains(err.Error(), "calls 1 C functions") {
		t.Errorf("another number of functions: %v", err)
	}
	if _, err := deriveHeader("int main;"); err == nil {
		t.Error("a header without CUDA was taken")
	}
}
