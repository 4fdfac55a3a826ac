package event

import (
	"fmt"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"
)

// Source delivers events in batches. Whatever implements it can be wrapped in a Stream by From.
//
// Next returns at least one event, or an error: io.EOF at the end. The batch belongs to the caller until the next call,
// who may change it. A source whose Info is Live may return an empty batch without an error, to say that time passes;
// its Close may be called while Next waits and makes it return.
type Source interface {
	Info() Info
	Next() ([]Event, error)
	Close() error
}

// counted is a source that counts what it leaves out.
type counted interface{ Stats() Stats }

// waker is a source whose Next may wait, and returns when wake is called from another goroutine.
type waker interface{ wake() }

// alarm wakes the source that a stream reads, whichever it is by then. It has a lock of its own, since the stream's is
// held while the source keeps its reader waiting.
type alarm struct {
	mu   sync.Mutex
	src  waker
	rung bool
}

// set makes src the source to wake.
func (a *alarm) set(src Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.src, _ = src.(waker)
	a.wake()
}

// ring wakes the source, and each that follows it.
func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rung = true
	a.wake()
}

func (a *alarm) wake() {
	if a.rung && a.src != nil {
		a.src.wake()
	}
}

type scheme struct {
	name, doc string
	open      func(u *url.URL, o *options) (Source, error)
}

var schemes = map[string]scheme{}

// registerSource adds a source that Open finds by the scheme of its address: "sim" for "sim:bars". The opaque part,
// host, path and query are in u.
func registerSource(name, doc string, open func(u *url.URL, o *options) (Source, error)) bool {
	if _, twice := schemes[name]; twice || name == "" || doc == "" || open == nil {
		panic(fmt.Sprintf("event: source %q is registered twice or lacks a part", name))
	}
	schemes[name] = scheme{name, doc, open}
	return true
}

// Settings are the options of Open that a source of another package may use.
type Settings struct {
	Width, Height int           // 0 when the caller gave no Size
	Unit          time.Duration // 0 when the caller gave no TimeUnit
	Block         bool          // wait instead of losing events
	FromZero      bool          // of a sink: the times it gets count from the first event
}

// String is the settings in one line.
func (s Settings) String() string {
	return fmt.Sprintf("size %dx%d unit %v block %v from zero %v", s.Width, s.Height, s.Unit, s.Block, s.FromZero)
}

// RegisterSource adds a source that Open finds by the scheme of its address, for packages of cameras and networks. It
// panics when the scheme is taken, and returns true, so that a package-level variable can hold the call.
func RegisterSource(name, doc string, open func(address *url.URL, s Settings) (Source, error)) bool {
	return registerSource(name, doc, func(u *url.URL, o *options) (Source, error) {
		return open(u, Settings{Width: o.width, Height: o.height, Unit: o.unit, Block: o.block})
	})
}

// Sources lists the schemes of Open with a line about each, sorted.
func Sources() []string {
	lines := make([]string, 0, len(schemes))
	for _, s := range schemes {
		lines = append(lines, s.name+": "+s.doc)
	}
	sort.Strings(lines)
	return lines
}

// schemeOf splits an address; ok is false for a path.
func schemeOf(uri string) (name string, ok bool) {
	name, _, ok = strings.Cut(uri, ":")
	if !ok || len(name) < 2 { // one letter is a drive
		return "", false
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '-') {
			return "", false
		}
	}
	return name, true
}
