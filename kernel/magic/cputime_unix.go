//go:build unix

package magic

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used of the processor so far.
func cpuTime() (user, system time.Duration) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, 0
	}
	return time.Duration(usage.Utime.Nano()), time.Duration(usage.Stime.Nano())
}
