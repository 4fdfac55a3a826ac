package simd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// special are the numbers at which kernels and twins could part: signed zeros, denormals, infinities, NaN, the
// threshold and its neighbours.
var special = []float32{
	0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, 1.1e-38, -1.1e-38, 1, -1,
	math.Nextafter32(1, 2), math.Nextafter32(1, 0), math.MaxFloat32, -math.MaxFloat32,
	float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
}

// mixed is n numbers, about a share of them special and another zero.
func mixed(r *rand.Rand, n int, share float64) []float32 {
	x := make([]float32, n)
	for k := range x {
		switch u := r.Float64(); {
		case u < share:
			x[k] = special[r.IntN(len(special))]
		case u > 1-share:
		default:
			x[k] = float32(r.NormFloat64())
		}
	}
	return x
}

func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for k, w := range want {
		if math.Float32bits(got[k]) != math.Float32bits(w) && (got[k] == got[k] || w == w) {
			t.Fatalf("%s: element %d of %d is %v (%#08x), the twin's %v (%#08x)", what, k, len(want), got[k],
				math.Float32bits(got[k]), w, math.Float32bits(w))
		}
	}
}

// needAssembly skips where there is nothing to compare.
func needAssembly(t *testing.T) {
	if !on {
		t.Skip("no assembly on this machine, or switched off: the twins are all there is")
	}
}

// TestActive compares the lists of active elements with the twin's, for all lengths.
func TestActive(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 68 {
		for _, share := range []float64{0, 0.2, 0.45} {
			x := mixed(r, n, share)
			if got, want := Count(x), countGo(x); got != want {
				t.Fatalf("Count of %v = %d, want %d", x, got, want)
			}
			index, values := make([]int32, n), make([]float32, n)
			wantIndex, wantValues := make([]int32, n), make([]float32, n)
			got, want := Active(index, values, x, 5), activeGo(wantIndex, wantValues, x, 5)
			if got != want {
				t.Fatalf("Active of %v = %d, want %d", x, got, want)
			}
			same(t, "values", values[:got], wantValues[:got])
			for k := range got {
				if index[k] != wantIndex[k] {
					t.Fatalf("Active of %v: index %v, want %v", x, index[:got], wantIndex[:got])
				}
			}
		}
	}
}

// TestRows compares sums of rows with the twins, for all widths and some counts.
func TestRows(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(3, 4))
	for width := range 140 {
		for _, count := range []int{0, 1, 3, 4, 9} {
			const rows = 11
			stride := width + r.IntN(3)
			table := mixed(r, rows*stride+width, 0.1)
			index, values := make([]int32, count), mixed(r, count, 0.1)
			for k := range index {
				index[k] = int32(r.IntN(rows))
			}
			acc := mixed(r, width, 0.1)
			work := make([]float32, width)

			got, want := append([]float32(nil), acc...), append([]float32(nil), acc...)
			AddRows(got, table, values, index, stride)
			addRowsGo(want, table, values, index, stride)
			same(t, "AddRows", got, want)

			got, want = append([]float32(nil), acc...), append([]float32(nil), acc...)
			SumRows(got, table, values, index, stride, work)
			clear(work)
			addRowsGo(work, table, values, index, stride)
			if count > 0 {
				for k := range want {
					want[k] += work[k]
				}
			}
			same(t, "SumRows", got, want)

			if stride > 0 && width <= rows {
				columns := make([]int32, count)
				for k := range columns {
					columns[k] = int32(r.IntN(stride))
				}
				got, want = append([]float32(nil), acc...), append([]float32(nil), acc...)
				SumColumns(got, table, values, columns, stride)
				sumColumnsGo(want, table, values, columns, stride)
				same(t, "SumColumns", got, want)
			}
		}
	}
}

// TestConvRows compares rows of convolutions with the twin's, for all widths and numbers of channels.
func TestConvRows(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 150; n++ {
		for channels := 1; channels <= ConvChannels; channels++ {
			offset := make([]int64, 1+r.IntN(12))
			for k := range offset {
				offset[k] = 4 * int64(r.IntN(40))
			}
			rows, outRow, xRow := 1+r.IntN(26), n+r.IntN(5), n+r.IntN(70)
			x, w, bias := mixed(r, rows*xRow+n+40, 0.1), mixed(r, channels*len(offset), 0.05), mixed(r, channels, 0)
			plane := rows*outRow + r.IntN(9)
			got, want := make([]float32, channels*plane), make([]float32, channels*plane)
			ConvRows(got, x, w, bias, offset, plane, n, rows, outRow, xRow)
			for y := range rows {
				convRowGo(want[y*outRow:], x[y*xRow:], w, bias, offset, plane, n)
			}
			same(t, "ConvRows", got, want)
		}
	}
}

// TestConvPixels compares convolutions of pixels with the twin's, for all numbers of pixels and both of channels.
func TestConvPixels(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(23, 24))
	for n := 1; n < 40; n++ {
		for _, channels := range []int{16, ProductColumns(32)} {
			offset := make([]int64, 1+r.IntN(12))
			for k := range offset {
				offset[k] = 4 * int64(r.IntN(40))
			}
			step := 1 + r.IntN(3)
			x, w, bias := mixed(r, n*step+40, 0.1), mixed(r, channels*len(offset), 0.05), mixed(r, channels, 0)
			got, want := make([]float32, n*channels), make([]float32, n*channels)
			ConvPixels(got, x, w, bias, offset, n, step)
			convPixelsGo(want, x, w, bias, offset, n, step)
			same(t, "ConvPixels", got, want)
		}
	}
}

// TestSpread compares kernels added around an input with the twin's.
func TestSpread(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(7, 8))
	for width := 8; width <= 40; width += 8 {
		for height := 1; height < 6; height++ {
			stride := width + r.IntN(5)
			got, k := mixed(r, height*stride, 0.1), mixed(r, height*width, 0.1)
			want := append([]float32(nil), got...)
			Spread(got, k, -0.7, height, width, stride)
			spreadGo(want, k, -0.7, height, width, stride)
			same(t, "Spread", got, want)
		}
	}
}

// TestTranspose compares with the definition, for all small shapes; what lies between the rows of dst stays.
func TestTranspose(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for rows := range 36 {
		for columns := range 35 {
			ss, ds := columns+r.IntN(3), rows+r.IntN(3)
			src, dst := mixed(r, rows*ss, 0), make([]float32, columns*ds)
			want := make([]float32, len(dst))
			for i := range rows {
				for j := range columns {
					want[j*ds+i] = src[i*ss+j]
				}
			}
			Transpose(dst, src, rows, columns, ds, ss)
			same(t, "Transpose", dst, want)
		}
	}
}

// TestProduct compares tiles of products with the twins', for both layouts of the left matrix.
func TestProduct(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(11, 12))
	for _, columns := range []int{16, ProductColumns(32)} {
		for m := 1; m <= ProductRows(); m++ {
			for _, k := range []int{1, 2, 7, 33} {
				for _, apart := range []bool{false, true} {
					for _, s := range [][2]int{{k, 1}, {1, m}, {k + 3, 1}, {1, m + 5}} {
						ldb, ldc := columns+r.IntN(4), columns+r.IntN(4)
						a, b := mixed(r, m*k+8*(m+k), 0.05), mixed(r, k*ldb, 0.05)
						got := mixed(r, m*ldc, 0.05)
						want := append([]float32(nil), got...)
						Product(got, a, b, m, k, columns, s[0], s[1], ldb, ldc, apart)
						productGo(want, a, b, m, k, columns, s[0], s[1], ldb, ldc, apart)
						same(t, "Product", got, want)
						a = mixed(r, m*s[0]+k*s[1]+columns, 0.05)
						ProductEach(got, a, b, m, k, columns, s[0], s[1], ldb, ldc)
						productEachGo(want, a, b, m, k, columns, s[0], s[1], ldb, ldc)
						same(t, "ProductEach", got, want)
					}
				}
			}
		}
	}
}

// TestBits: packed spikes come back, and are counted and listed as the elements are.
func TestBits(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for n := 0; n < 300; n += 8 {
		x, back, packed := make([]float32, n), make([]float32, n), make([]byte, n/8)
		for k := range x {
			x[k] = float32(r.IntN(2))
		}
		if !Pack(packed, x) {
			t.Fatalf("Pack finds what is no spike in %v", x)
		}
		Unpack(back, packed)
		same(t, "Unpack", back, x)
		if got, want := CountBits(packed), countGo(x); got != want {
			t.Fatalf("CountBits = %d, want %d", got, want)
		}
		got, want := make([]int32, n), make([]int32, n)
		m := ActiveBits(got, packed)
		if w := activeGo(want, make([]float32, n), x, 0); m != w {
			t.Fatalf("ActiveBits = %d, want %d", m, w)
		}
		for k := range m {
			if got[k] != want[k] {
				t.Fatalf("ActiveBits = %v, want %v", got[:m], want[:m])
			}
		}
	}
}

// TestPack compares the packing of numbers, and what it says of them, with the twin's.
func TestPack(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(17, 18))
	for n := 0; n < 200; n += 8 {
		for range 20 {
			x, got, want := make([]float32, n), make([]byte, n/8), make([]byte, n/8)
			for k := range x {
				x[k] = float32(r.IntN(2))
			}
			if n > 0 && r.IntN(2) == 0 {
				x[r.IntN(n)] = special[r.IntN(len(special))]
			}
			if g, w := Pack(got, x), packGo(want, x); g != w {
				t.Fatalf("Pack of %v says %v, want %v", x, g, w)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("Pack of %v is %v, want %v", x, got, want)
			}
			back, twin := make([]float32, n), make([]float32, n)
			Unpack(back, got)
			unpackGo(twin, want)
			same(t, "Unpack", back, twin)
		}
	}
}

// TestElementwise compares functions of every element with the twins': for all lengths, in place, over all sizes of numbers
// and at those where the twins take another branch.
func TestElementwise(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(19, 20))
	edges := append([]float32{0.1, -0.1, 0.099999994, -150, -150.00002, 88.72283, 88.72284, -103.97208, -104, 700, 700.0001, -700}, special...)
	for _, f := range []struct {
		name string
		all  func(dst, x []float32)
		one  func(float64) float64
	}{{"exp", Exps, Exp}, {"sigmoid", Sigmoids, Sigmoid}, {"tanh", Tanhs, Tanh}} {
		check := func(x []float32) {
			want, got := make([]float32, len(x)), append([]float32(nil), x...)
			for k, v := range x {
				want[k] = float32(f.one(float64(v)))
			}
			f.all(got, got)
			same(t, f.name, got, want)
		}
		for n := range 70 {
			x := mixed(r, n, 0.2)
			for k := range x {
				switch r.IntN(4) {
				case 0:
					x[k] = edges[r.IntN(len(edges))]
				case 1:
					x[k] *= 40
				}
			}
			check(x)
		}
		x := make([]float32, 0, 1<<16)
		for b := uint64(0); b < 1<<32; b += 40_009 {
			x = append(x, math.Float32frombits(uint32(b)))
		}
		check(x)
	}
}

// TestAdam compares the optimiser's step with the twin's.
func TestAdam(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(21, 22))
	for n := range 70 {
		w, g, m, v := mixed(r, n, 0.1), mixed(r, n, 0.1), mixed(r, n, 0.1), mixed(r, n, 0.1)
		wantW, wantM, wantV := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		c := [8]float32{0.99, 0.01, 0.1, 0.999, 0.001, 0.001, 0.03, 1e-8}
		Adam(w, g, m, v, &c)
		adamGo(wantW, g, wantM, wantV, &c)
		same(t, "w", w, wantW)
		same(t, "mean", m, wantM)
		same(t, "square", v, wantV)
	}
}
