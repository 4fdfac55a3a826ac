package display

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/livespike/livespike/internal/interrupt"
)

// recorder is a host's sink that writes down its calls.
type recorder struct {
	mu    sync.Mutex
	calls []string
	ids   []string
	err   error
}

func (r *recorder) add(id, format string, args ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
	r.ids = append(r.ids, id)
	return r.err
}

func (r *recorder) Display(b Bundle, id string) error { return r.add(id, "display %v", b.Data) }
func (r *recorder) Update(b Bundle, id string) error  { return r.add(id, "update %v", b.Data) }
func (r *recorder) Clear(wait bool) error             { return r.add("", "clear %v", wait) }
func (r *recorder) Input(prompt string, secret bool) (string, error) {
	return "answer", r.add("", "input %s %v", prompt, secret)
}

func TestSink(t *testing.T) {
	host := &recorder{}
	defer SetSink(host)()
	h := Show(7)
	h.Update(asHTML{})
	HTML("<p>1 &lt; 2</p><script>alert(1)</script>")
	Markdown("*m*")
	SVG("<svg/>")
	Clear(true)
	answer, err := Input("name? ")
	if answer != "answer" || err != nil {
		t.Error(answer, err)
	}
	want := []string{
		"display map[text/plain:7]",
		"update map[text/html:<b>x</b> text/plain:x]",
		"display map[text/html:<p>1 &lt; 2</p><script>alert(1)</script> text/plain:1 < 2]",
		"display map[text/markdown:*m* text/plain:*m*]",
		"display map[image/svg+xml:<svg/> text/plain:SVG picture, 6 bytes]",
		"clear true",
		"input name?  false",
	}
	if fmt.Sprint(host.calls) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", host.calls, want)
	}
	if host.ids[0] == "" || host.ids[0] != host.ids[1] || host.ids[0] == host.ids[2] || h.ID() != host.ids[0] {
		t.Errorf("ids %q: an update has its display's, and no two displays the same", host.ids)
	}
}

// A handle stays with the sink it was shown in; restoring brings back the sink before.
func TestSetSink(t *testing.T) {
	outer, inner := &recorder{}, &recorder{}
	defer SetSink(outer)()
	restore := SetSink(inner)
	h := Show(1)
	restore()
	h.Update(2)
	Show(3)
	if got := fmt.Sprint(inner.calls, outer.calls); got != "[display map[text/plain:1] update map[text/plain:2]] [display map[text/plain:3]]" {
		t.Error(got)
	}
}

func TestSinkError(t *testing.T) {
	defer SetSink(&recorder{err: errors.New("pipe is closed")})()
	stderr := capture(t, &os.Stderr, func() {
		Show(1).Update(2)
		Clear(false)
	})
	if want := "display: pipe is closed\ndisplay: pipe is closed\ndisplay: pipe is closed\n"; stderr != want {
		t.Errorf("got %q, want %q", stderr, want)
	}
}

// Run with -race: many goroutines show, update and change the sink.
func TestConcurrent(t *testing.T) {
	host := &recorder{}
	defer SetSink(host)()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			h := Show(i)
			for j := range 10 {
				h.Update(j)
			}
			SetSink(host)
		})
	}
	all.Wait()
	if len(host.calls) != 8*11 {
		t.Errorf("%d calls arrived of %d", len(host.calls), 8*11)
	}
}

func TestPlain(t *testing.T) {
	var out bytes.Buffer
	p := &plain{out: &out, lines: newLines(bytes.NewBufferString("Ada\r\nGrace"))}
	defer SetSink(p)()
	h := Show(1)
	h.Update(1) // nothing new
	h.Update(2)
	Clear(true)
	a, errA := Input("> ")
	b, errB := Input("> ")
	_, errC := Input("")
	if a != "Ada" || b != "Grace" || errA != nil || errB != nil || !errors.Is(errC, io.EOF) {
		t.Errorf("%q %v, %q %v, %v", a, errA, b, errB, errC)
	}
	if got, want := out.String(), "1\n2\n> > "; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// An interrupt ends the wait; the line that comes later answers the next question.
func TestInputInterrupt(t *testing.T) {
	r, w := io.Pipe()
	l := newLines(r)
	ctx, cancel := context.WithCancel(context.Background())
	restore := interrupt.Set(ctx)
	cancel()
	_, err := l.next()
	restore()
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	go io.WriteString(w, "late\n")
	if s, err := l.next(); s != "late" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

func TestGoNBData(t *testing.T) {
	svg := gonbData(Bundle{Data: map[string]any{"text/plain": "t", "image/svg+xml": "<svg/>"}})
	if got, want := fmt.Sprint(svg), "map[text/html:<div><svg/></div> text/plain:t]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	b, _ := BundleOf(asAll{})
	all := gonbData(b)
	if all["image/svg+xml"] != nil || all["text/html"] != "<b>x</b>" || all["application/json"] != nil {
		t.Errorf("got %v: SVG beside a PNG, or JSON that the pipe cannot carry", all)
	}
	if _, ok := all[protocol.MIMEImagePNG].([]byte); !ok {
		t.Errorf("the PNG is %T, want bytes", all[protocol.MIMEImagePNG])
	}
	meta := gonbMetadata(Bundle{Metadata: map[string]any{"image/png": map[string]int{"width": 3}, "x": struct{}{}}})
	if fmt.Sprint(meta) != "map[image/png:map[width:3]]" {
		t.Error(meta)
	}
}
