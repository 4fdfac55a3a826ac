package snn

import (
	"fmt"
	"strings"
)

// Set is the option of that name, as Norse spells it: Set("tau_mem_inv", 100) is TauMemInv(100). It is for programs that
// read names from files.
func Set(name string, v any) Option { return Option{name, v} }

// CellByName is the cell of a registered model: CellByName("LIF") is LIFCell(). It panics if there is no such model.
func CellByName(model string, opts ...Option) *Cell { return known(model).cell(opts) }

// LayerByName is the layer of a registered model: LayerByName("LIF") is LIF(). It panics if there is no such model.
func LayerByName(model string, opts ...Option) *Layer { return known(model).layer(opts) }

func known(name string) *model {
	m := models[name]
	if m == nil {
		panic(misuse(fmt.Sprintf("snn: no model %q; there are %s", name, strings.Join(Models(), ", "))))
	}
	return m
}
