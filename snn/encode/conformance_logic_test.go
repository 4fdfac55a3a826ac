package encode

import (
	"errors"

	"github.com/livespike/livespike/internal/golden"
)

func conformLogic(c golden.Case) error {
	x, y, prev := load(c, "x"), load(c, "y"), load(c, "prev")
	return errors.Join(
		equal(c, "land", LogicalAnd(x, y)),
		equal(c, "lxor", LogicalXor(x, y)),
		equal(c, "lor", LogicalOr(x, y)),
		equal(c, "muller_c", MullerC(prev, x, y)),
		equal(c, "posedge", PosedgeDetector(x, prev)),
	)
}
