package simd

// ProductRows and ProductColumns are the size of a tile of Product.
const ProductRows, ProductColumns = 6, 16

type product func(c, a, b *float32, k, rs, ks, ldc int)

// products and sumProducts are the micro-kernels by the number of rows.
var products, sumProducts [ProductRows + 1]product

// Product adds a tile of a matrix product to c: m rows, at most ProductRows, of ProductColumns. a is (m, k), its elements
// rs apart in a column and ks in a row; b is (k, ProductColumns), close together; the rows of c are ldc apart. Each
// product is fused with its addition. Each sum runs over k in order: it continues what is in c, or, if apart is set, starts
// at zero and is added to c in the end.
func Product(c, a, b []float32, m, k, rs, ks, ldc int, apart bool) {
	if k == 0 {
		return
	}
	if !on {
		productGo(c, a, b, m, k, rs, ks, ldc, apart)
		return
	}
	_, _, _ = c[(m-1)*ldc+ProductColumns-1], a[(m-1)*rs+(k-1)*ks], b[k*ProductColumns-1]
	f := &products
	if apart {
		f = &sumProducts
	}
	f[m](&c[0], &a[0], &b[0], k, rs, ks, ldc)
}

func productGo(c, a, b []float32, m, k, rs, ks, ldc int, apart bool) {
	for i := range m {
		row := c[i*ldc:][:ProductColumns]
		for j := 0; j < ProductColumns; j += 4 {
			var s [4]float32
			if !apart {
				s = [4]float32(row[j:])
			}
			at := i * rs
			for p := range k {
				w, x := (*[4]float32)(b[p*ProductColumns+j:]), a[at]
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
