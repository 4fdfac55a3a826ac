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

// A loop that would rather end than lose a tick. The third step takes too long.
func ExampleOnMiss() {
	loop := rt.New(5*time.Millisecond, rt.OnMiss(rt.Stop), rt.Spin(0), rt.KeepCollector())
	err := loop.Run(func(t rt.Tick) bool {
		if t.N == 2 {
			time.Sleep(12 * time.Millisecond)
		}
		return true
	})
	fmt.Println(err != nil)
	// Output:
	// true
}

func ExampleLoop() {
	loop := rt.New(time.Millisecond)
	run := func(l *rt.Loop, steps int) uint64 {
		n := 0
		if err := l.Run(func(rt.Tick) bool { n++; return n < steps }); err != nil {
			fmt.Println(err)
		}
		return l.Report().Ticks
	}
	fmt.Println(run(loop, 5), run(loop, 10)) // a report is of the last run
	// Output:
	// 5 10
}
