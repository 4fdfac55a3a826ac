package snn

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Pool takes the largest, the mean or the sum of windows of an image. It is made by MaxPool2d, AvgPool2d, SumPool2d and
// AdaptiveAvgPool2d, has no state and may be used by several goroutines.
type Pool struct {
	mode
	kind     poolKind
	adaptive bool
	kh, kw   int // of the window; of the output if adaptive
	sh, sw   int
	ph, pw   int
	dh, dw   int
	memo     shapeMemo
}

type poolKind int

const (
	poolMax poolKind = iota
	poolMean
	poolSum
)

// MaxPool2d is the largest element of each window of the given size, a number or []int{height, width}. The input is
// (…, H, W) with any number of leading axes. Options: Stride, the window's size unless set; Padding, at most half of
// the window, with what never is the largest; Dilation. A NaN in a window is its largest element.
func MaxPool2d(kernel any, opts ...Option) *Pool {
	return newPool("MaxPool2d", poolMax, kernel, opts, "stride", "padding", "dilation")
}

// AvgPool2d is the mean of each window of the given size, a number or []int{height, width}. The input is (…, H, W) with
// any number of leading axes. Options: Stride, the window's size unless set; Padding, at most half of the window, with
// zeros that count.
func AvgPool2d(kernel any, opts ...Option) *Pool {
	return newPool("AvgPool2d", poolMean, kernel, opts, "stride", "padding")
}

// SumPool2d is the sum of each window of the given size, a number or []int{height, width}: AvgPool2d without the
// division, as in NIR. Options: those of AvgPool2d.
func SumPool2d(kernel any, opts ...Option) *Pool {
	return newPool("SumPool2d", poolSum, kernel, opts, "stride", "padding")
}

// AdaptiveAvgPool2d is the mean of windows that are chosen so that the output has the given size, a number or
// []int{height, width}, whatever the input's: output i covers ⌊i·n/out⌋ up to ⌈(i+1)·n/out⌉. The input is (…, H, W).
func AdaptiveAvgPool2d(out any) *Pool {
	p := &Pool{kind: poolMean, adaptive: true}
	p.kh, p.kw = pairOf("snn.AdaptiveAvgPool2d", "output size", out, 1)
	return p
}

func newPool(name string, kind poolKind, kernel any, opts []Option, known ...string) *Pool {
	who := "snn." + name
	set := options(who, name, opts, known)
	p := &Pool{kind: kind}
	p.kh, p.kw = pairOf(who, "kernel", kernel, 1)
	p.sh, p.sw = p.kh, p.kw
	if v, ok := set.given["stride"]; ok {
		p.sh, p.sw = pairOf(who, "stride", v, 1)
	}
	p.ph, p.pw = pairOf(who, "padding", set.or("padding", 0), 0)
	p.dh, p.dw = pairOf(who, "dilation", set.or("dilation", 1), 1)
	if 2*p.ph > p.kh || 2*p.pw > p.kw {
		panicf("%s: padding (%d, %d) is more than half of the window (%d, %d)", who, p.ph, p.pw, p.kh, p.kw)
	}
	return p
}

// Forward pools x. It returns s as it came. It panics if x is smaller than the window.
func (p *Pool) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(p, x)
	if d := deviceOf(x); d != nil {
		return p.forwardOn(d, x), s
	}
	y := forwardNew(p, x)
	if tensor.Recording(x) {
		tensor.Record(tensor.Node{
			Name: p.name(), Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{y}, Saved: []*tensor.Tensor{x},
			Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
				dx := make([]float32, len(x.Data()))
				p.backward(dx, dy[0].Data(), x.Data(), x.Shape())
				return []*tensor.Tensor{share(dx, x.Shape())}
			},
		})
	}
	return checked(p, x.Dim() > 4, x, y, nil), s
}

// ForwardInto is Forward that writes into dst, which must not be x. It allocates nothing in steady state.
func (p *Pool) ForwardInto(dst, x *tensor.Tensor, s *State) *State { return forwardInto(p, dst, x, s) }

// OutputShape is the shape of the output for an input of that shape.
func (p *Pool) OutputShape(in ...int) []int { return append([]int(nil), p.outputShape(in)...) }

func (p *Pool) outputShape(in []int) []int {
	if out := p.memo.find(in); out != nil {
		return out
	}
	n := len(in)
	if n < 2 {
		panicf("%s: input has shape %v, want (…, H, W)", p.label(), in)
	}
	h, w := p.kh, p.kw
	if !p.adaptive {
		h, w = convSize(in[n-2], 2*p.ph, p.dh, p.kh, p.sh), convSize(in[n-1], 2*p.pw, p.dw, p.kw, p.sw)
	}
	if h < 1 || w < 1 || in[n-2] < 1 || in[n-1] < 1 {
		panicf("%s: an input of %d × %d is smaller than the window", p.label(), in[n-2], in[n-1])
	}
	return p.memo.keep(in, append(append([]int(nil), in[:n-2]...), h, w))
}

func (p *Pool) apply(dst, x []float32, in []int, s *State) *State {
	out := p.outputShape(in)
	h, w := in[len(in)-2], in[len(in)-1]
	oh, ow := out[len(out)-2], out[len(out)-1]
	if len(dst) == 0 {
		return s
	}
	if planes, work := len(dst)/(oh*ow), oh*ow*p.kh*p.kw; isShared(planes * work) {
		parallel(p.name(), planes, work, func(from, to int) { p.planes(dst[from*oh*ow:to*oh*ow], x[from*h*w:], h, w, oh, ow) })
	} else {
		p.planes(dst, x, h, w, oh, ow)
	}
	return s
}

// planes pools planes of h by w.
func (p *Pool) planes(dst, x []float32, h, w, oh, ow int) {
	watch := watcher{per: oh * ow * p.kh * p.kw}
	for ; len(dst) > 0; dst, x = dst[oh*ow:], x[h*w:] {
		for r := range oh {
			if row := dst[r*ow:][:ow]; p.adaptive {
				for c := range row {
					row[c] = meanOf(x, w, r*h/p.kh, ((r+1)*h+p.kh-1)/p.kh, c*w/p.kw, ((c+1)*w+p.kw-1)/p.kw)
				}
			} else {
				p.row(row, x[:h*w], h, w, r)
			}
		}
		watch.step(p.name())
	}
}

// meanOf is the mean of some rows and columns of an image, summed row by row.
func meanOf(x []float32, w, y0, y1, x0, x1 int) float32 {
	sum := float32(0)
	for y := y0; y < y1; y++ {
		for _, v := range x[y*w+x0 : y*w+x1] {
			sum += v
		}
	}
	return sum / float32((y1-y0)*(x1-x0))
}

// row makes row r of the output: what the windows see at one of their places after the other, by row and column.
func (p *Pool) row(dst, x []float32, h, w, r int) {
	if p.isPairs() && p.kind == poolMax {
		maxOfPairs(dst, x[2*r*w:][:2*len(dst)], x[(2*r+1)*w:][:2*len(dst)])
		return
	}
	start := float32(0)
	if p.kind == poolMax {
		start = float32(math.Inf(-1))
	}
	repeat(dst, start)
	for i := range p.kh {
		y := r*p.sh - p.ph + i*p.dh
		if y < 0 || y >= h {
			continue
		}
		for j := range p.kw {
			from, to := p.columns(j, w, len(dst))
			at, row := from*p.sw-p.pw+j*p.dw, x[y*w:][:w]
			if p.kind != poolMax {
				for c := from; c < to; c++ {
					dst[c] += row[at]
					at += p.sw
				}
				continue
			}
			for c := from; c < to; c++ {
				dst[c] = larger(dst[c], row[at])
				at += p.sw
			}
		}
	}
	if p.kind == poolMean {
		for c, v := range dst {
			dst[c] = v / float32(p.kh*p.kw)
		}
	}
}

// isPairs says that the windows are the usual ones, 2 by 2 side by side, which are taken at once.
func (p *Pool) isPairs() bool {
	return !p.adaptive && p.kh == 2 && p.kw == 2 && p.sh == 2 && p.sw == 2 && p.ph == 0 && p.pw == 0 && p.dh == 1 && p.dw == 1
}

// maxOfPairs is the largest of two elements of one row and two of the next.
func maxOfPairs(dst, upper, lower []float32) {
	upper, lower = upper[:2*len(dst)], lower[:2*len(dst)]
	for c := range dst {
		u, l := upper[2*c:][:2], lower[2*c:][:2]
		dst[c] = larger(larger(larger(u[0], u[1]), l[0]), l[1])
	}
}

// maxOfPairsBack adds the gradient of maxOfPairs to that of the rows, w apart, at the first largest element or the last NaN.
func maxOfPairsBack(dx, dy, x []float32, w int) {
	for c, d := range dy {
		u, l := x[2*c:][:2], x[w+2*c:][:2]
		right := takes(u[0], u[1])
		top := larger(u[0], u[1])
		down := takes(top, l[0])
		top = larger(top, l[0])
		last := takes(top, l[1])
		at := right // the place in the window: 0 and 1 in the upper row, 2 and 3 in the lower
		at ^= (at ^ 2) & -down
		at ^= (at ^ 3) & -last
		dx[2*c+int(at&1)+int(at>>1)*w] += d
	}
}

// columns is the outputs of a row, of n, whose window has its column j inside an image of that width.
func (p *Pool) columns(j, width, n int) (from, to int) {
	at := j*p.dw - p.pw
	if at < 0 {
		from = (p.sw - 1 - at) / p.sw
	}
	if at >= width {
		return n, n
	}
	return min(from, n), min(n, (width-1-at)/p.sw+1)
}

// larger is v if it is above top or NaN, and else top, without a branch, which spikes would mispredict.
func larger(top, v float32) float32 {
	t := math.Float32bits(top)
	return math.Float32frombits(t ^ (t^math.Float32bits(v))&-takes(top, v))
}

// takes is 1 if v is above top or NaN, and else 0.
func takes(top, v float32) uint32 { return bit(v > top) | bit(v != v) }

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// backward adds to dx: the mean and the sum spread the gradient over the window, the maximum passes it to the first
// largest element, or to the last NaN.
func (p *Pool) backward(dx, dy, x []float32, in []int) {
	out := p.outputShape(in)
	h, w := in[len(in)-2], in[len(in)-1]
	oh, ow := out[len(out)-2], out[len(out)-1]
	if len(dy) == 0 {
		return
	}
	parallel(p.name(), len(dy)/(oh*ow), oh*ow*p.kh*p.kw, func(from, to int) {
		tops, largest := make([]float32, ow), make([]int32, ow)
		for k := from; k < to; k++ {
			dx, dy, x := dx[k*h*w:][:h*w], dy[k*oh*ow:], x[k*h*w:][:h*w]
			for r := range oh {
				switch row := dy[r*ow:][:ow]; {
				case p.adaptive:
					for c, d := range row {
						spreadMean(dx, w, r*h/p.kh, ((r+1)*h+p.kh-1)/p.kh, c*w/p.kw, ((c+1)*w+p.kw-1)/p.kw, d)
					}
				case p.kind == poolMax && p.isPairs():
					maxOfPairsBack(dx[2*r*w:], row, x[2*r*w:], w)
				case p.kind == poolMax:
					p.maxBack(dx, row, x, tops, largest, h, w, r)
				default:
					p.sumBack(dx, row, h, w, r)
				}
			}
		}
	})
}

// spreadMean adds the gradient d of a mean to those of some rows and columns of an image.
func spreadMean(dx []float32, w, y0, y1, x0, x1 int, d float32) {
	d /= float32((y1 - y0) * (x1 - x0))
	for y := y0; y < y1; y++ {
		for at := x0; at < x1; at++ {
			dx[y*w+at] += d
		}
	}
}

// sumBack adds the gradient of row r to dx: an element has those of its windows in their order, the leftmost first.
func (p *Pool) sumBack(dx, dy []float32, h, w, r int) {
	scale := float32(1)
	if p.kind == poolMean {
		scale = float32(p.kh * p.kw)
	}
	for i := range p.kh {
		y := r*p.sh - p.ph + i*p.dh
		if y < 0 || y >= h {
			continue
		}
		for j := p.kw - 1; j >= 0; j-- {
			from, to := p.columns(j, w, len(dy))
			at, row := from*p.sw-p.pw+j*p.dw, dx[y*w:][:w]
			for c := from; c < to; c++ {
				row[at] += dy[c] / scale
				at += p.sw
			}
		}
	}
}

// maxBack adds the gradient of row r to dx, by tops and largest, what is the largest of a window and where.
func (p *Pool) maxBack(dx, dy, x, tops []float32, largest []int32, h, w, r int) {
	repeat(tops, float32(math.Inf(-1)))
	for c := range largest {
		largest[c] = -1
	}
	for i := range p.kh {
		y := r*p.sh - p.ph + i*p.dh
		if y < 0 || y >= h {
			continue
		}
		for j := range p.kw {
			from, to := p.columns(j, w, len(dy))
			at := y*w + from*p.sw - p.pw + j*p.dw
			for c := from; c < to; c++ {
				v, top, k := x[at], tops[c], largest[c]
				take := -(takes(top, v) | uint32(k)>>31) // without a branch, as larger
				t := math.Float32bits(top)
				tops[c] = math.Float32frombits(t ^ (t^math.Float32bits(v))&take)
				largest[c] = k ^ (k^int32(at))&int32(take)
				at += p.sw
			}
		}
	}
	for c, k := range largest {
		if k >= 0 {
			dx[k] += dy[c]
		}
	}
}

func (p *Pool) name() string {
	if p.adaptive {
		return "AdaptiveAvgPool2d"
	}
	return [...]string{"MaxPool2d", "AvgPool2d", "SumPool2d"}[p.kind]
}

func (p *Pool) label() string { return fmt.Sprintf("%s(%s)", p.name(), pairText(p.kh, p.kw)) }

// pairText is one number where both axes have the same.
func pairText(a, b int) string {
	if a == b {
		return fmt.Sprint(a)
	}
	return fmt.Sprintf("(%d, %d)", a, b)
}

// String is PyTorch's text: MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False).
func (p *Pool) String() string {
	if p.adaptive {
		return fmt.Sprintf("AdaptiveAvgPool2d(output_size=(%d, %d))", p.kh, p.kw)
	}
	text := fmt.Sprintf("%s(kernel_size=%s, stride=%s, padding=%s", p.name(), pairText(p.kh, p.kw), pairText(p.sh, p.sw), pairText(p.ph, p.pw))
	if p.kind == poolMax {
		text += fmt.Sprintf(", dilation=%s, ceil_mode=False", pairText(p.dh, p.dw))
	}
	return text + ")"
}
