package display

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"html"
	"image"
	"regexp"
	"strings"
	"sync"
)

// Sink is where displays go. A host (a kernel, a REPL, a notebook runner) has its own; see SetSink. Its methods may be
// called from several goroutines at once.
type Sink interface {
	// Display shows a bundle under an id that has not been used before.
	Display(b Bundle, id string) error
	// Update replaces what Display showed under the id.
	Update(b Bundle, id string) error
	// Clear removes what was shown so far, at once or when the next display comes.
	Clear(wait bool) error
	// Input asks the user for a line; a secret one is not echoed.
	Input(prompt string, secret bool) (string, error)
}

var (
	mu      sync.Mutex
	hosted  Sink
	without = sync.OnceValue(standalone)
)

// SetSink sends all later displays to s and returns a function that restores the sink before. Handles made earlier
// keep theirs.
func SetSink(s Sink) (restore func()) {
	mu.Lock()
	defer mu.Unlock()
	before := hosted
	hosted = s
	return func() {
		mu.Lock()
		defer mu.Unlock()
		hosted = before
	}
}

// current is the host's sink, else the one for a program of its own.
func current() Sink {
	mu.Lock()
	s := hosted
	mu.Unlock()
	if s != nil {
		return s
	}
	return without()
}

// Handle is something on display that can be replaced in place.
type Handle struct {
	sink Sink
	id   string
}

// Show displays a value in all the forms it has and returns a handle to replace it. What goes wrong is reported on
// standard error.
func Show(v any) *Handle {
	h := &Handle{current(), newID()}
	b, _ := BundleOf(v)
	if err := h.sink.Display(b, h.id); err != nil {
		report(err)
	}
	return h
}

// Update replaces what the handle shows.
func (h *Handle) Update(v any) {
	b, _ := BundleOf(v)
	if err := h.sink.Update(b, h.id); err != nil {
		report(err)
	}
}

// ID is the display's id, unique over programs and restarts.
func (h *Handle) ID() string { return h.id }

// String names the handle.
func (h *Handle) String() string {
	if h == nil {
		return "<nil>"
	}
	return fmt.Sprintf("display %s", h.id)
}

// newID is random: front ends remember ids for as long as a notebook is open.
func newID() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// HTML displays a piece of HTML. Where only text can be shown it is the text without its tags.
func HTML(s string) {
	Show(Bundle{Data: map[string]any{"text/html": s, "text/plain": untag(s)}})
}

// Markdown displays Markdown.
func Markdown(s string) {
	Show(Bundle{Data: map[string]any{"text/markdown": s, "text/plain": s}})
}

// SVG displays an SVG document.
func SVG(s string) {
	Show(Bundle{Data: map[string]any{"image/svg+xml": s, "text/plain": fmt.Sprintf("SVG picture, %d bytes", len(s))}})
}

// PNG displays an image.
func PNG(img image.Image) { Show(img) }

// Clear removes what the cell has shown so far; with wait, not before the next display comes, so that nothing flickers.
// Plain text and GoNB notebooks cannot be cleared: there it does nothing.
func Clear(wait bool) {
	if err := current().Clear(wait); err != nil {
		report(err)
	}
}

// Input shows a prompt and returns the line that the user enters, without its end. It fails where nobody can answer
// and when the cell is interrupted.
func Input(prompt string) (string, error) { return current().Input(prompt, false) }

var (
	tag     = regexp.MustCompile(`(?s)<(?:!--.*?--|[/!a-zA-Z][^>]*)>`)
	unshown = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)\s*>`)
)

// untag is the text of a piece of HTML, good enough to read.
func untag(s string) string {
	s = tag.ReplaceAllString(unshown.ReplaceAllString(s, ""), "")
	return strings.TrimSpace(html.UnescapeString(s))
}
