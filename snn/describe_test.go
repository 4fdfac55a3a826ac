package snn

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestOptionsMakeTheSameNeurons makes every model again from what it says about itself: text and bits are the same.
func TestOptionsMakeTheSameNeurons(t *testing.T) {
	for _, name := range Models() {
		m := models[name]
		more := []Option{DT(0.0017)}
		if slices.Contains(m.options(), "method") {
			more = append(more, Method("triangle"), Alpha(0.7))
		}
		for _, opts := range orders(m) {
			opts = append(opts, more...)
			one := LayerByName(name, opts...)
			again := LayerByName(name, one.Options()...)
			if one.Model() != name || fmt.Sprint(again) != strings.ReplaceAll(fmt.Sprint(one), "tensor(4)", "tensor(4.)") {
				t.Errorf("%s:\n%v\nbecomes\n%v", name, one, again)
			}
			x := drive(m)
			y, _ := one.Forward(x, nil)
			z, _ := again.Forward(x, nil)
			if !y.Equal(z) {
				t.Errorf("%s: other numbers", name)
			}
		}
	}
	learned := LIFCell(Learn("tau_mem_inv"))
	if again := CellByName("LIF", learned.Options()...); again.Param("tau_mem_inv") != learned.Param("tau_mem_inv") {
		t.Error("a learned parameter became another tensor")
	}
}
