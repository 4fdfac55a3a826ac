package kernel

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
)

// typed is an output that wants the static types of a result, before it.
type typed interface{ ResultTypes(types []string) }

// textual is an output that may not want pictures: drawing one can take longer than the cell.
type textual interface{ TextOnly() bool }

// show makes values the cell's result. The text of all of them is one result; of several pictures the first goes with
// it and the others are displayed before.
//
// A display's handle, which display.Show returns, is no value to see: what it shows is there already.
func (r *run) show(values []interp.Value) {
	values = slices.DeleteFunc(values, func(v interp.Value) bool {
		_, handle := v.V.(*display.Handle)
		return handle
	})
	if len(values) == 0 {
		return
	}
	r.finish(false) // what a magic showed before
	var texts, types []string
	var result *wire.Bundle
	for _, v := range values {
		texts, types = append(texts, echo(v)), append(types, v.Type)
		b := r.bundle(v)
		switch {
		case len(b.Data) < 2 || len(values) > 1 && !picture(b):
			// Beside other values, only a picture is more than its text.
		case result == nil:
			result = &b
		default:
			r.display("", b)
		}
	}
	text := strings.Join(texts, "\n")
	if result == nil {
		b := plain(text)
		result = &b
	}
	result.Data["text/plain"] = text
	r.pending, r.types = result, types
	if !r.cell.Silent {
		r.history.echoed(text)
		r.outputs.keep(r.cell.N, values)
	}
}

// finish publishes the value that waits: as the cell's result when it is the last, which it is in a cell that ended well.
func (r *run) finish(last bool) {
	if r.pending == nil {
		return
	}
	b := *r.pending
	r.pending = nil
	r.shown(r.cell.N, b)
	if !last {
		r.capture.flush()
		r.output().Display("", b)
		return
	}
	if t, ok := r.output().(typed); ok {
		t.ResultTypes(r.types)
	}
	r.output().Result(b)
}

// display shows a bundle below what the cell has printed so far.
func (r *run) display(id string, b wire.Bundle) {
	r.capture.flush()
	r.shown(r.cell.N, b)
	r.output().Display(id, b)
}

// bundle is a value in the forms that the cell's output wants.
func (r *run) bundle(v interp.Value) wire.Bundle {
	if t, ok := r.output().(textual); ok && t.TextOnly() {
		return plain(echo(v))
	}
	return bundle(v)
}

// echo is the text of a value. An image's pixels are no text that anybody reads.
func echo(v interp.Value) string {
	if img, ok := v.V.(image.Image); ok && !isNil(v.V) {
		if _, named := v.V.(fmt.Stringer); !named {
			return fmt.Sprintf("image %d×%d", img.Bounds().Dx(), img.Bounds().Dy())
		}
	}
	return v.Text
}

// bundle is a value in all its forms; its text is the echo's.
func bundle(v interp.Value) wire.Bundle {
	b, rich := display.BundleOf(v.V)
	if !rich {
		return plain(echo(v))
	}
	data := map[string]any{}
	for mime, content := range b.Data {
		data[mime] = content
	}
	data["text/plain"] = echo(v)
	return wire.Bundle{Data: data, Metadata: b.Metadata}
}

// plain is a bundle of text alone.
func plain(text string) wire.Bundle {
	return wire.Bundle{Data: map[string]any{"text/plain": text}}
}

// picture reports whether a bundle has an image.
func picture(b wire.Bundle) bool {
	for mime := range b.Data {
		if strings.HasPrefix(mime, "image/") {
			return true
		}
	}
	return false
}
