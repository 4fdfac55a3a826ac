// Package hdf5 reads and writes the part of the HDF5 file format that neural networks are exchanged in: groups, and
// arrays of numbers and strings in them.
//
// Read knows superblocks 0, 2 and 3, object headers 1 and 2, groups as symbol tables and as links in the header, arrays
// that are compact, contiguous or in chunks, and the filters deflate, shuffle and fletcher32. What it does not know, such
// as groups of many links in the newest layout, is an error and never wrong numbers. Write puts contiguous arrays into
// the layout that every version of the library reads.
//
// Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
package hdf5

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// ErrFormat is what errors about a damaged or foreign file wrap.
var ErrFormat = errors.New("not an HDF5 file that can be read")

// Group is a folder: other groups, and arrays, by name.
type Group struct {
	Groups map[string]*Group
	Arrays map[string]*Array
}

// NewGroup is an empty group.
func NewGroup() *Group { return &Group{Groups: map[string]*Group{}, Arrays: map[string]*Array{}} }

// Names are the names in the group, sorted.
func (g *Group) Names() []string {
	var names []string
	for n := range g.Groups {
		names = append(names, n)
	}
	for n := range g.Arrays {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Kind is what an array holds.
type Kind int

// The kinds that Write knows. Read turns numbers of every width into the one that is wide enough.
const (
	Float32 Kind = iota // as Floats
	Float64             // as Floats
	Int64               // as Ints; integers of every width and booleans
	String              // as Strings
)

// Array is a dataset in row-major order; a nil Shape is a single value. One of the slices is set, as Kind says.
type Array struct {
	Kind    Kind
	Shape   []int
	Floats  []float64
	Ints    []int64
	Strings []string
}

// Len is the number of elements.
func (a *Array) Len() int { return size(a.Shape) }

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Read reads the file at path.
func Read(path string) (*Group, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	g, err := Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return g, nil
}

// Write puts a file at path, which appears when it is complete: an interruption leaves what was there before.
func Write(path string, root *Group) error {
	content, err := Encode(root)
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
