package main

import (
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

//go:embed events_page.html
var eventsPage []byte

// page is what the browsers see: the latest image, and the numbers beside it.
type page struct {
	mu     sync.Mutex
	fresh  chan struct{} // closed when there is another image
	number int
	image  []byte // a byte a pixel, as picture has it
	status pageStatus
}

// pageStatus is the numbers beside an image.
type pageStatus struct {
	Source   string      `json:"source"`
	Info     string      `json:"info"`
	Width    int         `json:"width"`
	Height   int         `json:"height"`
	Image    int         `json:"image"`
	Rate     float64     `json:"rate"` // events a second since the last image
	Buffered int         `json:"buffered"`
	Room     int         `json:"room"`
	Over     bool        `json:"over"`
	Error    string      `json:"error"`
	Stats    event.Stats `json:"stats"`
}

// servePage shows a source until its end, as many images, or an interrupt.
func servePage(s streams, src *event.Stream, name, address string, fps, frames int) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return errors.Join(err, src.Close())
	}
	p := &page{fresh: make(chan struct{})}
	server := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	_, err = fmt.Fprintf(s.out, "http://%v shows %s; interrupt ends it\n", listener.Addr(), name)
	if err := written(0, err); err != nil {
		return errors.Join(err, server.Close(), src.Close())
	}
	err = p.run(src, name, fps, frames)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		err = errors.Join(err, server.Close())
	}
	if failed := <-served; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(err, failed)
	}
	return errors.Join(err, src.Close())
}

// run reads the source and makes images.
func (p *page) run(src *event.Stream, name string, fps, frames int) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	tick := time.NewTicker(time.Second / time.Duration(fps))
	defer tick.Stop()
	info := src.Info()
	frame, draw, before, at := tensor.Zeros(src.FrameShape()...), picture{}, int64(0), time.Now()
	for n := 1; frames == 0 || n <= frames; n++ {
		select {
		case <-tick.C:
		case <-interrupts:
			return nil
		}
		buffered, room := src.Buffered()
		src.ReadInto(frame)
		draw.set(frame.Data(), info.Width, info.Height)
		st := pageStatus{
			Source: name, Info: info.String(), Width: info.Width, Height: info.Height, Image: n,
			Buffered: buffered, Room: room, Over: src.Over(), Stats: src.Stats(),
		}
		now := time.Now()
		st.Rate = float64(st.Stats.Events-before) / now.Sub(at).Seconds()
		before, at = st.Stats.Events, now
		err := src.Err()
		if err != nil {
			st.Error = err.Error()
		}
		p.show(draw.level, st)
		if st.Over {
			return err
		}
	}
	return nil
}

// show replaces the image.
func (p *page) show(image []byte, st pageStatus) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.image = append(p.image[:0], image...)
	p.status, p.number = st, st.Image
	close(p.fresh)
	p.fresh = make(chan struct{})
}

func (p *page) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(eventsPage) // a browser that has left
	})
	mux.HandleFunc("GET /image", p.serveImage)
	return mux
}

// serveImage waits for an image that the browser has not seen, ?after=N, and sends the length of its numbers, the numbers, and
// the image.
func (p *page) serveImage(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil {
		http.Error(w, "after is no number", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	for p.number <= after {
		fresh := p.fresh
		p.mu.Unlock()
		select {
		case <-fresh:
		case <-r.Context().Done():
			return
		case <-time.After(5 * time.Second):
			w.WriteHeader(http.StatusNoContent)
			return
		}
		p.mu.Lock()
	}
	image := append([]byte(nil), p.image...)
	status, err := json.Marshal(p.status)
	p.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(status))), status...), image...)) // a browser that has left
}
