// Package interrupt carries the running cell's context to the native code it calls, so that every blocking call
// (a camera's next frame, a robot's next observation, a sleep) stops when the user interrupts the cell.
//
// Outside a session, in an ordinary Go program, the context is context.Background.
package interrupt

import (
	"context"
	"sync/atomic"
)

var current atomic.Pointer[context.Context]

// Context is the context of the cell that is running, or context.Background when there is none.
func Context() context.Context {
	if ctx := current.Load(); ctx != nil {
		return *ctx
	}
	return context.Background()
}

// Set makes ctx the current context and returns a function that restores the one before.
func Set(ctx context.Context) (restore func()) {
	before := current.Swap(&ctx)
	return func() { current.Store(before) }
}
