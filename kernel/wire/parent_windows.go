package wire

import (
	"os"
	"strconv"
	"syscall"
)

// watchParent calls gone when the process that started the kernel has ended, if a server started it: JPY_PARENT_PID is
// then an inherited handle of that process.
func watchParent(gone func()) {
	handle, ok := inherited("JPY_PARENT_PID")
	if !ok {
		return
	}
	go func() {
		if event, err := syscall.WaitForSingleObject(handle, syscall.INFINITE); err == nil && event == syscall.WAIT_OBJECT_0 {
			gone()
		}
	}()
}

// watchEvent calls interrupt each time the event of JPY_INTERRUPT_EVENT is set; it resets by itself.
func watchEvent(interrupt func()) {
	handle, ok := inherited("JPY_INTERRUPT_EVENT")
	if !ok {
		return
	}
	go func() {
		for {
			event, err := syscall.WaitForSingleObject(handle, syscall.INFINITE)
			if err != nil || event != syscall.WAIT_OBJECT_0 {
				return
			}
			interrupt()
		}
	}()
}

// inherited is the handle that an environment variable names.
func inherited(variable string) (syscall.Handle, bool) {
	n, err := strconv.ParseUint(os.Getenv(variable), 10, 64)
	return syscall.Handle(n), err == nil && n != 0
}
