//go:build !linux

package main

import "time"

var epoch = time.Now()

func processCPU() time.Duration { return cpu() }

// cpu is the time on the wall, which other work on the machine lengthens.
func cpu() time.Duration { return time.Since(epoch) }
