//go:build race

package interp_test

import "time"

// cellLimit is how long a probe's cell may take: the race detector slows everything down several times.
const cellLimit = time.Minute
