package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/livespike/livespike/io/event"
)

// progressAfter is how long work must take before it shows how far it is, and progressEvery how often it does so.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 200 * time.Millisecond
)

// progress draws a bar on a terminal until stop is called, which may be twice: how much of the file has been read, or of another source how
// many events have come.
func progress(w io.Writer, src *event.Stream, file string) (stop func()) {
	out, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return func() {}
	}
	size := int64(0)
	if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() && !strings.HasSuffix(file, ".gz") && !strings.HasSuffix(file, ".zst") {
		size = st.Size()
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		start, drawn := time.Now(), false
		wait := time.NewTimer(progressAfter)
		defer wait.Stop()
		for {
			select {
			case <-wait.C:
				_, _ = fmt.Fprintf(out, "\r%s\x1b[K", progressLine(src.Stats(), size, time.Since(start)))
				drawn = true
				wait.Reset(progressEvery)
			case <-quit:
				if drawn {
					_, _ = fmt.Fprint(out, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}

// progressLine is a bar of 30 characters, the rate and the time that is left; without a size there is no bar.
func progressLine(st event.Stats, size int64, spent time.Duration) string {
	rate := fmt.Sprintf("%.3g Mev, %.3g Mev/s", float64(st.Events)/1e6, float64(st.Events)/1e6/spent.Seconds())
	if size <= 0 {
		return rate
	}
	share := min(1, float64(st.Bytes)/float64(size))
	full := int(30 * share)
	line := fmt.Sprintf("[%s%s] %3.0f %%, %s", strings.Repeat("#", full), strings.Repeat(" ", 30-full), 100*share, rate)
	if share > 0 {
		left := time.Duration(float64(spent) * (1 - share) / share).Round(time.Second)
		line += fmt.Sprintf(", %v left", left)
	}
	return line
}
