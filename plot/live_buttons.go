package plot

import (
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/plot/widget"
)

// Buttons puts two controls above the view and returns it: pause, which holds the picture while the loop goes on, and stop,
// which ends the view, as Stop does, and lets the loop know by Stopped:
//
//	view := plot.Live().Buttons()
//	for !view.Stopped() {
//		view.Show(camera.Read())
//	}
//
// They are ipywidgets, which the Jupyter server must have; where there are none, in a terminal or in GoNB, nothing is shown.
func (v *LiveView) Buttons() *LiveView {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.pause != nil {
		return v
	}
	v.pause, v.end = widget.NewToggle("pause", false), widget.NewButton("stop")
	if form, err := v.pause.WidgetView(); form != nil && err == nil {
		display.Show(v.pause)
		display.Show(v.end)
	}
	return v
}

// Stopped reports whether the view has ended: by Stop, by its button, or with its cell.
func (v *LiveView) Stopped() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.ended()
}

// ended needs the view's lock. A press of the button ends the view here, with the image that it has.
func (v *LiveView) ended() bool {
	if v.end != nil && v.end.Presses() > 0 {
		v.stop()
		return true
	}
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

// paused reports whether the picture is held.
func (v *LiveView) paused() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.pause != nil && v.pause.On()
}
