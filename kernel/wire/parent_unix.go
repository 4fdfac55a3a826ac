//go:build unix

package wire

import (
	"os"
	"time"
)

// watchParent calls gone when the process that started the kernel has ended, if a server started it (JPY_PARENT_PID is
// set). The parent's id changes then; the new one need not be 1, because other processes adopt orphans too.
func watchParent(gone func()) {
	if os.Getenv("JPY_PARENT_PID") == "" {
		return
	}
	parent := os.Getppid()
	go func() {
		for range time.Tick(time.Second) {
			if os.Getppid() != parent {
				gone()
				return
			}
		}
	}()
}

// watchEvent is for systems without signals.
func watchEvent(func()) {}
