// Package kernels holds Livespike's GPU kernels: CUDA C++ in the .cu files, one family each, and the PTX that clang made
// of them, which is what ships. Comments in the sources say what each kernel takes; neuron.h does for the neuron models.
//
// Nothing here runs by itself. Package ptx executes the text in every test run, and a CUDA driver on a device; on one,
//
//	LIVESPIKE_DEVICE=cuda:0 go test -tags cuda ./internal/cuda
//
// compares each kernel with the CPU, bit for bit.
package kernels

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

//go:generate go run gen.go

// PTX is all kernels, for compute capability 7.0 and later.
//
//go:embed kernels.ptx
var PTX string

// Needs is the first driver that knows the text's PTX version, 6.0.
const Needs = "384"

// Entry is a kernel: its name and the sizes of its parameters in bytes, 4 or 8.
type Entry struct {
	Name   string
	Params []int
}

var entryText = regexp.MustCompile(`(?s)\.visible \.entry (\w+)\((.*?)\)`)

var entries = sync.OnceValue(func() map[string]Entry {
	all := map[string]Entry{}
	for _, m := range entryText.FindAllStringSubmatch(PTX, -1) {
		e := Entry{Name: m[1]}
		for _, line := range strings.Split(m[2], "\n") {
			switch {
			case strings.Contains(line, ".param .u64"):
				e.Params = append(e.Params, 8)
			case strings.Contains(line, ".param .u32"), strings.Contains(line, ".param .f32"):
				e.Params = append(e.Params, 4)
			}
		}
		all[e.Name] = e
	}
	return all
})

// Find is the kernel of that name.
func Find(name string) (Entry, bool) {
	e, ok := entries()[name]
	return e, ok
}

// Names lists the kernels in the order of the text.
func Names() []string {
	var names []string
	for _, m := range entryText.FindAllStringSubmatch(PTX, -1) {
		names = append(names, m[1])
	}
	return names
}
