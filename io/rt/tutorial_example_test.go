package rt_test

import (
	"fmt"
	"time"

	"github.com/livespike/livespike/io/rt"
)

func ExampleNew() {
	loop := rt.New(time.Millisecond)
	steps := 0
	err := loop.Run(func(t rt.Tick) bool {
		steps++
		return steps < 10
	})
	fmt.Println(loop.Report().Ticks, err)
	// Output:
	// 10 <nil>
}

func ExampleNull() {
	null := rt.Null(time.Millisecond, 10) // how late the machine itself is
	fmt.Println(null.Ticks)
	// Output:
	// 10
}
