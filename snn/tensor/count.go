package tensor

import (
	"fmt"

	"github.com/livespike/livespike/internal/cuda"
)

// negative is the bit of a place that counts −1.
const negative = 1 << 31

// CountInPlace adds 1 for each place, an element's number in row-major order, or −1 where the highest bit is set; a place
// that comes twice counts twice. To a tensor on a GPU the places travel, 4 bytes each, and not the image. It panics if there
// is no such element, and changes nothing then. Whole numbers below 2²⁴ are exact; to others a GPU adds the sum at once,
// which may be rounded otherwise.
func (t *Tensor) CountInPlace(places []uint32) {
	t.changed("CountInPlace", "")
	n := uint32(t.Numel())
	for _, p := range places {
		if p&^negative >= n {
			panic(fmt.Sprintf("tensor.CountInPlace: place %d of %d elements, shape %v", p&^negative, n, t.shape))
		}
	}
	if t.gpu != nil {
		t.countOn(places)
		return
	}
	for _, p := range places {
		if p&negative != 0 {
			t.data[p&^negative]--
		} else {
			t.data[p]++
		}
	}
}

// countOn counts in whole numbers, so that no order of the threads changes the result.
func (t *Tensor) countOn(places []uint32) {
	d, n := t.gpu.Device, t.gpu.Len()
	if len(places) == 0 {
		return
	}
	list, counts, sums := mustHave(d.UploadWords(places)), mustHave(d.Zeros(n)), mustHave(d.Alloc(n))
	must(d.Launch("accumulate", cuda.Over(len(places)), counts, list, len(places)))
	must(d.Launch("from_fixed", cuda.Over(n), sums, counts, float32(1), n))
	must(t.gpu.Add(sums))
}
