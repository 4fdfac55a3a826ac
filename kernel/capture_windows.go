package kernel

import (
	"os"

	"golang.org/x/sys/windows"
)

// duplicate is the same file under a handle of its own, which child processes do not inherit.
func duplicate(f *os.File) (*os.File, error) {
	var handle windows.Handle
	process := windows.CurrentProcess()
	err := windows.DuplicateHandle(process, windows.Handle(f.Fd()), process, &handle, 0, false, windows.DUPLICATE_SAME_ACCESS)
	if err != nil {
		return nil, os.NewSyscallError("DuplicateHandle", err)
	}
	return os.NewFile(uintptr(handle), f.Name()), nil
}

// redirect makes a standard file of the process stand for another. Compiled Go code prints through the variables of
// package os, others ask the system for the handle.
func redirect(of, to *os.File) error {
	which := uint32(windows.STD_OUTPUT_HANDLE)
	if of == os.Stderr {
		which = windows.STD_ERROR_HANDLE
	}
	if err := windows.SetStdHandle(which, windows.Handle(to.Fd())); err != nil {
		return os.NewSyscallError("SetStdHandle", err)
	}
	*of = *to
	return nil
}
