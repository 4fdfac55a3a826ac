package interp

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/livespike/livespike/stdlib"
)

// virtual returns the symbol tables with the session's own standard streams in fmt, log and os. The table of fmt goes
// under another package name, because the engine would replace it.
func (in *Interp) virtual(o Options) map[string]map[string]reflect.Value {
	tables := maps.Clone(o.Symbols)
	change := func(key, newKey string, symbols map[string]any) {
		table := maps.Clone(tables[key])
		if table == nil {
			return
		}
		for name, v := range symbols {
			table[name] = reflect.ValueOf(v)
		}
		delete(tables, key)
		tables[newKey] = table
	}
	change("fmt/fmt", "fmt/fmt"+mark, map[string]any{
		"Print":   func(a ...any) (int, error) { return fmt.Fprint(o.Stdout, a...) },
		"Printf":  func(f string, a ...any) (int, error) { return fprintf(o.Stdout, f, a...) },
		"Println": func(a ...any) (int, error) { return fmt.Fprintln(o.Stdout, a...) },
		"Sprintf": sprintf, "Errorf": errorf, "Fprintf": fprintf, "Appendf": appendf,
		"Scan":   func(a ...any) (int, error) { return fmt.Fscan(o.Stdin, a...) },
		"Scanf":  func(f string, a ...any) (int, error) { return fmt.Fscanf(o.Stdin, f, a...) },
		"Scanln": func(a ...any) (int, error) { return fmt.Fscanln(o.Stdin, a...) },
	})
	logger := log.New(o.Stderr, "", log.LstdFlags)
	change("log/log", "log/log", map[string]any{
		"Fatal":   func(v ...any) { logger.Print(v...); panic(stdlib.Exit(1)) },
		"Fatalf":  func(f string, v ...any) { logger.Print(sprintf(f, v...)); panic(stdlib.Exit(1)) },
		"Fatalln": func(v ...any) { logger.Println(v...); panic(stdlib.Exit(1)) },
		"Panic":   logger.Panic, "Panicf": logf(logger.Panicf), "Panicln": logger.Panicln,
		"Print": logger.Print, "Printf": logf(logger.Printf), "Println": logger.Println,
		"Flags": logger.Flags, "SetFlags": logger.SetFlags, "Prefix": logger.Prefix, "SetPrefix": logger.SetPrefix,
		"Output": logger.Output, "SetOutput": logger.SetOutput, "Writer": logger.Writer, "Default": func() *log.Logger { return logger },
	})
	if table := maps.Clone(tables["os/os"]); table != nil {
		for name, stream := range map[string]any{"Stdin": o.Stdin, "Stdout": o.Stdout, "Stderr": o.Stderr} {
			if file, ok := stream.(*os.File); ok {
				table[name] = reflect.ValueOf(&file).Elem()
			}
		}
		args := o.Args
		table["Args"] = reflect.ValueOf(&args).Elem()
		tables["os/os"] = table
	}
	return tables
}

// traceLine is what the engine writes to its standard error for each frame that a panic leaves.
var traceLine = regexp.MustCompile(`^(?:In\[(\d+)\]|generic \w+):(\d+):(\d+): panic: (.*)\(\.\.\.\)$`)

// traceWriter is the engine's standard error: it keeps the lines of a panic's trace for the running cell.
type traceWriter struct {
	mu     sync.Mutex
	frames []Frame
	rest   io.Writer
}

func (w *traceWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := traceLine.FindSubmatch(bytes.TrimSpace(p))
	if m == nil {
		return w.rest.Write(p)
	}
	number := func(b []byte) int { n, _ := strconv.Atoi(string(b)); return n } // digits only
	if len(m[1]) == 0 || isHelper(string(m[4])) {
		return len(p), nil
	}
	w.frames = append(w.frames, Frame{string(m[4]), Position{number(m[1]), number(m[2]), number(m[3])}})
	return len(p), nil
}

// isHelper reports whether a frame ran a function that a lowering made.
func isHelper(name string) bool {
	name = strings.TrimPrefix(name, "main.")
	return strings.HasPrefix(name, mark) && !strings.HasPrefix(name, cellFunc)
}

// take returns the trace so far and forgets it.
func (w *traceWriter) take() []Frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	frames := w.frames
	w.frames = nil
	return frames
}
