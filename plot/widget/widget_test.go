package widget

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/livespike/livespike/plot/display"
)

// frontEnd keeps what controls send, as a browser would.
type frontEnd struct {
	models []*sent
}

type sent struct {
	target   string
	messages []display.CommMessage
	handle   func(display.CommMessage)
	closed   bool
}

func (*frontEnd) Display(display.Bundle, string) error { return nil }
func (*frontEnd) Update(display.Bundle, string) error  { return nil }
func (*frontEnd) Clear(bool) error                     { return nil }
func (*frontEnd) Input(string, bool) (string, error)   { return "", nil }

func (f *frontEnd) OpenComm(target string, m display.CommMessage, handle func(display.CommMessage)) (display.Comm, error) {
	s := &sent{target: target, messages: []display.CommMessage{m}, handle: handle}
	f.models = append(f.models, s)
	return s, nil
}

func (s *sent) ID() string                       { return "id" }
func (s *sent) Send(m display.CommMessage) error { s.messages = append(s.messages, m); return nil }
func (s *sent) Close() error                     { s.closed = true; return nil }
func (s *sent) state() map[string]any {
	return s.messages[len(s.messages)-1].Data["state"].(map[string]any)
}

func (s *sent) from(method, key string, value any) {
	inner := "state"
	if method == "custom" {
		inner = "content"
	}
	s.handle(display.CommMessage{Data: map[string]any{"method": method, inner: map[string]any{key: value}}})
}

func host(t *testing.T) *frontEnd {
	f := &frontEnd{}
	t.Cleanup(display.SetSink(f))
	return f
}

func (f *frontEnd) last() *sent { return f.models[len(f.models)-1] }

func TestSlider(t *testing.T) {
	f := host(t)
	s := NewSlider("gain", 0, 10, 1)
	if len(f.models) != 3 { // layout, style, slider
		t.Fatalf("%d models", len(f.models))
	}
	m := f.last()
	open := m.messages[0]
	if m.target != "jupyter.widget" || open.Metadata["version"] != "2.1.0" || m.state()["_model_name"] != "FloatSliderModel" || m.state()["style"] != "IPY_MODEL_id" {
		t.Errorf("opened with %v %v", open.Metadata, open.Data)
	}
	m.from("update", "value", 4.5)
	m.from("update", "nobody knows", 1)
	if s.Value() != 4.5 || s.String() != "gain: 4.5" {
		t.Errorf("after a move: %v", s)
	}
	s.Set(99)
	if update := m.messages[1]; update.Data["method"] != "update" || len(m.state()) != 1 || m.state()["value"] != 10.0 {
		t.Errorf("Set sent %v", update.Data)
	}
	m.from("request_state", "", nil)
	if m.state()["value"] != 10.0 || m.state()["_view_name"] != "FloatSliderView" {
		t.Errorf("asked for its state it sent %v", m.state())
	}
	view, rich := display.BundleOf(s)
	if !rich || !strings.Contains(string(view.Data["application/vnd.jupyter.widget-view+json"].(json.RawMessage)), `"model_id":"id"`) || view.Text() != "gain: 10" {
		t.Errorf("shown as %v", view.Data)
	}
	if err := s.Close(); err != nil || !m.closed {
		t.Error("not closed", err)
	}
}

func TestButtonAndToggle(t *testing.T) {
	f := host(t)
	b := NewButton("stop")
	f.last().from("custom", "event", "click")
	f.last().from("custom", "event", "hover")
	if b.Presses() != 1 || !b.Pressed() || b.Pressed() {
		t.Errorf("%v", b)
	}
	on := NewToggle("run", true)
	f.last().from("update", "value", false)
	if on.On() {
		t.Errorf("%v", on)
	}
	on.Set(true)
	if f.last().state()["value"] != true {
		t.Errorf("Set sent %v", f.last().state())
	}
}

func TestPictureSendsBytes(t *testing.T) {
	f := host(t)
	p := NewPicture(image.NewGray(image.Rect(0, 0, 3, 2)))
	p.Set(image.NewGray(image.Rect(0, 0, 5, 4)))
	for i, width := range []int{3, 5} {
		m := f.last().messages[i]
		if len(m.Buffers) != 1 || m.Data["buffer_paths"].([][]string)[0][0] != "value" {
			t.Fatalf("message %d: %v", i, m.Data)
		}
		img, err := png.Decode(bytes.NewReader(m.Buffers[0]))
		if err != nil || img.Bounds().Dx() != width {
			t.Errorf("message %d holds %v, %v", i, img, err)
		}
	}
	if p.String() != "picture 5×4" {
		t.Error(p)
	}
}

// plainHost has no comms.
type plainHost struct{ display.Sink }

func TestWithoutComms(t *testing.T) {
	t.Cleanup(display.SetSink(plainHost{&frontEnd{}}))
	s := NewSlider("gain", 0, 10, 1)
	s.Set(2)
	if b, rich := display.BundleOf(s); rich || b.Text() != "gain: 2" {
		t.Errorf("shown as %v", b.Data)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a value outside was accepted")
		}
	}()
	NewSlider("gain", 0, 10, 11)
}
