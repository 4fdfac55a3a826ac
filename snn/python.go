package snn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// pyFloat is a float as Python's repr writes it: 0.001, 100.0, 1e-05, inf.
func pyFloat(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	switch s {
	case "+Inf":
		return "inf"
	case "-Inf":
		return "-inf"
	}
	// Python changes to an exponent below 1e-4 and from 1e16 on, Go's %g below 1e-4 and from 1e21 on.
	if e := strings.IndexByte(s, 'e'); e < 0 || (v < 1e16 && v > -1e16 && !strings.Contains(s, "e-")) {
		s = strconv.FormatFloat(v, 'f', -1, 64)
		if v >= 1e16 || v <= -1e16 {
			return strconv.FormatFloat(v, 'e', -1, 64)
		}
		if !strings.Contains(s, ".") {
			s += ".0"
		}
	}
	return s
}

// scalarText is a value as torch prints a tensor without axes: tensor(0.5000), tensor(4).
func scalarText(v float64, isInt bool) string {
	if isInt {
		return "tensor(" + strconv.FormatInt(int64(v), 10) + ")"
	}
	t := tensor.Zeros()
	t.Data()[0] = float32(v)
	return fmt.Sprint(t)
}
