package snntest_test

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/snntest"
)

func ExampleCheck() {
	fmt.Println(snntest.Check(func() snn.Module { return snn.LIFCell() }, 4))
	// Output:
	// <nil>
}
