package plot

import (
	"sync"
	"testing"

	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn/tensor"
)

// desk is a screen with comms: a front end's widgets by the label that they were opened with.
type desk struct {
	screen
	mu      sync.Mutex
	widgets map[string]func(display.CommMessage)
}

type deskComm struct{}

func (deskComm) ID() string                     { return "id" }
func (deskComm) Send(display.CommMessage) error { return nil }
func (deskComm) Close() error                   { return nil }

func (d *desk) OpenComm(_ string, m display.CommMessage, handle func(display.CommMessage)) (display.Comm, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	state, _ := m.Data["state"].(map[string]any)
	if label, ok := state["description"].(string); ok {
		d.widgets[label] = handle
	}
	return deskComm{}, nil
}

// The messages are those of the widget protocol 2.1: a toggle sends its value, a button a click.
func TestLiveButtons(t *testing.T) {
	host := &desk{widgets: map[string]func(display.CommMessage){}}
	defer display.SetSink(host)()
	view := Live().Buttons().Rate(60)
	shown := func() int {
		host.screen.mu.Lock()
		defer host.screen.mu.Unlock()
		return len(host.pictures)
	}
	if n := shown(); n != 2 {
		t.Fatalf("%d displays, want the two controls", n)
	}
	host.widgets["pause"](display.CommMessage{Data: map[string]any{"method": "update", "state": map[string]any{"value": true}}})
	for range 100 {
		view.Show(tensor.Ones(2, 2))
	}
	if view.Stopped() {
		t.Error("it has stopped before the button was pressed")
	}
	host.widgets["stop"](display.CommMessage{Data: map[string]any{"method": "custom", "content": map[string]any{"event": "click"}}})
	if !view.Stopped() {
		t.Error("the button does not stop it")
	}
	<-view.done
	if n := shown(); n != 3 {
		t.Errorf("%d displays: the paused view should have drawn its last image alone", n)
	}
	view.Show(tensor.Zeros(2, 2))
	view.Stop()
	if n := shown(); n != 3 {
		t.Errorf("%d displays after the end", n)
	}
}

// Without comms there is nothing to press and nothing to see.
func TestLiveButtonsWithoutComms(t *testing.T) {
	host := &screen{}
	defer display.SetSink(host)()
	view := Live().Buttons()
	view.Show(tensor.Ones(2, 2))
	view.Stop()
	if len(host.pictures) != 1 || !view.Stopped() {
		t.Errorf("%d displays, stopped %v", len(host.pictures), view.Stopped())
	}
}
