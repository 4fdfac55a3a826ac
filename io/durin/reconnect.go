package durin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	backOffFirst = 250 * time.Millisecond
	backOffLast  = 4 * time.Second
)

// reconnect drops a broken connection and tries for a new one until there is one or Close is called. What the robot
// was told before is not told again, but its streams are asked for.
func (r *Robot) reconnect(target string) {
	defer r.done.Done()
	r.mu.Lock()
	defer func() {
		r.mu.Lock()
		r.mending = false
		r.mu.Unlock()
	}()
	l := r.link
	r.link, r.present, r.pending = nil, motion{byWheels: true}, false
	if r.closed {
		r.mu.Unlock()
		return
	}
	if l != nil {
		r.err = fmt.Errorf("durin: %s: %w: %w", r.address, errGone, l.failed)
	}
	r.mu.Unlock()
	if l != nil {
		// The connection is broken: how it ends says nothing new.
		_ = l.close()
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-r.stop:
			cancel()
		case <-ended:
		}
	}()
	for wait := backOffFirst; ; wait = min(2*wait, backOffLast) {
		select {
		case <-r.stop:
			return
		case <-time.After(wait):
		}
		err := r.connect(ctx, target)
		r.mu.Lock()
		if err == nil {
			r.stats.Reconnects++
			r.err = nil
			r.mu.Unlock()
			return
		}
		if !errors.Is(err, context.Canceled) {
			r.err = fmt.Errorf("%w: %w", errGone, err)
		}
		r.mu.Unlock()
	}
}
