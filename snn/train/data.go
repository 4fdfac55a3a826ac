package train

import (
	"fmt"
	"math/rand/v2"

	"github.com/livespike/livespike/snn/tensor"
)

// Data is examples: axis 0 of both tensors counts them. X is (examples, time, …), or (examples, …) for a model without
// time; Y is whatever the loss compares the output with.
type Data struct {
	X, Y *tensor.Tensor
}

// Len is the number of examples.
func (d Data) Len() int { return d.X.Len() }

// Split cuts the examples in two: the first n and the rest. Shuffle first where they are in an order.
func (d Data) Split(n int) (first, rest Data) {
	return Data{d.X.Slice(0, 0, n), d.Y.Slice(0, 0, n)}, Data{d.X.Slice(0, n, d.Len()), d.Y.Slice(0, n, d.Len())}
}

// Shuffle is the examples in a random order, which the seed decides.
func (d Data) Shuffle(seed int64) Data {
	order := shuffled(d.Len(), seed, 0)
	return Data{pick(d.X, order), pick(d.Y, order)}
}

// shuffled is a random order of n numbers that the seed and the epoch decide, whatever else draws random numbers.
func shuffled(n int, seed int64, epoch int) []int {
	return rand.New(rand.NewPCG(uint64(seed), uint64(epoch))).Perm(n)
}

// check panics unless X and Y have as many examples as each other, and is an error for an example that is no number.
func (d Data) check(name string) error {
	if d.X == nil || d.Y == nil || d.X.Dim() == 0 || d.Y.Dim() == 0 || d.X.Len() != d.Y.Len() {
		panic(fmt.Sprintf("train.Fit: %s: X %v and Y %v have not the same number of examples", name, shapeOf(d.X), shapeOf(d.Y)))
	}
	for what, t := range map[string]*tensor.Tensor{"X": d.X, "Y": d.Y} {
		if at := notFinite(t); at >= 0 {
			return fmt.Errorf("train: %s: %s of example %d holds %v", name, what, at/(t.Numel()/t.Len()), t.Data()[at])
		}
	}
	return nil
}

func shapeOf(t *tensor.Tensor) any {
	if t == nil {
		return nil
	}
	return t.Shape()
}

// pick is the entries of axis 0 in an order.
func pick(t *tensor.Tensor, order []int) *tensor.Tensor {
	out := tensor.Zeros(append([]int{len(order)}, t.Shape()[1:]...)...)
	n := out.Numel() / max(1, len(order))
	for i, from := range order {
		copy(out.Data()[i*n:(i+1)*n], t.Data()[from*n:(from+1)*n])
	}
	return out
}

// batch is the examples of an order as a model takes them: time in front, then the examples.
func (d Data) batch(order []int, timeless bool) (x, y *tensor.Tensor) {
	x = pick(d.X, order)
	if !timeless {
		if x.Dim() < 2 {
			panic(fmt.Sprintf("train.Fit: X of shape %v has no time axis; see Timeless", d.X.Shape()))
		}
		x = x.Transpose(0, 1)
	}
	return x, pick(d.Y, order)
}
