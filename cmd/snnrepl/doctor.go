package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/io/dvs"
	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/term"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/stdlib"
)

var _ = register(command{
	name:    "doctor",
	usage:   "doctor",
	summary: "what of this machine Livespike can use, and what to do about the rest",
	help: `One line each: "ok" is in order, "--" is not there and not needed, "!!" is wrong and says what to do.
Exit status 1 if anything is wrong.`,
	run: runDoctor,
})

// finding is what one examination says: fine, absent with the reason, or an error.
type finding struct {
	text   string
	absent bool
	err    error
}

// examinations in the order of the report.
var examinations = []struct {
	name    string
	examine func() finding
}{
	{"program", func() finding {
		return finding{text: fmt.Sprintf("livespike %s, %s %s/%s", kernel.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	}},
	{"processor", examineProcessor},
	{"memory", examineMemory},
	{"interpreter", examineInterpreter},
	{"GPU", examineGPU},
	{"cameras", examineCameras},
	{"terminal", examineTerminal},
	{"history", examineHistory},
	{"Jupyter", examineJupyter},
	{"environment", examineEnvironment},
}

func runDoctor(s streams, f *flag.FlagSet) int {
	if f.NArg() > 0 {
		return usageError(s, f.Name(), fmt.Errorf("doctor takes no arguments, got %s", f.Arg(0)))
	}
	status := fine
	for _, e := range examinations {
		found := e.examine()
		mark, text := "ok", found.text
		switch {
		case found.err != nil:
			mark, text, status = "!!", found.err.Error(), failed
		case found.absent:
			mark = "--"
		}
		fmt.Fprintf(s.out, "%s  %-12s %s\n", mark, e.name, text)
	}
	return status
}

func examineProcessor() finding {
	kernels := "portable kernels: slower, the same numbers"
	if simd.On() {
		kernels = fmt.Sprintf("assembly kernels (%s)", simd.Name())
	}
	return finding{text: fmt.Sprintf("%d processors, %s", runtime.GOMAXPROCS(0), kernels), absent: !simd.On()}
}

func examineMemory() finding {
	limit := kernel.MemoryLimit()
	if limit == 0 {
		return finding{text: "a session has no limit", absent: true}
	}
	return finding{text: fmt.Sprintf("a session may hold %.1f GiB; LIVESPIKE_MEMORY changes that", float64(limit)/(1<<30))}
}

// examineInterpreter runs a neuron from nothing to its first spike.
func examineInterpreter() finding {
	start := time.Now()
	in := interp.New(interp.Options{Symbols: stdlib.Symbols, Generic: stdlib.Generic, Imports: map[string]string{
		"snn": "github.com/livespike/livespike/snn", "tensor": "github.com/livespike/livespike/snn/tensor",
	}})
	r := in.Eval(context.Background(), interp.Cell{N: 1, Src: "z, _ := snn.LIFCell(snn.VTh(0), snn.VLeak(1)).Forward(tensor.Ones(1), nil)\nz.At1(0)"})
	switch {
	case r.Err != nil:
		return finding{err: r.Err}
	case len(r.Values) != 1 || r.Values[0].Text != "1":
		return finding{err: fmt.Errorf("a neuron that must spike gives %v", r.Values)}
	}
	return finding{text: fmt.Sprintf("the first spike came after %v", time.Since(start).Round(time.Millisecond))}
}

func examineGPU() finding {
	if _, err := snn.CUDA(0); err != nil {
		return finding{text: err.Error(), absent: true}
	}
	return finding{text: strings.Join(snn.Devices(), ", ") + "; snnrepl gpu checks it"}
}

func examineCameras() finding {
	cameras, err := dvs.Cameras()
	switch {
	case err != nil:
		return finding{text: err.Error(), absent: true}
	case len(cameras) == 0:
		return finding{text: `none on the bus; event.MustOpen("sim:bars") simulates one`, absent: true}
	}
	return finding{text: strings.Join(cameras, "; ")}
}

func examineTerminal() finding {
	if !isTerminal(os.Stdout) {
		return finding{text: "standard output is a file or a pipe: no colours, no pictures", absent: true}
	}
	p := term.Detect(os.Stdout)
	text := fmt.Sprintf("TERM=%s, pictures as %s; LIVESPIKE_GRAPHICS changes that", os.Getenv("TERM"), p)
	if os.Getenv("NO_COLOR") != "" {
		text += "; NO_COLOR is set"
	}
	return finding{text: text, absent: p == term.None}
}

// examineHistory opens the file for writing, as a session does.
func examineHistory() finding {
	file := kernel.HistoryFile()
	if file == "" {
		return finding{err: errors.New("no home folder; set XDG_STATE_HOME to keep the history")}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return finding{err: fmt.Errorf("the history cannot be kept: %w", err)}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return finding{err: fmt.Errorf("the history cannot be kept: %w", err)}
	}
	return finding{text: file, err: f.Close()}
}

func examineJupyter() finding {
	folder, err := wire.Spec{}.Folder()
	if err != nil {
		return finding{err: err}
	}
	text, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if errors.Is(err, os.ErrNotExist) {
		return finding{text: "the kernel is not installed; snnrepl kernel install does that", absent: true}
	}
	var installed struct{ Argv []string }
	if err == nil {
		err = json.Unmarshal(text, &installed)
	}
	if err == nil && len(installed.Argv) == 0 {
		err = errors.New("it starts nothing")
	}
	if err == nil {
		_, err = os.Stat(installed.Argv[0])
	}
	if err != nil {
		return finding{err: fmt.Errorf("the kernel in %s: %w; snnrepl kernel install mends that", folder, err)}
	}
	return finding{text: fmt.Sprintf("the kernel in %s starts %s", folder, installed.Argv[0])}
}

func examineEnvironment() finding {
	var set []string
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "LIVESPIKE_") {
			set = append(set, v)
		}
	}
	if slices.Sort(set); len(set) == 0 {
		return finding{text: "no LIVESPIKE_ variable is set", absent: true}
	}
	return finding{text: strings.Join(set, " ")}
}
