package plot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"sync"
	"time"
)

// livePage shows the stream in the middle of a dark page, with sharp pixels.
const livePage = `<!DOCTYPE html><meta charset="utf-8"><title>Livespike</title>
<style>html,body{height:100%;margin:0;background:#16191d}img{display:block;width:100%;height:100%;object-fit:contain;image-rendering:pixelated}</style>
<img src="stream" alt="live view">
`

// broadcast is the latest picture of a view, for whoever watches it in a browser.
type broadcast struct {
	mu      sync.Mutex
	picture []byte
	changed chan struct{} // closed when there is another picture
}

// set puts a picture in the place of the last.
func (b *broadcast) set(img image.Image) {
	var data bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&data, img); err != nil {
		panic(err) // an image in memory, written to memory
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picture = data.Bytes()
	close(b.changed)
	b.changed = make(chan struct{})
}

// get is the latest picture, nil before the first, and what is closed when there is another.
func (b *broadcast) get() ([]byte, chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.picture, b.changed
}

// Serve shows the view in browsers, too, and returns the address of the page: "127.0.0.1:0" takes a free port of this
// machine, ":8080" lets others watch. A browser that is slow sees fewer pictures; nothing waits for it. The page ends
// with the view. A view is served once: calling Serve again is an error.
func (v *LiveView) Serve(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("plot: live view: %w", err)
	}
	v.mu.Lock()
	if v.served != nil {
		v.mu.Unlock()
		return "", errors.Join(errors.New("plot: live view: it is served already"), listener.Close())
	}
	v.served = &broadcast{changed: make(chan struct{})}
	v.mu.Unlock()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(livePage)) // a browser that has gone needs no page
	})
	mux.HandleFunc("/stream", v.stream)
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(listener) }() // it ends with an error that says so
	go func() {
		<-v.done
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil { // a browser does not take its last picture
			_ = server.Close()
		}
	}()
	return "http://" + listener.Addr().String() + "/", nil
}

// stream sends each picture as a part of a response that replaces the one before (multipart/x-mixed-replace).
func (v *LiveView) stream(w http.ResponseWriter, r *http.Request) {
	parts := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+parts.Boundary())
	w.Header().Set("Cache-Control", "no-store")
	for over := false; ; {
		picture, changed := v.served.get()
		if picture != nil {
			part, err := parts.CreatePart(textproto.MIMEHeader{
				"Content-Type": {"image/png"}, "Content-Length": {fmt.Sprint(len(picture))},
			})
			if err == nil {
				_, err = part.Write(picture)
			}
			if err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
		}
		if over {
			return
		}
		select {
		case <-changed:
		case <-v.done:
			over = true // the last picture is there, and may not have been sent
		case <-r.Context().Done():
			return
		}
	}
}
