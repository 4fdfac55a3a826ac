package kernel

import "golang.org/x/sys/unix"

// Not every architecture of Linux has dup2.
func dup(from, to int) error { return unix.Dup3(from, to, 0) }
