//go:build !race

package interp_test

import "time"

// cellLimit is how long a probe's cell may take.
const cellLimit = 10 * time.Second

const racing = false
