//go:build linux || darwin

package event

import (
	"os"
	"syscall"
)

// mapFile shows a file's bytes where the kernel keeps them, which saves a copy. It returns nil where that cannot be done;
// the file is then read.
func mapFile(f *os.File) []byte {
	st, err := f.Stat()
	if err != nil || st.Size() == 0 || st.Size() != int64(int(st.Size())) {
		return nil
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(st.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil
	}
	return b
}

func unmap(b []byte) error { return syscall.Munmap(b) }
