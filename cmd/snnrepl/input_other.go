//go:build !unix

package main

import (
	"context"
	"os"
)

// readable cannot wait here: the read that follows ends with the line.
func readable(ctx context.Context, _ *os.File) error { return context.Cause(ctx) }
