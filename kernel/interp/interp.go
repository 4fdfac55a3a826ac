// Package interp turns the text of a cell into a result.
//
// Cells are checked by go/types against packages rebuilt by reflection from symbol tables, so that errors read like the
// compiler's and appear before anything runs; then they are lowered to the part of Go that the engine,
// github.com/traefik/yaegi, executes as the language says. One file each: split, parse, universe, check, plan
// (statements, declarations), lower_*.go, program, run, text.
package interp

import (
	"context"
	"fmt"
	"go/token"
	"io"
	"maps"
	"os"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
)

// Options says what scripts can reach.
type Options struct {
	Symbols map[string]map[string]reflect.Value // compiled packages, as stdlib.Symbols
	Imports map[string]string                   // packages that need no import: name → import path
	Generic func(importPath string) []string    // names that the tables leave out, for messages
	Stdin   io.Reader                           // default os.Stdin
	Stdout  io.Writer                           // default os.Stdout; scripts reach it as os.Stdout only if it is a file
	Stderr  io.Writer                           // default os.Stderr; the same
	Args    []string                            // os.Args of the scripts

	// MemoryLimit is how many bytes of heap the process may hold before a running cell is stopped; 0 is no limit.
	MemoryLimit uint64
}

// Interp is one session's interpreter. It runs one cell at a time.
type Interp struct {
	mu          sync.Mutex // guards what completion reads: held while a cell is checked and committed, not while it runs
	opts        Options
	engine      *yaegi.Interpreter
	fset        *token.FileSet
	universe    *universe
	world       world
	names       names
	types       *typeTable
	helpers     map[string]string // generated functions that the engine has
	imports     imports
	generations map[string]int    // by name: how often it was defined
	instances   map[string]string // of generic functions and types that the engine has
	current     map[string]string // variables for functions that closures call
	hooks       map[string]bool   // variables for methods that the engine has
	imported    map[string]bool   // paths that the engine has imported
	temps       int
	runs        int
	running     *run
	trace       *traceWriter
	line        *int // where the running function is, see lower_line.go
	cellLine    *int
	places      places // of what runs on other goroutines
}

// New makes an interpreter.
func New(o Options) *Interp {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	if o.Generic == nil {
		o.Generic = func(string) []string { return nil }
	}
	limitStack()
	in := &Interp{
		opts:        o,
		universe:    newUniverse(o.Symbols),
		world:       world{stale: true},
		names:       names{},
		imports:     maps.Clone(o.Imports),
		generations: map[string]int{},
		hooks:       map[string]bool{},
		current:     map[string]string{},
		instances:   map[string]string{},
		helpers:     map[string]string{},
		imported:    map[string]bool{},
		trace:       &traceWriter{rest: o.Stderr},
	}
	if in.imports == nil {
		in.imports = imports{}
	}
	in.types = newTypeTable(in.universe)
	in.engine = yaegi.New(yaegi.Options{Stdin: o.Stdin, Stdout: o.Stdout, Stderr: in.trace, Args: o.Args})
	in.fset = in.engine.FileSet()
	must(in.engine.Use(in.virtual(o)))
	must(in.engine.Use(in.hostSymbols()))
	in.declareLines()
	return in
}

// must stops on what can only be our own mistake.
func must(err error) {
	if err != nil {
		panic("interp: " + err.Error())
	}
}

// Eval runs one cell. It does not panic: what goes wrong is in the result.
func (in *Interp) Eval(ctx context.Context, cell Cell) (res Result) {
	defer func() {
		if v := recover(); v != nil {
			in.world.stale = true
			res.Err = &CellError{Stage: Compile, Pos: Position{cell.N, 1, 1}, Msg: fmt.Sprintf("internal error: %v", v), Value: v, Stack: debug.Stack()}
		}
	}()
	if note := in.settle(); note != "" {
		res.Notes = append(res.Notes, note)
	}
	in.runs++
	plan, err := in.checked(cell)
	if err != nil {
		res.Err = err
		return res
	}
	res.Notes = append(res.Notes, plan.notes...)
	if err := in.execute(ctx, plan, &res); err != nil {
		res.Err = err
	}
	return res
}

// checked is the cell's plan; if there is none, the next check starts from the sources.
func (in *Interp) checked(cell Cell) (*plan, *CellError) {
	in.mu.Lock()
	defer in.mu.Unlock()
	plan, err := in.newPlan(cell)
	if err != nil {
		in.world.stale = true
	}
	return plan, err
}

// settle waits for the cell before, if an interrupt left it behind in compiled code.
func (in *Interp) settle() (note string) {
	if in.running == nil {
		return ""
	}
	select {
	case <-in.running.ended:
		return ""
	case <-time.After(time.Second):
		return "the interrupted cell is still running in compiled code"
	}
}

// commit makes the names of a plan live that are defined after its first steps statements; all is every one.
func (in *Interp) commit(p *plan, steps int, all bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if all {
		in.names, in.imports = p.names, p.imports
		return
	}
	done := map[string]bool{}
	for _, names := range p.out.steps[:steps] {
		for _, name := range names {
			done[name] = true
		}
	}
	unfinished := map[string]bool{}
	for _, names := range p.out.steps[steps:] {
		for _, name := range names {
			unfinished[name] = !done[name]
		}
	}
	for name, failed := range unfinished {
		if !failed {
			continue
		}
		if old := in.names[name]; old != nil {
			p.names[name] = old
		} else {
			delete(p.names, name)
		}
	}
	in.names, in.imports = p.names, p.imports
	in.world.stale = true
}

// Source returns the text of a declaration.
func (in *Interp) Source(name string) (string, bool) {
	v := in.names[name]
	if v == nil || v.decl == nil {
		return "", false
	}
	return v.decl.text(), true
}

// Name describes a live name.
type Name struct{ Name, Kind, Type, Text string }

// Names lists what the session has defined, sorted by name. Text is that of a variable's value, or empty.
func (in *Interp) Names() []Name {
	var list []Name
	for _, v := range in.names.sorted() {
		n := Name{Name: v.name, Kind: "var"}
		if v.variable() {
			n.Type = typeText(v.typ)
		} else {
			n.Kind = v.decl.kind.String()
		}
		list = append(list, n)
	}
	return list
}
