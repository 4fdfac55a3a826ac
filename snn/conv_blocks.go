package snn

import "github.com/livespike/livespike/internal/simd"

// convBlocks are the weights of a convolution as the kernels want them, the channels of an output in blocks: those of a few
// are made in strips of a row, with a vector of pixels for each channel; many are the elements of vectors themselves.
type convBlocks struct {
	weight, bias []float32 // by group, block, tap and channel; and by group and channel. Blocks of many end with zeros
	offset       []int64   // of the taps, in bytes
	channels     int       // of a group
	many         bool      // as isMany says
}

// isMany reports whether so many channels of a group are better elements of vectors than n pixels of a row are, which lie step
// elements apart: by how much of the vectors they fill, and what it takes to transpose the result.
func isMany(channels, n, step, taps int) bool {
	if !simd.HasChannels() {
		return false
	}
	if step > 1 || simd.ConvFilled(n) == 0 {
		return channels >= 4
	}
	return simd.ConvFilled(n)*channels*taps > padded16(channels)*n*(taps+convTurn)
}

// convTurn is the taps that take as long as to transpose the result.
const convTurn = 16

func padded16(n int) int { return (n + 15) &^ 15 }

// block is how many of the channels left the next block has, and how many with the zeros at its end.
func (b *convBlocks) block(left int) (channels, filled int) {
	if b.many {
		filled = simd.ProductColumns(left)
		return min(filled, left), filled
	}
	channels = min(simd.ConvChannels, left)
	return channels, channels
}

// filled is the channels of a group with the zeros.
func (b *convBlocks) filled() int {
	if !b.many {
		return b.channels
	}
	return padded16(b.channels)
}

// arrange makes the blocks of weights whose channels lie apart elements apart, and whose taps are at places in them. A bias
// of nil is zero.
func (b *convBlocks) arrange(weight, bias []float32, groups, channels, apart int, places []int) {
	b.channels = channels
	b.weight, b.bias = grown(b.weight, groups*b.filled()*len(places)), grown(b.bias, groups*b.filled())
	clear(b.bias)
	if b.filled() > channels {
		clear(b.weight)
	}
	to, toBias := b.weight, b.bias
	for c := 0; c < groups*channels; {
		n, filled := b.block(channels - c%channels)
		first := c/channels*len(weight)/groups + c%channels*apart
		for t, run := 0, 0; t < len(places); t += run {
			for run = 1; t+run < len(places) && places[t+run] == places[t]+run; {
				run++
			}
			simd.Transpose(to[t*filled:], weight[first+places[t]:], n, run, filled, apart)
		}
		if bias != nil {
			add(toBias[:n], bias[c:][:n]) // a bias of −0 is +0; see fillBias
		}
		to, toBias, c = to[filled*len(places):], toBias[filled:], c+n
	}
}

// rows writes n pixels of some rows of all channels of a group, plane elements apart and their rows close together. Pixels are
// step elements apart in x, 1 unless the channels are many, and rows xRow.
func (b *convBlocks) rows(out, x []float32, group, plane, n, rows, xRow, step int) {
	taps := len(b.offset)
	weight, bias := b.weight[group*b.filled()*taps:], b.bias[group*b.filled():]
	var work []float32
	if b.many {
		p := borrow(n * rows * simd.ProductColumns(b.channels))
		defer giveBack(p)
		work = *p
	}
	for c := 0; c < b.channels; {
		channels, filled := b.block(b.channels - c)
		w, from := weight[:filled*taps], bias[:filled]
		if b.many {
			for y := range rows {
				simd.ConvPixels(work[y*n*filled:], x[y*xRow:], w, from, b.offset, n, step)
			}
			simd.Transpose(out[c*plane:], work, n*rows, channels, plane, filled)
		} else {
			simd.ConvRows(out[c*plane:], x, w, from, b.offset, plane, n, rows, n, xRow)
		}
		weight, bias, c = weight[filled*taps:], bias[filled:], c+channels
	}
}
