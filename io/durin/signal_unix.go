//go:build unix

package durin

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

// open is the robots whose wheels a signal stops. A signal that would end the program still does: it is raised again
// once the zeros are on the line. In a session, which has its own use for SIGINT, it is not.
var open struct {
	sync.Mutex
	robots map[*Robot]bool
	signal chan os.Signal
	hosted bool // a robot was dialled in a cell
}

// endTime is how long a program may take to end after a signal; one that is still there afterwards drives again.
const endTime = time.Second

func remember(r *Robot) {
	open.Lock()
	defer open.Unlock()
	if open.robots == nil {
		open.robots = map[*Robot]bool{}
	}
	open.robots[r] = true
	open.hosted = open.hosted || interrupt.Context() != context.Background()
	if open.signal == nil {
		open.signal = make(chan os.Signal, 1)
		signal.Notify(open.signal, syscall.SIGINT, syscall.SIGTERM)
		go watchSignals(open.signal)
	}
}

func forget(r *Robot) {
	open.Lock()
	defer open.Unlock()
	delete(open.robots, r)
	if len(open.robots) == 0 && open.signal != nil {
		signal.Stop(open.signal)
		close(open.signal)
		open.signal = nil
	}
}

func watchSignals(signals chan os.Signal) {
	for s := range signals {
		open.Lock()
		robots := make([]*Robot, 0, len(open.robots))
		for r := range open.robots {
			robots = append(robots, r)
		}
		raise := !open.hosted || s != syscall.SIGINT
		open.Unlock()
		hold := time.Duration(0)
		if raise {
			hold = endTime
		}
		for _, r := range robots {
			r.emergency(hold)
		}
		if raise {
			raiseAgain(s, signals)
		}
	}
}

// raiseAgain lets a signal do what it would have done without us. When the program has another use for it and lives
// on, the signals are watched again.
func raiseAgain(s os.Signal, signals chan os.Signal) {
	number, ok := s.(syscall.Signal)
	if !ok {
		return
	}
	signal.Stop(signals)
	if err := syscall.Kill(os.Getpid(), number); err != nil {
		panic(fmt.Sprintf("durin: raise %v again: %v", s, err))
	}
	time.Sleep(endTime)
	open.Lock()
	defer open.Unlock()
	if open.signal == signals {
		signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	}
}
