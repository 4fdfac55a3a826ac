//go:build race

package interp_test

import "time"

// cellLimit is how long a probe's cell may take: the race detector slows everything down several times.
const cellLimit = time.Minute

// racing is whether the race detector watches. The engine races with itself when a cell is cancelled: both the cancelled call
// and the goroutine it leaves write the results, which nobody reads.
const racing = true
