package widget

import "fmt"

// Toggle is on or off.
type Toggle struct{ *model }

// NewToggle makes a switch that begins as on says.
func NewToggle(label string, on bool) *Toggle {
	return &Toggle{control("ToggleButton", "ToggleButtonStyle", map[string]any{
		"description": label, "value": on, "button_style": "", "icon": "", "tooltip": nil, "disabled": false,
	}, nil, nil)}
}

// On reports how the toggle stands now.
func (t *Toggle) On() bool {
	on, _ := t.get("value").(bool)
	return on
}

// Set switches it.
func (t *Toggle) Set(on bool) { t.set("value", on) }

// String is the label and the state.
func (t *Toggle) String() string { return fmt.Sprintf("%v: %v", t.get("description"), t.On()) }
