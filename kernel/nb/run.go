package nb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/livespike/livespike/kernel/wire"
)

// Options is how a notebook runs.
type Options struct {
	Timeout  time.Duration      // of each cell; 0 is none
	Timing   bool               // note in the metadata when each cell began and ended
	Progress func(cell, of int) // called before each code cell, counted from 1; may be nil
}

// Error is a cell that failed. The notebook holds its output.
type Error struct {
	Notebook string
	Cell     int // among all cells, from 1
	Message  string
}

func (e *Error) Error() string {
	return fmt.Sprintf("nb: %s: cell %d: %s", e.Notebook, e.Cell, e.Message)
}

// Run executes the code cells in order and puts what they show in the place of their outputs. It stops at the first cell
// that fails, unless that is tagged raises-exception; a cell tagged skip-execution is passed over. The notebook can be
// written in any case.
func (n *Notebook) Run(ctx context.Context, exec wire.Executor, o Options) error {
	shown := &shelf{byID: map[string][]map[string]any{}}
	total, count := 0, 0
	for _, cell := range n.cells {
		if cell["cell_type"] == "code" {
			total++
		}
	}
	at := 0
	for i, cell := range n.cells {
		if cell["cell_type"] != "code" {
			continue
		}
		at++
		if o.Progress != nil {
			o.Progress(at, total)
		}
		src, err := source(cell)
		if err != nil {
			return fmt.Errorf("nb: %s: cell %d: %w", n.name, i+1, err)
		}
		if tagged(cell, "skip-execution") || strings.TrimSpace(src) == "" {
			cell["outputs"], cell["execution_count"] = []any{}, nil
			continue
		}
		count++
		began := time.Now()
		failed := n.runCell(ctx, exec, cell, wire.Cell{Src: src, N: count, StoreHistory: true}, shown, o.Timeout)
		if o.Timing {
			timed(cell, began, time.Now())
		}
		if failed != nil && !tagged(cell, "raises-exception") {
			return &Error{n.name, i + 1, failed.Value}
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("nb: %s: cell %d: %w", n.name, i+1, context.Cause(ctx))
		}
	}
	return nil
}

func (n *Notebook) runCell(ctx context.Context, exec wire.Executor, cell map[string]any, c wire.Cell, shown *shelf, limit time.Duration) *wire.CellError {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errors.New("it took longer than "+limit.String()))
		defer cancel()
	}
	out := &collector{shelf: shown, count: c.N}
	outcome := exec.Execute(ctx, c, out)
	if e := outcome.Err; e != nil {
		trace := []any{}
		for _, line := range e.Traceback {
			trace = append(trace, line)
		}
		out.add(map[string]any{"output_type": "error", "ename": e.Name, "evalue": e.Value, "traceback": trace})
	}
	cell["outputs"], cell["execution_count"] = out.list(), c.N
	return outcome.Err
}

// timed notes a cell's times where Jupyter does.
func timed(cell map[string]any, began, ended time.Time) {
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
	metadata, ok := cell["metadata"].(map[string]any)
	if !ok {
		metadata = map[string]any{}
		cell["metadata"] = metadata
	}
	metadata["execution"] = map[string]any{
		"iopub.status.busy": stamp(began), "iopub.execute_input": stamp(began),
		"shell.execute_reply": stamp(ended), "iopub.status.idle": stamp(ended),
	}
}
