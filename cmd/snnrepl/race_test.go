//go:build race

package main

// racing is whether the race detector watches. The interpreter races with itself when a cell is cancelled: both the
// cancelled call and the goroutine it leaves write the results, which nobody reads.
const racing = true
