package magic

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used of the processor so far.
func cpuTime() (user, system time.Duration) {
	handle, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0, 0
	}
	var created, exited, kernel, used syscall.Filetime
	if err := syscall.GetProcessTimes(handle, &created, &exited, &kernel, &used); err != nil {
		return 0, 0
	}
	return filetime(used), filetime(kernel)
}

// filetime is a span in Windows' unit of 100 ns.
func filetime(t syscall.Filetime) time.Duration {
	return time.Duration(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) * 100
}
