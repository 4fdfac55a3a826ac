package interp_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

// An interrupt may come at any moment of a cell's way into the engine: the cell ends, and nothing of it goes on behind.
func TestInterruptBeforeTheBegin(t *testing.T) {
	if racing {
		t.Skip("the engine's ExecuteWithContext writes its results twice when cancelled")
	}
	in := interp.New(interp.Options{Symbols: stdlib.Symbols, Stdout: io.Discard, Stderr: io.Discard})
	for i := range 60 {
		ctx, cancel := context.WithCancel(t.Context())
		if i == 0 {
			cancel()
		} else {
			time.AfterFunc(time.Duration(i)*20*time.Microsecond, cancel) // the moments are the cases
		}
		r := in.Eval(ctx, interp.Cell{N: i + 1, Src: []string{"for {}", "select {}", "<-make(chan int)"}[i%3]})
		if r.Err == nil || r.Err.Stage != interp.Interrupt {
			t.Fatalf("cell %d: %v", i+1, r.Err)
		}
		if r := in.Eval(t.Context(), interp.Cell{N: i + 1, Src: "1"}); r.Err != nil || len(r.Notes) > 0 {
			t.Fatalf("after cell %d: %v, %v", i+1, r.Err, r.Notes)
		}
		cancel()
	}
}
