package train

import (
	"fmt"
	"math/rand/v2"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
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
			return fmt.Errorf("train: %s: %s of example %d holds %v", name, what, at/(t.Numel()/t.Len()), value(t, at))
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

// pick is the entries of axis 0 in an order, where t is.
func pick(t *tensor.Tensor, order []int) *tensor.Tensor {
	shape := append([]int{len(order)}, t.Shape()[1:]...)
	if gpu.Of(t) != nil {
		return pickOn(t, order, 1, shape)
	}
	out := tensor.Zeros(shape...)
	n := out.Numel() / max(1, len(order))
	for i, from := range order {
		copy(out.Data()[i*n:(i+1)*n], t.Data()[from*n:(from+1)*n])
	}
	return out
}

// pickOn is a tensor of that shape on t's GPU: time in front, then the entries of axis 0 in an order, which have so many
// steps each.
func pickOn(t *tensor.Tensor, order []int, steps int, shape []int) *tensor.Tensor {
	from := gpu.Of(t)
	words := make([]uint32, len(order))
	for i, k := range order {
		words[i] = uint32(k)
	}
	n := t.Numel() / max(1, t.Len()*steps)
	list, err := from.Device.UploadWords(words)
	if err != nil {
		panic(err)
	}
	to, err := from.Device.Alloc(len(order) * steps * n)
	if err == nil && to.Len() > 0 {
		err = from.Device.Launch("pick", cuda.Over(to.Len()), to, from, list, steps, len(order), n)
	}
	if err != nil {
		panic(err)
	}
	return gpu.Tensor(to, shape).(*tensor.Tensor)
}

// batch is the examples of an order as a model takes them, time in front, then the examples; and what the model's output
// should be, on the CPU.
func (d Data) batch(order []int, timeless bool) (x, y *tensor.Tensor) {
	y = pick(d.Y, order).CPU()
	if timeless {
		return pick(d.X, order), y
	}
	in := d.X.Shape()
	if len(in) < 2 {
		panic(fmt.Sprintf("train.Fit: X of shape %v has no time axis; see Timeless", in))
	}
	if gpu.Of(d.X) != nil {
		return pickOn(d.X, order, in[1], append([]int{in[1], len(order)}, in[2:]...)), y
	}
	return pick(d.X, order).Transpose(0, 1), y
}
