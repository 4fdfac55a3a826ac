package display_test

import (
	"fmt"

	"github.com/livespike/livespike/plot/display"
)

// Temperature shows as HTML where that can be shown, else as text.
type Temperature float64

func (t Temperature) String() string { return fmt.Sprintf("%.1f °C", float64(t)) }

// HTML makes it a rich value.
func (t Temperature) HTML() (string, error) { return fmt.Sprintf("<b>%.1f</b> °C", float64(t)), nil }

func ExampleShow() {
	handle := display.Show(Temperature(21.5))
	handle.Update(Temperature(22)) // in the same place, in a notebook
	// Output:
	// 21.5 °C
	// 22.0 °C
}

func ExampleBundleOf() {
	bundle, rich := display.BundleOf(Temperature(21.5))
	fmt.Println(rich, bundle.Text(), bundle.Data["text/html"])
	// Output: true 21.5 °C <b>21.5</b> °C
}
