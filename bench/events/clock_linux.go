package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// processCPU is the processors' time that this program has had.
func processCPU() time.Duration {
	var t unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t))
	return time.Duration(t.Nano())
}

// cpu is the processor's time that this thread has had: other work on the machine does not count.
func cpu() time.Duration {
	var t unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t))
	return time.Duration(t.Nano())
}
