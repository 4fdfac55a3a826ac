package simd

// convStrip writes strips of 8 pixels or more; see the comments in kernels_amd64.go.
type convStrip struct {
	run   func(out, x, w, bias *float32, offset *int64, taps, plane, n int)
	wide  int // pixels
	count int // at most this many strips in one call, since assembly cannot be interrupted
}

// convStrips holds the strips by the number of output channels, the widest first.
var convStrips [ConvChannels + 1][]convStrip

// ConvChannels is the largest number of output channels of ConvRow.
const ConvChannels = 4

// ConvRow writes n pixels of a row in several output channels, which lie plane elements apart in out: the channel's bias
// and then, tap after tap, the tap's weight times the input that lies offset bytes behind the pixel's place in x. w holds
// the channels of a tap together. There are as many channels as biases, at most ConvChannels, and at least one tap.
func ConvRow(out, x, w, bias []float32, offset []int64, plane, n int) {
	channels, taps := len(bias), len(offset)
	if !on || n < 8 {
		convRowGo(out, x, w, bias, offset, plane, n)
		return
	}
	_, _ = out[(channels-1)*plane+n-1], w[channels*taps-1]
	at := 0
	for _, s := range convStrips[channels] {
		for k := (n - at) / s.wide; k > 0; k = (n - at) / s.wide {
			k = min(k, s.count)
			s.run(&out[at], &x[at], &w[0], &bias[0], &offset[0], taps, plane, k)
			at += k * s.wide
		}
	}
	if at < n { // the last pixels once more with some before them
		s := convStrips[channels][len(convStrips[channels])-1]
		at = n - s.wide
		s.run(&out[at], &x[at], &w[0], &bias[0], &offset[0], taps, plane, 1)
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

// Spread adds v·k to a block of out: height rows of width elements, a multiple of 8, stride apart in out and close
// together in k.
func Spread(out, k []float32, v float32, height, width, stride int) {
	if on {
		_, _ = out[(height-1)*stride+width-1], k[height*width-1]
		spreadAVX2(&out[0], &k[0], v, height, width/8, stride)
		return
	}
	spreadGo(out, k, v, height, width, stride)
}

func spreadGo(out, k []float32, v float32, height, width, stride int) {
	for y := range height {
		axpyGo(out[y*stride:][:width], v, k[y*width:])
	}
}
