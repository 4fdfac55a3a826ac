// Package rt is the real-time loop: it calls a function at a fixed rate and says how punctual it was.
//
//	loop := rt.New(time.Millisecond)
//	err := loop.Run(func(t rt.Tick) bool {
//		… // one control step
//		return true // until false
//	})
//	loop.Report()
//
// Ticks are absolute: tick n is due n periods after the start, whatever the steps took. A loop has a thread of its own,
// sleeps until 150 µs before a tick and spins for the rest, which costs 15 % of a core at 1 kHz; Spin(0) turns that
// off. It never spins where the program or the machine has one processor. While a loop runs, the garbage collector waits
// until the program has grown by 1 GiB; KeepCollector leaves it alone.
//
// On Linux the loop's thread takes the real-time class SCHED_FIFO, where the user may: root, or whoever has an rtprio
// limit (ulimit -r; @group - rtprio 1 in /etc/security/limits.conf). The report says whether it does. Without it any
// busy program on the machine makes ticks late. A step that takes all of a processor then takes it from every ordinary
// program, but for the 5 % that the kernel keeps back; KeepPriority leaves the thread alone.
//
// On Linux a loop doubles GOMAXPROCS while it runs. From Go 1.25 on a program that has set GOMAXPROCS follows changes of its
// container's CPU limit no more; runtime.SetDefaultGOMAXPROCS, after the last loop, lets it follow them again.
//
// The step must not block. What a notebook shows belongs in another goroutine.
package rt
