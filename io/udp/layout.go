package udp

import (
	"fmt"
	"sort"
	"strings"

	"github.com/livespike/livespike/io/event"
)

// A layout is how events lie in a datagram. Each has a file that registers it.
type layout struct {
	name, doc string
	maxX      uint16
	maxY      uint16
	maxBytes  int  // of an event in a datagram
	short     bool // times have 32 bits

	decoder func() decoder
	encoder func() encoder
}

// decoder appends the events of a datagram to dst; now is the time of those without one. bad is how many bytes make no
// event.
type decoder interface {
	decode(dst []event.Event, datagram []byte, now int64) (events []event.Event, bad int)
}

// encoder appends the bytes of as many events to dst as limit bytes hold, and returns how many those are: at least one.
type encoder interface {
	encode(dst []byte, events []event.Event, limit int) ([]byte, int)
}

var layouts = map[string]layout{}

func register(l layout) bool {
	if _, twice := layouts[l.name]; twice || l.name == "" || l.doc == "" || l.decoder == nil || l.encoder == nil || l.maxBytes == 0 {
		panic("udp: the layout " + l.name + " is registered twice or lacks a part")
	}
	layouts[l.name] = l
	return true
}

// Layouts lists the layouts with a line about each, sorted.
func Layouts() []string {
	var lines []string
	for _, l := range layouts {
		lines = append(lines, l.name+": "+l.doc)
	}
	sort.Strings(lines)
	return lines
}

func layoutNamed(name string) (layout, error) {
	if name == "" {
		name = "spif"
	}
	l, ok := layouts[name]
	if !ok {
		var names []string
		for n := range layouts {
			names = append(names, n)
		}
		sort.Strings(names)
		return l, fmt.Errorf("no layout is called %s; known are %s", name, strings.Join(names, ", "))
	}
	return l, nil
}

// clock extends 32-bit times, which turn over.
type clock struct {
	base    int64
	last    uint32
	started bool
}

func (c *clock) at(t uint32) int64 {
	// A drop by more than half of the range is a turn, a smaller one is disorder; so is a rise, but the other way.
	if c.started {
		switch {
		case t < c.last && c.last-t > 1<<31:
			c.base += 1 << 32
		case t > c.last && t-c.last > 1<<31 && c.base > 0:
			c.base -= 1 << 32
		}
	}
	c.last, c.started = t, true
	return c.base + int64(t)
}

// take is the first of events, in the order in which they are received, whose time at would not give back; len(events) if
// there is none.
func (c *clock) take(events []event.Event) int {
	for i := range events {
		t := events[i].T
		if c.started && uint64(t-c.base) < 1<<32 {
			if d := t - c.base - int64(c.last); -1<<31 <= d && d <= 1<<31 {
				c.last = uint32(t)
				continue
			}
		}
		if c.at(uint32(t)) != t {
			return i
		}
	}
	return len(events)
}
