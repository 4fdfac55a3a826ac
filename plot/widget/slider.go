package widget

import "fmt"

// Slider is a number that a hand can move between two others.
type Slider struct{ *model }

// NewSlider makes a slider from low to high that begins at value. It has 100 steps. It panics unless low < high and value
// lies between them.
func NewSlider(label string, low, high, value float64) *Slider {
	if !(low < high && low <= value && value <= high) {
		panic(fmt.Sprintf("widget.NewSlider: %v is not between %v and %v", value, low, high))
	}
	return &Slider{control("FloatSlider", "SliderStyle", map[string]any{
		"description": label, "min": low, "max": high, "value": value, "step": (high - low) / 100,
		"readout": true, "readout_format": ".4g", "continuous_update": true, "orientation": "horizontal", "disabled": false,
	}, nil, nil)}
}

// Value is where the slider stands now.
func (s *Slider) Value() float64 {
	v, _ := s.get("value").(float64)
	return v
}

// Set moves the slider, to the nearer end if v lies outside.
func (s *Slider) Set(v float64) {
	low, _ := s.get("min").(float64)
	high, _ := s.get("max").(float64)
	s.set("value", min(max(v, low), high))
}

// String is the label and the value.
func (s *Slider) String() string { return fmt.Sprintf("%v: %v", s.get("description"), s.Value()) }
