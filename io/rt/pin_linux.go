package rt

import _ "unsafe" // for linkname

// pin and unpin keep the scheduler from taking a goroutine off its thread. A loop's goroutine waits most of the time, in
// a system call that the scheduler is not told of or spinning, and would be taken off every 10 ms; to get its thread back
// it needs another one of this process, for which a busy machine may have no processor for milliseconds. In between
// nothing may block, and nothing is called that could.
//
// Source: procPin of Go's runtime/proc.go, which is kept for programs that link to it (go.dev/issue/67401).

//go:linkname pin runtime.procPin
func pin() int

//go:linkname unpin runtime.procUnpin
func unpin()
