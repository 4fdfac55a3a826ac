package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// Remote is a page that another program serves, such as "snnrepl sim durin --page".
type Remote struct {
	url    string
	cancel context.CancelFunc
	done   chan struct{}
	news   chan network // of size one: the newest values that were not sent

	mu  sync.Mutex
	err error
}

// To sends networks to the page at an address such as "http://127.0.0.1:8337".
func To(url string) *Remote {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Remote{url: url, cancel: cancel, done: make(chan struct{}), news: make(chan network, 1)}
	go r.run(ctx)
	return r
}

// Network shows voltages and spikes, of any shape and size; either may be nil. It copies them and does not wait.
func (r *Remote) Network(voltages, spikes *tensor.Tensor) {
	n := newNetwork(voltages, spikes)
	for {
		select {
		case r.news <- n:
			return
		default:
		}
		select {
		case <-r.news: // not sent yet: the newer one goes
		default:
		}
	}
}

// Err is why the page did not take the last network, or nil.
func (r *Remote) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close ends the sending. It may be called twice.
func (r *Remote) Close() error {
	r.cancel()
	<-r.done
	return nil
}

// String is the page's address.
func (r *Remote) String() string { return "live page at " + r.url }

func (r *Remote) run(ctx context.Context) {
	defer close(r.done)
	client := &http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-r.news:
			err := r.send(ctx, client, n)
			r.mu.Lock()
			r.err = err
			r.mu.Unlock()
		}
		select { // the page shows no more
		case <-ctx.Done():
			return
		case <-time.After(rate):
		}
	}
}

func (r *Remote) send(ctx context.Context, client *http.Client, n network) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("live: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/network", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("live: %w", err)
	}
	reply, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("live: %w", err)
	}
	if reply.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("live: %s: the page does not take it: %s", r.url, reply.Status)
	}
	if e := reply.Body.Close(); err == nil {
		err = e
	}
	return err
}
