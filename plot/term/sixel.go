package term

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"slices"
)

// writeSixel draws an image with up to 256 colours in bands of six rows. Source: DEC VT330/340 Programmer Reference
// Manual, chapter 14.
func writeSixel(w *bufio.Writer, img *image.RGBA) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	palette, index := quantize(img)
	fmt.Fprintf(w, "\x1bP0;1q\"1;1;%d;%d", width, height)
	percent := func(v uint8) int { return (int(v)*100 + 127) / 255 }
	for i, c := range palette {
		fmt.Fprintf(w, "#%d;2;%d;%d;%d", i, percent(c.R), percent(c.G), percent(c.B))
	}
	bits := make([][]byte, len(palette)) // of each colour in the band: which of the six pixels of each column
	var spare [][]byte
	for top := 0; top < height; top += 6 {
		var used []int
		for row := top; row < min(top+6, height); row++ {
			for x, c := range index[row*width : (row+1)*width] {
				if bits[c] == nil {
					if len(spare) == 0 {
						spare = append(spare, make([]byte, width))
					}
					bits[c], spare = spare[len(spare)-1], spare[:len(spare)-1]
					used = append(used, int(c))
				}
				bits[c][x] |= 1 << (row - top)
			}
		}
		slices.Sort(used)
		for i, c := range used {
			if i > 0 {
				w.WriteByte('$') // back to the left edge
			}
			fmt.Fprintf(w, "#%d", c)
			writeRuns(w, bits[c])
			clear(bits[c])
			bits[c], spare = nil, append(spare, bits[c])
		}
		w.WriteByte('-') // next band
	}
	w.WriteString("\x1b\\\n")
}

// writeRuns writes a colour's part of a band; what repeats more than three times is counted, and the empty end left out.
func writeRuns(w *bufio.Writer, bits []byte) {
	for len(bits) > 0 && bits[len(bits)-1] == 0 {
		bits = bits[:len(bits)-1]
	}
	for len(bits) > 0 {
		n := 1
		for n < len(bits) && bits[n] == bits[0] {
			n++
		}
		sixel := '?' + bits[0]
		if n > 3 {
			fmt.Fprintf(w, "!%d%c", n, sixel)
		} else {
			for range n {
				w.WriteByte(sixel)
			}
		}
		bits = bits[n:]
	}
}

// quantize reduces an image to at most 256 colours: its own if there are no more, else the averages of the boxes that
// Heckbert's median cut makes (1982) of colours with five bits a channel.
func quantize(img *image.RGBA) (palette []color.RGBA, index []uint8) {
	index = make([]uint8, img.Rect.Dx()*img.Rect.Dy())
	number := map[color.RGBA]uint8{}
	for i := range index {
		c := color.RGBA{img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], 255}
		n, known := number[c]
		if !known {
			if len(palette) == 256 {
				return medianCut(img, index)
			}
			n = uint8(len(palette))
			number[c] = n
			palette = append(palette, c)
		}
		index[i] = n
	}
	return palette, index
}

// bin counts the pixels of similar colours, and adds up their channels.
type bin struct {
	key   [3]uint8
	sum   [3]int
	count int
}

func medianCut(img *image.RGBA, index []uint8) ([]color.RGBA, []uint8) {
	var at [1 << 15]int // a bin's number plus one
	var bins []bin
	key := func(i int) (r, g, b uint8) { return img.Pix[4*i] >> 3, img.Pix[4*i+1] >> 3, img.Pix[4*i+2] >> 3 }
	for i := range index {
		r, g, b := key(i)
		k := int(r)<<10 | int(g)<<5 | int(b)
		if at[k] == 0 {
			bins = append(bins, bin{key: [3]uint8{r, g, b}})
			at[k] = len(bins)
		}
		n := &bins[at[k]-1]
		n.count++
		for c := range 3 {
			n.sum[c] += int(img.Pix[4*i+c])
		}
	}
	var palette []color.RGBA
	var number [1 << 15]uint8
	for n, box := range cut(bins) {
		var sum [3]int
		count := 0
		for _, b := range box {
			number[int(b.key[0])<<10|int(b.key[1])<<5|int(b.key[2])] = uint8(n)
			count += b.count
			for c := range 3 {
				sum[c] += b.sum[c]
			}
		}
		mean := func(c int) uint8 { return uint8((sum[c] + count/2) / count) }
		palette = append(palette, color.RGBA{mean(0), mean(1), mean(2), 255})
	}
	for i := range index {
		r, g, b := key(i)
		index[i] = number[int(r)<<10|int(g)<<5|int(b)]
	}
	return palette, index
}

// cut splits the bins into at most 256 boxes, always the longest at the median of its pixels.
func cut(bins []bin) [][]bin {
	boxes := [][]bin{bins}
	for len(boxes) < 256 {
		best, channel, score := -1, 0, 0
		for i, box := range boxes {
			if c, side := longest(box); side > score {
				best, channel, score = i, c, side
			}
		}
		if best < 0 {
			break
		}
		box := boxes[best]
		slices.SortFunc(box, func(a, b bin) int { return int(a.key[channel]) - int(b.key[channel]) })
		total, half := 0, 0
		for _, b := range box {
			total += b.count
		}
		split := 1
		for half = box[0].count; split < len(box)-1 && half+box[split].count <= total/2; split++ {
			half += box[split].count
		}
		boxes[best] = box[:split]
		boxes = append(boxes, box[split:])
	}
	return boxes
}

// longest is the channel in which a box is longest, and by how much.
func longest(box []bin) (channel, side int) {
	for c := range 3 {
		lo, hi := box[0].key[c], box[0].key[c]
		for _, b := range box {
			lo, hi = min(lo, b.key[c]), max(hi, b.key[c])
		}
		if int(hi-lo) > side {
			channel, side = c, int(hi-lo)
		}
	}
	return channel, side
}
