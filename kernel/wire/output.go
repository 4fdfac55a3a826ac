package wire

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// output is what one cell shows. It keeps its parent after the cell's end.
type output struct {
	server     *Server
	request    request
	count      int
	silent     bool
	allowStdin bool

	mu       sync.Mutex
	payloads []any
	line     []byte // the end of stdout that has no newline yet
	lines    int    // published so far, of both streams
	bytes    int
	left     int // bytes beyond the limit
}

// A browser stands still over more text than this in one cell. What comes beyond is counted and left out.
const (
	lineLimit = 1 << 17
	byteLimit = 16 << 20
)

// within cuts text at the limit and reports whether it is the first that is cut.
func (o *output) within(p []byte) (part []byte, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for at, rest := 0, p; ; {
		end := bytes.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		if o.lines >= lineLimit || o.bytes+end > byteLimit {
			first = o.left == 0 && len(rest) > 0
			o.left += len(rest)
			return p[:at], first
		}
		if end == 0 {
			return p, false
		}
		o.lines += bytes.Count(rest[:end], []byte("\n"))
		o.bytes += end
		at, rest = at+end, rest[end:]
	}
}

// tellLeft says at the cell's end what was left out.
func (o *output) tellLeft() {
	o.mu.Lock()
	left := o.left
	o.mu.Unlock()
	if left > 0 {
		o.warn("%d bytes were left out\n", left)
	}
}

func (o *output) warn(format string, values ...any) {
	o.server.publisher.publish(publication{parent: o.request.RawHeader, stream: "stderr", text: fmt.Appendf(nil, format, values...)})
}

// promptLimit is how much of an unfinished line becomes the prompt of a question.
const promptLimit = 200

// printed remembers the line that stdout is in.
func (o *output) printed(p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := bytes.LastIndexByte(p, '\n'); at >= 0 {
		o.line, p = o.line[:0], p[at+1:]
	}
	if o.line = append(o.line, p...); len(o.line) > promptLimit {
		o.line = o.line[:0] // a progress bar or the like
	}
}

// prompt is what the cell has printed in front of a question that has none of its own.
func (o *output) prompt() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	line := validText(o.line)
	o.line = o.line[:0]
	return line
}

func (o *output) publish(kind string, content any) {
	o.server.publisher.publish(publication{parent: o.request.RawHeader, kind: kind, content: marshal(content)})
}

// Stream publishes text as the cell's own.
func (o *output) Stream(name string, p []byte) {
	if len(p) == 0 {
		return
	}
	if name == "stdout" {
		o.printed(p)
	}
	p, first := o.within(p)
	if len(p) > 0 {
		o.server.publisher.publish(publication{parent: o.request.RawHeader, stream: name, text: append([]byte(nil), p...)})
	}
	if first {
		o.warn("more output of this cell is left out, as a browser stands still over it; %%%%capture or a file keeps all\n")
	}
}

// Result publishes the value of the cell's last expression.
func (o *output) Result(b Bundle) {
	if o.silent {
		return
	}
	data, metadata := b.wire()
	o.publish("execute_result", map[string]any{"execution_count": o.count, "data": data, "metadata": metadata})
}

// Display publishes a picture or another rich value.
func (o *output) Display(id string, b Bundle) { o.display("display_data", id, b) }

// Update replaces what was displayed under an id.
func (o *output) Update(id string, b Bundle) { o.display("update_display_data", id, b) }

func (o *output) display(kind, id string, b Bundle) {
	data, metadata := b.wire()
	transient := map[string]any{}
	if id != "" {
		transient["display_id"] = id
	}
	o.publish(kind, map[string]any{"data": data, "metadata": metadata, "transient": transient})
}

// Clear removes the cell's output; wait keeps it until the next output comes.
func (o *output) Clear(wait bool) { o.publish("clear_output", map[string]bool{"wait": wait}) }

// Page puts help into the front end's pager.
func (o *output) Page(b Bundle) {
	data, _ := b.wire()
	o.add(map[string]any{"source": "page", "data": data, "start": 0})
}

// NextInput proposes the text of the next cell, or of this one.
func (o *output) NextInput(text string, replace bool) {
	o.add(map[string]any{"source": "set_next_input", "text": text, "replace": replace})
}

func (o *output) add(payload any) {
	o.mu.Lock()
	o.payloads = append(o.payloads, payload)
	o.mu.Unlock()
}

func (o *output) payload() []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]any{}, o.payloads...)
}

// Input asks the user; without a prompt with the line that the cell has begun to print.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", ErrNoStdin
	}
	if prompt == "" {
		prompt = o.prompt()
	}
	return o.server.ask(ctx, o.request, prompt, password)
}
