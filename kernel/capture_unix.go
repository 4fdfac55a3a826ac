//go:build unix

package kernel

import (
	"os"

	"golang.org/x/sys/unix"
)

// duplicate is the same file under a descriptor of its own, which child processes do not inherit.
func duplicate(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// redirect makes the descriptor of one file stand for another.
func redirect(of, to *os.File) error {
	return os.NewSyscallError("dup", dup(int(to.Fd()), int(of.Fd())))
}
