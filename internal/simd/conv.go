package simd

// convStrip writes strips of 8 pixels or more: n in each of some rows, which lie outRow and xRow elements apart. Of every
// channel it writes the bias and then, tap by tap, w times the input offset bytes behind the pixel.
type convStrip struct {
	run  func(out, x, w, bias *float32, offset *int64, taps, plane, n, rows, outRow, xRow int)
	wide int // pixels
}

// convStrips holds the strips by the number of output channels, the widest first.
var convStrips [ConvChannels + 1][]convStrip

// convColumn writes those of 16 pixels that mask has, of some rows, as a convStrip does.
type convColumn func(out, x, w, bias *float32, offset *int64, taps, plane, outRow, xRow, mask int)

// convColumns holds the columns of AVX-512 by the number of output channels and of rows; nil where there are none.
var convColumns [ConvChannels + 1][]convColumn

// ConvChannels is the largest number of output channels of ConvRows.
const ConvChannels = 4

// convMost is the multiplications that one call of assembly does at most, some 50 microseconds of them, since it cannot be
// interrupted.
const convMost = 1 << 22

// ConvFilled is the pixels that ConvRows makes in the time that it takes for n of a row, if it wastes none; 0 if there is no
// assembly for so few.
func ConvFilled(n int) int {
	switch {
	case convColumns[1] != nil:
		return (n + 15) &^ 15
	case !on || n < 8:
		return 0
	}
	return n&^15 + (n&15+7)/8*16 // the sums of a narrow strip wait for each other
}

// ConvRows writes n pixels of some rows, outRow elements apart, in several output channels, plane elements apart: the
// channel's bias and then, tap after tap, the tap's weight times the input that lies offset bytes behind the pixel's place
// in x, whose rows are xRow elements apart. w holds the channels of a tap together. There are as many channels as biases,
// at most ConvChannels, and at least one tap.
func ConvRows(out, x, w, bias []float32, offset []int64, plane, n, rows, outRow, xRow int) {
	if most := max(1, convMost/(len(w)*n)); rows > most {
		for y := 0; y < rows; y += most {
			ConvRows(out[y*outRow:], x[y*xRow:], w, bias, offset, plane, n, min(most, rows-y), outRow, xRow)
		}
		return
	}
	channels, taps := len(bias), len(offset)
	if ConvFilled(n) == 0 {
		for y := range rows {
			convRowGo(out[y*outRow:], x[y*xRow:], w, bias, offset, plane, n)
		}
		return
	}
	_, _ = out[(rows-1)*outRow+(channels-1)*plane+n-1], w[channels*taps-1]
	if convColumns[1] != nil {
		inColumns(out, x, w, bias, offset, plane, n, rows, outRow, xRow)
		return
	}
	run := func(s convStrip, at, n int) {
		s.run(&out[at], &x[at], &w[0], &bias[0], &offset[0], taps, plane, n, rows, outRow, xRow)
	}
	at := 0
	for _, s := range convStrips[channels] {
		if k := (n - at) / s.wide; k > 0 {
			run(s, at, k)
			at += k * s.wide
		}
	}
	if at < n { // the last pixels once more with some before them
		s := convStrips[channels][len(convStrips[channels])-1]
		run(s, n-s.wide, 1)
	}
}

// inColumns is ConvRows by columns, of about the same height.
func inColumns(out, x, w, bias []float32, offset []int64, plane, n, rows, outRow, xRow int) {
	columns := convColumns[len(bias)]
	most := len(columns) - 1
	parts := (rows + most - 1) / most
	for y, high := 0, (rows+parts-1)/parts; y < rows; y += high {
		run := columns[min(high, rows-y)]
		for at := 0; at < n; at += 16 {
			run(&out[y*outRow+at], &x[y*xRow+at], &w[0], &bias[0], &offset[0], len(offset), plane, outRow, xRow, 1<<min(16, n-at)-1)
		}
	}
}

func convRowGo(out, x, w, bias []float32, offset []int64, plane, n int) {
	for c, b := range bias {
		for k := range n {
			s := b
			for t, at := range offset {
				s = FMA(w[t*len(bias)+c], x[k+int(at/4)], s)
			}
			out[c*plane+k] = s
		}
	}
}

type pixelTile func(out, x, w, bias *float32, offset *int64, taps, step int)

// pixelTiles are the kernels of ConvPixels for 16 and for 32 channels by the number of pixels; nil where there are none.
var pixelTiles [2][MaxProductRows + 1]pixelTile

// HasChannels reports whether there is assembly with channels in vectors for this machine, that of ConvPixels and ProductEach.
func HasChannels() bool { return pixelTiles[0][1] != nil }

// ConvPixels writes n pixels, step elements apart in x and close together in out, the channels of a pixel side by side: the
// biases and then, tap after tap, the tap's weights times the input that lies offset bytes behind the pixel's place. w holds
// the channels of a tap together. There are as many channels as biases, 16 or, where ProductColumns says so, 32, and at
// least one tap. Each sum is that of ConvRows.
func ConvPixels(out, x, w, bias []float32, offset []int64, n, step int) {
	channels, taps := len(bias), len(offset)
	if !HasChannels() {
		convPixelsGo(out, x, w, bias, offset, n, step)
		return
	}
	_, _ = out[n*channels-1], w[channels*taps-1]
	tiles := &pixelTiles[channels/32]
	parts := (n + productRows - 1) / productRows
	for k, high := 0, (n+parts-1)/parts; k < n; k += high {
		tiles[min(high, n-k)](&out[k*channels], &x[k*step], &w[0], &bias[0], &offset[0], taps, step)
	}
}

func convPixelsGo(out, x, w, bias []float32, offset []int64, n, step int) {
	for k := range n {
		for c, s := range bias {
			for t, at := range offset {
				s = FMA(w[t*len(bias)+c], x[k*step+int(at/4)], s)
			}
			out[k*len(bias)+c] = s
		}
	}
}

// Spread adds v·k to a block of out: height rows of width elements, a multiple of 8, stride apart in out and close
// together in k.
func Spread(out, k []float32, v float32, height, width, stride int) {
	if on {
		_, _ = out[(height-1)*stride+width-1], k[height*width-1]
		spreadAsm(&out[0], &k[0], v, height, width/8, stride)
		return
	}
	spreadGo(out, k, v, height, width, stride)
}

func spreadGo(out, k []float32, v float32, height, width, stride int) {
	for y := range height {
		axpyGo(out[y*stride:][:width], v, k[y*width:])
	}
}
