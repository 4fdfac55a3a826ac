package simd

// MaxProductRows and MaxProductColumns are the size of the largest tile of Product on any machine.
const MaxProductRows, MaxProductColumns = 12, 32

type product func(c, a, b *float32, k, rs, ks, ldb, ldc int)

// products, sumProducts and productsEach are the micro-kernels for 16 and for 32 columns by the number of rows, those for 32 in
// AVX-512 only.
var products, sumProducts, productsEach [2][MaxProductRows + 1]product

// productRows is the most rows that the kernels have.
var productRows = 6

// ProductRows is the most rows of a tile of Product that this machine multiplies at once.
func ProductRows() int { return productRows }

// ProductColumns is the columns of the tile that suits n columns, 16 or 32.
func ProductColumns(n int) int {
	if n <= 16 || products[1][1] == nil {
		return 16
	}
	return 32
}

// Product adds a tile of a matrix product to c: m rows, at most ProductRows, of 16 or, where ProductColumns says so, 32
// columns. a is (m, k), its elements rs apart in a column and ks in a row; b is (k, columns), its rows ldb apart, as those of
// c are ldc. Each product is fused with its addition. Each sum runs over k in order: it continues what is in c, or, if apart
// is set, starts at zero and is added to c in the end.
func Product(c, a, b []float32, m, k, columns, rs, ks, ldb, ldc int, apart bool) {
	if k == 0 {
		return
	}
	if !on {
		productGo(c, a, b, m, k, columns, rs, ks, ldb, ldc, apart)
		return
	}
	_, _, _ = c[(m-1)*ldc+columns-1], a[(m-1)*rs+(k-1)*ks], b[(k-1)*ldb+columns-1]
	f := &products[columns/32]
	if apart {
		f = &sumProducts[columns/32]
	}
	f[m](&c[0], &a[0], &b[0], k, rs, ks, ldb, ldc)
}

func productGo(c, a, b []float32, m, k, columns, rs, ks, ldb, ldc int, apart bool) {
	for i := range m {
		row := c[i*ldc:][:columns]
		for j := 0; j < columns; j += 4 {
			var s [4]float32
			if !apart {
				s = [4]float32(row[j:])
			}
			at := i * rs
			for p := range k {
				w, x := (*[4]float32)(b[p*ldb+j:]), a[at]
				s[0] = FMA(x, w[0], s[0])
				s[1] = FMA(x, w[1], s[1])
				s[2] = FMA(x, w[2], s[2])
				s[3] = FMA(x, w[3], s[3])
				at += ks
			}
			for q, v := range s {
				if apart {
					v += row[j+q]
				}
				row[j+q] = v
			}
		}
	}
}

// ProductEach adds to each column of c (m, columns) the product of a matrix and a vector of its own, made apart, with the rows and
// columns of Product: c[i, j] gets the sum over k of a[i·rs + k·ks + j]·b[k·ldb + j]. Without assembly it is slow; see
// HasChannels.
func ProductEach(c, a, b []float32, m, k, columns, rs, ks, ldb, ldc int) {
	if k == 0 {
		return
	}
	f := productsEach[columns/32][m]
	if f == nil {
		productEachGo(c, a, b, m, k, columns, rs, ks, ldb, ldc)
		return
	}
	_, _, _ = c[(m-1)*ldc+columns-1], a[(m-1)*rs+(k-1)*ks+columns-1], b[(k-1)*ldb+columns-1]
	f(&c[0], &a[0], &b[0], k, rs, ks, ldb, ldc)
}

func productEachGo(c, a, b []float32, m, k, columns, rs, ks, ldb, ldc int) {
	for i := range m {
		for j := range columns {
			var s float32
			for p := range k {
				s = FMA(a[i*rs+p*ks+j], b[p*ldb+j], s)
			}
			c[i*ldc+j] += s
		}
	}
}
