//go:build linux || darwin

package simd

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"
)

// fence hands out memory that ends, or for fromStart begins, beside a page that nobody may touch.
type fence struct {
	t         *testing.T
	fromStart bool
	maps      [][]byte
}

func (f *fence) bytes(n int) []byte {
	page := os.Getpagesize()
	m, err := syscall.Mmap(-1, 0, (n+page-1)/page*page+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		f.t.Fatal(err)
	}
	f.maps = append(f.maps, m)
	for _, outside := range [][]byte{m[:page], m[len(m)-page:]} {
		if err := syscall.Mprotect(outside, syscall.PROT_NONE); err != nil {
			f.t.Fatal(err)
		}
	}
	if f.fromStart {
		return m[page:][:n:n]
	}
	return m[len(m)-page-n:][:n:n]
}

func (f *fence) floats(n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(f.bytes(4*n)))), n)
}

func (f *fence) indices(n int) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(f.bytes(4*n)))), n)
}

func (f *fence) free() {
	for _, m := range f.maps {
		if err := syscall.Munmap(m); err != nil {
			f.t.Fatal(err)
		}
	}
	f.maps = nil
}

// within runs f with memory fenced at the end and at the start.
func within(t *testing.T, what string, run func(f *fence)) {
	t.Helper()
	for _, fromStart := range []bool{false, true} {
		f := &fence{t: t, fromStart: fromStart}
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%s, fenced at the start %v: %v", what, fromStart, r)
				}
			}()
			run(f)
		}()
		f.free()
	}
}

// TestBoundsOfNeurons: the kernels of the models, forward and backward, touch nothing outside of their arguments.
func TestBoundsOfNeurons(t *testing.T) {
	needAssembly(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, m := range []struct {
		name        string
		kernels     Neuron
		back        Back
		vars, coefs int
	}{
		{"LIF", LIF, LIFBack, 2, 5},
		{"LIFRefrac", LIFRefrac, LIFRefracBack, 3, 6},
		{"LI", LI, LIBack, 2, 3},
		{"LIBox", LIBox, LIBoxBack, 1, 2},
		{"LIFBox", LIFBox, LIFBoxBack, 1, 4},
		{"IAF", IAF, IAFBack, 1, 2},
		{"LSNN", LSNN, LSNNBack, 3, 7},
		{"AdaLIF", AdaLIF, AdaLIFBack, 3, 7},
		{"Izhikevich", Izhikevich, IzhikevichBack, 2, 9},
		{"LIFEx", LIFEx, LIFExBack, 2, 6},
		{"LIFAdEx", LIFAdEx, LIFAdExBack, 3, 9},
		{"LIFAdExRefrac", LIFAdExRefrac, LIFAdExRefracBack, 4, 10},
		{"LIFMC", LIFMC, LIFMCBack, 2, 6},
		{"LIFMCRefrac", LIFMCRefrac, LIFMCRefracBack, 3, 7},
		{"CobaLIF", CobaLIF, CobaLIFBack, 3, 9},
		{"LIFSubtract", LIFSubtract, nil, 2, 5},
		{"LIFBoxSubtract", LIFBoxSubtract, nil, 1, 4},
		{"IAFSubtract", IAFSubtract, nil, 1, 2},
		{"LIFExSubtract", LIFExSubtract, nil, 2, 6},
	} {
		k := m.kernels
		for _, n := range []int{8, 16, 24, 32, 40, 48, 72} {
			for _, form := range []struct {
				name  string
				step  Step
				steps int
				bits  bool
			}{
				{"One", k.One, 1, false},
				{"Pair", k.Pair, 2, false},
				{"Tiny", k.Tiny, 1, false},
				{"Past", k.Past, 2, false},
				{"Bits", k.Bits, 1, true},
				{"PairBits", k.PairBits, 2, true},
				{"Late", k.Late, 1, false},
				{"LatePair", k.LatePair, 2, false},
				{"LateTiny", k.LateTiny, 1, false},
			} {
				if form.step == nil || form.name == "Past" && n%16 != 0 {
					continue
				}
				for _, each := range []int{0, 1} {
					within(t, fmt.Sprintf("%s.%s of %d neurons, coefficients of each %d", m.name, form.name, n, each), func(f *fence) {
						c := f.floats(8 * m.coefs)
						if each == 1 {
							c = f.floats(n * m.coefs)
						}
						z := f.bytes(form.steps * n / 8)
						if !form.bits {
							z = f.bytes(form.steps * n * 4)
						}
						x, s := f.floats(form.steps*n), f.floats(m.vars*n)
						form.step((*float32)(unsafe.Pointer(&z[0])), &x[0], &s[0], &c[0], n, n, n, each*32*m.coefs)
					})
				}
			}
			if m.back != nil {
				within(t, fmt.Sprintf("%sBack of %d neurons", m.name, n), func(f *fence) {
					dx, dz, x, s, ds, c := f.floats(n), f.floats(n), f.floats(n), f.floats(m.vars*n), f.floats(m.vars*n), f.floats(m.coefs+1)
					m.back(&dx[0], &dz[0], &x[0], &s[0], &ds[0], &c[0], n, n)
				})
			}
		}
	}
}

// TestBounds is the same of everything else.
func TestBounds(t *testing.T) {
	needAssembly(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for n := 1; n < 140; n++ {
		within(t, fmt.Sprintf("vectors of %d", n), func(f *fence) {
			x, y, index, values := f.floats(n), f.floats(n), f.indices(n), f.floats(n)
			for k := range x {
				x[k] = float32(k % 3)
			}
			Count(x)
			Active(index, values, x, 3)
			for k := range x {
				x[k] = 1
			}
			Active(index, values, x, 3)
			Add(y, x)
			Exps(y, x)
			Sigmoids(y, x)
			Tanhs(y, x)
			Adam(y, x, values, f.floats(n), (*[8]float32)(f.floats(8)))
		})
		within(t, fmt.Sprintf("rows of %d", n), func(f *fence) {
			const rows = 5
			acc, table, values, index := f.floats(n), f.floats(rows*n), f.floats(rows), f.indices(rows)
			for k := range index {
				index[k] = int32(rows - 1 - k)
			}
			AddRows(acc, table, values, index, n)
			SumRows(acc, table, values, index, n, f.floats(n))
			SumColumns(f.floats(n), f.floats(n*rows), values, index, rows)
		})
		within(t, fmt.Sprintf("%d columns", n), func(f *fence) {
			Transpose(f.floats(n*13), f.floats(13*n), 13, n, 13, n)
		})
		within(t, fmt.Sprintf("bits of %d", 8*n), func(f *fence) {
			b, x := f.bytes(n), f.floats(8*n)
			for k := range b {
				b[k] = byte(255 - k)
			}
			Unpack(x, b)
			Pack(b, x)
			ActiveBits(f.indices(8*n), b)
		})
		for channels := 1; channels <= ConvChannels; channels++ {
			within(t, fmt.Sprintf("convolution of %d pixels in %d channels", n, channels), func(f *fence) {
				offset := []int64{0, 8, 4 * int64(n+2)}
				w, bias := f.floats(channels*len(offset)), f.floats(channels)
				ConvRows(f.floats(channels*2*n), f.floats(n+2+n+2+n), w, bias, offset, 2*n, n, 2, n, n+2)
			})
		}
	}
	for n := 1; n < 30; n++ {
		for _, channels := range []int{16, ProductColumns(32)} {
			within(t, fmt.Sprintf("convolution of %d pixels in %d channels", n, channels), func(f *fence) {
				offset := []int64{0, 8, 20}
				w, bias := f.floats(channels*len(offset)), f.floats(channels)
				ConvPixels(f.floats(channels*n), f.floats(5+2*n-1), w, bias, offset, n, 2)
			})
		}
	}
	for width := 8; width <= 40; width += 8 {
		within(t, fmt.Sprintf("Spread of %d", width), func(f *fence) {
			Spread(f.floats(3*width+2*5), f.floats(3*width), 2, 3, width, width+5)
		})
	}
	for _, columns := range []int{16, ProductColumns(32)} {
		for m := 1; m <= ProductRows(); m++ {
			for k := 1; k < 6; k++ {
				for _, apart := range []bool{false, true} {
					within(t, fmt.Sprintf("product of %d by %d by %d", m, k, columns), func(f *fence) {
						b := f.floats(k * columns)
						Product(f.floats(m*columns), f.floats(m*k), b, m, k, columns, k, 1, columns, columns, apart)
						Product(f.floats(m*columns), f.floats(m*k), b, m, k, columns, 1, m, columns, columns, apart)
						ProductEach(f.floats(m*columns), f.floats((m+k-1)*columns), b, m, k, columns, columns, columns, columns, columns)
					})
				}
			}
		}
	}
}
