//go:build !linux && !darwin

package tensor

// physicalMemory is not known: the limit of memory applies.
func physicalMemory() uint64 { return 0 }
