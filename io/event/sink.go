package event

import (
	"fmt"
	"net/url"
	"sort"
	"strings"
)

type sinkScheme struct {
	name, doc string
	packs     bool // Compression chooses how
	open      func(address *url.URL, o *options, info Info) (Sink, error)
}

var sinks = map[string]sinkScheme{}

// RegisterSink adds a sink that Create finds by the scheme of its address, for packages of networks. It panics when the
// scheme is taken, and returns true, so that a package-level variable can hold the call.
func RegisterSink(name, doc string, open func(address *url.URL, s Settings) (Sink, error)) bool {
	if open == nil {
		panic("event.RegisterSink: " + name + " has nothing that opens it")
	}
	return registerSink(sinkScheme{name: name, doc: doc, open: func(u *url.URL, o *options, info Info) (Sink, error) {
		return open(u, Settings{info.Width, info.Height, o.unit, o.block, o.fromZero})
	}})
}

func registerSink(s sinkScheme) bool {
	if _, twice := sinks[s.name]; twice || s.name == "" || s.doc == "" || s.open == nil {
		panic(fmt.Sprintf("event: sink %q is registered twice or lacks a part", s.name))
	}
	sinks[s.name] = s
	return true
}

// Sinks lists the schemes of Create with a line about each, sorted.
func Sinks() []string {
	lines := make([]string, 0, len(sinks))
	for _, s := range sinks {
		lines = append(lines, s.name+": "+s.doc)
	}
	sort.Strings(lines)
	return lines
}

func openSink(name, uri string, o *options, info Info) (Sink, error) {
	s, known := sinks[name]
	if !known {
		var names []string
		for n := range sinks {
			names = append(names, n+":")
		}
		return nil, fmt.Errorf("event: %s: no sink is called %s; known are %s", uri, name, joined(names))
	}
	if o.codec != "" && !s.packs {
		return nil, fmt.Errorf("event: %s: %s: has no compression", uri, name)
	}
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return s.open(u, o, info)
}

// joined is a sorted list for a sentence.
func joined(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
