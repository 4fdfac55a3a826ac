//go:build unix

package durin

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/livespike/livespike/internal/interrupt"
)

// open is the robots whose wheels a signal stops. A signal that would end the program still does: it is raised again
// once the zeros are on the line. In a session, which has its own use for SIGINT, it is not.
var open struct {
	sync.Mutex
	robots map[*Robot]bool
	signal chan os.Signal
	hosted bool
}

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

func watchSignals(signals <-chan os.Signal) {
	for s := range signals {
		open.Lock()
		robots := make([]*Robot, 0, len(open.robots))
		for r := range open.robots {
			robots = append(robots, r)
		}
		hosted, own := open.hosted, open.signal
		open.Unlock()
		for _, r := range robots {
			r.emergency()
		}
		if hosted && s == syscall.SIGINT {
			continue
		}
		signal.Stop(own)
		// Raised again, the signal does what it would have done without us.
		if number, ok := s.(syscall.Signal); ok && syscall.Kill(os.Getpid(), number) != nil {
			return
		}
	}
}
