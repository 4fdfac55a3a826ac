package kernel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/doc/comment"
	"html"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/livespike/livespike/docs"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
)

// Complete finds what may stand at a place of a cell: Go names and magics.
func (s *Session) Complete(_ context.Context, src string, at int) wire.Completion {
	at = min(max(at, 0), len(src))
	found, ok := completeMagic(src, at)
	if !ok {
		c := s.engine().Complete(code(src, at), at)
		found = wire.Completion{Start: c.Start, End: c.End}
		for _, m := range c.Matches {
			found.Matches = append(found.Matches, wire.Match{Text: m.Text, Kind: m.Kind, Signature: cmp.Or(m.Signature, m.Doc)})
		}
	}
	if len(found.Matches) == 0 {
		found.Start, found.End = at, at
	}
	return found
}

// beforeCode is the name of a magic with its options, when something follows.
var beforeCode = regexp.MustCompile(`^\s*[%!]\S*(?:[ \t]+-[nor][ \t]*[^ \t\n]+)*[ \t\n]`)

// code blanks the magics of a cell, but for the arguments of the one at a place: they may be Go.
func code(src string, at int) string {
	var b strings.Builder
	done := 0
	for _, p := range split(src) {
		if !p.magic {
			continue
		}
		text := src[p.from:p.to]
		keep := len(text)
		if p.from <= at && at <= p.to {
			if head := beforeCode.FindString(text); head != "" {
				keep = len(head)
			}
		}
		b.WriteString(src[done:p.from] + blank(text[:keep]))
		done = p.from + keep
	}
	return b.String() + src[done:]
}

// completeMagic completes the name of a magic at the begin of a line, and arguments that are no Go.
func completeMagic(src string, at int) (wire.Completion, bool) {
	start := strings.LastIndexByte(src[:at], '\n') + 1
	line := src[start:at]
	text := strings.TrimLeft(line, " \t")
	start += len(line) - len(text)
	if !strings.HasPrefix(text, "%") && !strings.HasPrefix(text, "!") || !statementEnd(src[:start]) {
		return wire.Completion{}, false
	}
	if m, _, _, err := magic.Parse(text); err == nil && (strings.ContainsAny(text, " \t") || text[0] == '!') {
		return completeArgument(m, text, at)
	}
	signs, name := "%", strings.TrimPrefix(text, "%")
	if strings.HasPrefix(name, "%") {
		signs, name = "%%", name[1:]
	}
	found := wire.Completion{Start: start, End: at}
	for _, m := range magic.All() {
		if short, ok := strings.CutPrefix(m.Name, "%"); ok && strings.HasPrefix(short, name) && short != "" && (signs == "%" || m.Cell) {
			found.Matches = append(found.Matches, wire.Match{Text: signs + short, Kind: "magic", Signature: m.Usage})
		}
	}
	return found, true
}

// completeArgument completes the last word of a magic's line.
func completeArgument(m magic.Magic, line string, at int) (wire.Completion, bool) {
	word := line[strings.LastIndexAny(line, " \t!")+1:]
	found := wire.Completion{Start: at - len(word), End: at}
	add := func(name, kind string) {
		if strings.HasPrefix(name, word) {
			found.Matches = append(found.Matches, wire.Match{Text: name, Kind: kind})
		}
	}
	switch m.Takes {
	case magic.Files:
		for _, f := range interp.Files(word) {
			add(f.Text, f.Kind)
		}
	case magic.Magics:
		for _, other := range magic.All() {
			add(strings.TrimPrefix(other.Name, "%"), "magic")
		}
	case magic.Variables:
		for _, pair := range os.Environ() {
			name, _, _ := strings.Cut(pair, "=")
			add(name, "variable")
		}
	default:
		return wire.Completion{}, false
	}
	return found, true
}

// Inspect tells what is known about the name at a place. Detail 1 wants its source.
func (s *Session) Inspect(_ context.Context, src string, at, detail int) (wire.Bundle, bool) {
	at = min(max(at, 0), len(src))
	if m, ok := magicAt(src, at); ok {
		return plain(m.String()), true
	}
	doc, ok := s.engine().Inspect(code(src, at), at, detail)
	if !ok {
		return wire.Bundle{}, false
	}
	b := plain(doc.Text)
	b.Data["text/markdown"], b.Data["text/html"] = rendered(doc)
	return b, true
}

// Explain is what ?NAME shows: what Inspect knows of the name, with or without its package, or what the name of another
// library, such as Norse's SequentialState, is called here.
func (s *Session) Explain(ctx context.Context, name string, detail int) (wire.Bundle, bool) {
	if b, ok := s.Inspect(ctx, name, len(name), detail); ok {
		return b, true
	}
	own := s.engine().Elsewhere(name)
	if len(own) == 1 {
		return s.Inspect(ctx, own[0], len(own[0]), detail)
	}
	lines := docs.Beside(name)
	for _, full := range own {
		lines = append(lines, "see ?"+full)
	}
	return plain(strings.Join(lines, "\n")), len(lines) > 0
}

// magicAt is the magic whose name a place stands in.
func magicAt(src string, at int) (magic.Magic, bool) {
	for _, p := range split(src) {
		if !p.magic || at < p.from || at > p.to {
			continue
		}
		head, _, _ := strings.Cut(src[p.from:p.to], "\n")
		m, _, col, err := magic.Parse(head)
		return m, err == nil && at-p.from < col
	}
	return magic.Magic{}, false
}

// Signature tells how the function is called whose arguments a place of a cell stands in.
func (s *Session) Signature(src string, at int) (interp.Signature, bool) {
	return s.engine().Signature(code(src, at), at)
}

// rendered is documentation as Markdown and as HTML; a doc comment has its own light markup.
func rendered(doc interp.Doc) (markdown, page string) {
	var parser comment.Parser
	printer := comment.Printer{DocLinkBaseURL: "https://pkg.go.dev"}
	text := parser.Parse(strings.TrimSpace(strings.TrimPrefix(doc.Text, doc.Sig)))
	return "```go\n" + doc.Sig + "\n```\n\n" + string(printer.Markdown(text)),
		"<pre>" + html.EscapeString(doc.Sig) + "</pre>\n" + string(printer.HTML(text))
}

// IsComplete tells whether Enter ends a cell: "complete", "incomplete" with the indent of the next line, "invalid".
func (s *Session) IsComplete(src string) (status, indent string) {
	list := split(src)
	if len(list) == 0 {
		return "complete", ""
	}
	last := list[len(list)-1]
	if last.magic {
		// A %% cell goes on until an empty line.
		if strings.HasPrefix(src[last.from:], "%%") && !strings.HasSuffix(src, "\n\n") {
			return "incomplete", ""
		}
		return "complete", ""
	}
	c := s.engine().IsComplete(only(src, last.from, last.to))
	return c.Status.String(), c.Indent
}

// names lists what is live, sorted, with the values of variables.
func (s *Session) names(ctx context.Context) []magic.Name {
	var list []magic.Name
	for _, n := range s.engine().Names() {
		name := magic.Name{Name: n.Name, Kind: n.Kind, Type: n.Type, Text: n.Text}
		if n.Kind == "var" && n.Text == "" {
			if r := s.engine().Eval(ctx, interp.Cell{Src: n.Name}); len(r.Values) == 1 {
				name.Text = r.Values[0].Text
			}
		}
		list = append(list, name)
	}
	return list
}

// closeOpen closes the live variables that can be: cameras, robots, files. Closing twice is allowed, and what was closed
// before says so at most by an error of its own, which nobody wants at the end.
func (s *Session) closeOpen(ctx context.Context) error {
	var names []string
	for _, n := range s.engine().Names() {
		if n.Kind == "var" && strings.Contains(n.Type, ".") { // only packages have such types
			names = append(names, n.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	// An interrupt must not keep devices open: only the waiting for them stops with ctx.
	values := s.values(context.WithoutCancel(ctx), names)
	var all []error
	for _, v := range values {
		if err := closeOne(ctx, v); err != nil && !errors.Is(err, os.ErrClosed) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// values are those of variables: of all at once, or, if that fails, of each that can be had.
func (s *Session) values(ctx context.Context, names []string) []any {
	result := s.engine().Eval(ctx, interp.Cell{Src: "[]any{" + strings.Join(names, ", ") + "}"})
	if result.Err == nil && len(result.Values) == 1 {
		values, _ := result.Values[0].V.([]any)
		return values
	}
	var values []any
	for _, name := range names {
		if result := s.engine().Eval(ctx, interp.Cell{Src: name}); len(result.Values) == 1 {
			values = append(values, result.Values[0].V)
		}
	}
	return values
}

// closeOne closes a value, if it can be closed, or gives up when ctx ends.
func closeOne(ctx context.Context, v any) error {
	done := make(chan error, 1)
	switch c := v.(type) {
	case io.Closer:
		if isNil(v) {
			return nil
		}
		go func() { done <- recovered(c.Close) }()
	case interface{ Close() }:
		if isNil(v) {
			return nil
		}
		go func() { done <- recovered(func() error { c.Close(); return nil }) }()
	default:
		return nil
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("closing %T: %w", v, context.Cause(ctx))
	}
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// recovered makes an error of a panic.
func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}
