package kernel

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/livespike/livespike/docs"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
)

// run is one cell on its way. It is what magics see as their session, and it keeps the cell's output for what is shown
// after its end.
type run struct {
	*Session
	ctx      context.Context
	cell     wire.Cell
	out      wire.Output
	file     string // of the script the cell stands in, or ""
	fileLine int

	pending *wire.Bundle // the value that becomes the cell's result, unless another comes
	types   []string     // static types of what pending shows
	exit    bool
}

// source is a text that is given to the interpreter, and where the user wrote it.
type source struct {
	text string // what is shown beneath messages
	name string // of a file; "" for the cell itself
	// place turns a position in what the interpreter read into one in text; nil leaves it.
	place func(interp.Position) interp.Position
}

// cellText runs the code and the magics of a cell in order, up to the first error.
func (r *run) cellText(ctx context.Context, src string) error {
	r.bindOutputs(ctx, src)
	return r.parts(ctx, src, source{text: src})
}

func (r *run) parts(ctx context.Context, src string, from source) error {
	if query, ok := question(src); ok {
		return r.help(query)
	}
	list := split(src)
	for i, p := range list {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		var err error
		if p.magic {
			err = r.magic(ctx, src[p.from:p.to], p.line)
		} else {
			var values []interp.Value
			values, err = r.eval(ctx, only(src, p.from, p.to), from)
			if i == len(list)-1 {
				r.show(values)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eval gives text to the interpreter and prints its notes.
func (r *run) eval(ctx context.Context, text string, from source) ([]interp.Value, error) {
	result := r.engine().Eval(ctx, interp.Cell{N: r.cell.N, Src: text})
	for _, note := range result.Notes {
		r.Warn("note: " + strings.TrimSuffix(note, "\n") + "\n")
	}
	if result.Err != nil {
		return nil, &failure{cause: result.Err, from: from}
	}
	return result.Values, nil
}

// magic runs one magic line, or a %% cell.
func (r *run) magic(ctx context.Context, text string, line int) error {
	head, body, _ := strings.Cut(text, "\n")
	m, args, col, err := magic.Parse(head)
	if err != nil {
		return &magicError{line: line, col: 1 + len(head) - len(strings.TrimLeft(head, " \t")), err: err, usage: true}
	}
	call := &magic.Call{Session: r, Args: args, Body: body, Line: line, Col: col}
	err = m.Run(ctx, call)
	var told *failure
	if err == nil || errors.As(err, &told) || errors.Is(err, context.Canceled) {
		return err
	}
	var usage *magic.UsageError
	return &magicError{line: line, col: 1 + len(head) - len(strings.TrimLeft(head, " \t")), err: err, usage: errors.As(err, &usage)}
}

// asked is a cell that asks for help: ?name, ??name, name?, name??. A name may be a topic's, a magic's or a member of what a call
// or an index gives, as in tensor.Ones(2).Sum?; a comment that ends with a question mark asks nothing.
var asked = regexp.MustCompile(`^(\?{0,2})\s*(%{0,2}[\pL_][\pL\pN_.-]*|[\pL_(*&][\pL\pN_.()\[\]:,*&-]*|!!?)\s*(\?{0,2})$`)

func question(src string) (q query, ok bool) {
	m := asked.FindStringSubmatch(strings.TrimSpace(src))
	if m == nil || m[1] == "" && m[3] == "" {
		return query{}, false
	}
	detail := 0
	if len(m[1])+len(m[3]) > 1 {
		detail = 1
	}
	return query{m[2], detail}, true
}

// query is what a user asks help on; detail 1 wants the source.
type query struct {
	name   string
	detail int
}

// help shows what is known about a name in the pager: a topic of the documentation, as snnrepl help shows it, unless the session
// has defined the name, or what Inspect knows.
func (r *run) help(q query) error {
	if strings.HasPrefix(q.name, "%") || strings.HasPrefix(q.name, "!") {
		return r.magic(r.ctx, "%help "+q.name, 1)
	}
	own := func(n interp.Name) bool { return n.Name == q.name }
	if topic, ok := docs.Lookup(q.name); ok && q.detail == 0 && !slices.ContainsFunc(r.engine().Names(), own) {
		b := plain(topic.Text)
		b.Data["text/markdown"] = topic.Text
		r.output().Page(b)
		return nil
	}
	b, ok := r.Explain(r.ctx, q.name, q.detail)
	if !ok {
		return &magicError{line: 1, col: 1, err: errors.New("nothing is known about " + q.name), usage: true}
	}
	r.output().Page(b)
	return nil
}

// expressions evaluates what a front end wants to know after a cell.
func (r *run) expressions(ctx context.Context) map[string]wire.ExpressionResult {
	if len(r.cell.Expressions) == 0 {
		return nil
	}
	results := map[string]wire.ExpressionResult{}
	for name, src := range r.cell.Expressions {
		r.bindOutputs(ctx, src)
		values, err := r.eval(ctx, src, source{text: src})
		switch {
		case err != nil:
			results[name] = wire.ExpressionResult{Err: r.cellError(err)}
		case len(values) == 0:
			results[name] = wire.ExpressionResult{Bundle: plain("")}
		default:
			results[name] = wire.ExpressionResult{Bundle: bundle(values[0])}
		}
	}
	return results
}
