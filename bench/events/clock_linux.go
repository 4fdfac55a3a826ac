package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpu is the processor's time that this thread has had: other work on the machine does not count.
func cpu() time.Duration {
	var t unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t))
	return time.Duration(t.Nano())
}
