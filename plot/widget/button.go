package widget

import (
	"fmt"
	"sync/atomic"
)

// Button counts how often it was pressed.
type Button struct {
	*model
	presses atomic.Int64
	seen    atomic.Int64
}

// NewButton makes a button.
func NewButton(label string) *Button {
	b := &Button{}
	b.model = control("Button", "ButtonStyle", map[string]any{
		"description": label, "button_style": "", "icon": "", "tooltip": nil, "disabled": false,
	}, nil, func(what map[string]any) {
		if what["event"] == "click" {
			b.presses.Add(1)
		}
	})
	return b
}

// Presses is how often the button was pressed.
func (b *Button) Presses() int { return int(b.presses.Load()) }

// Pressed reports whether the button was pressed since it was asked last.
func (b *Button) Pressed() bool {
	n := b.presses.Load()
	return b.seen.Swap(n) != n
}

// String is the label and the count.
func (b *Button) String() string {
	return fmt.Sprintf("[%v] pressed %d times", b.get("description"), b.Presses())
}
