package simd

// rowsLeave masks the columns that rowsAsm and sumRowsAsm leave: they take a multiple of 8, in AVX-512 any number.
var rowsLeave = 7

// AddRows adds values[k]·(row index[k] of t) to acc, k after k. The rows of t are stride long; acc may be shorter.
func AddRows(acc, t, values []float32, index []int32, stride int) {
	values = values[:len(index)]
	if n := len(acc) &^ rowsLeave; on && n > 0 && len(index) > 0 {
		rowsAsm(&acc[0], &t[0], &values[0], &index[0], len(index), stride, n)
		if n == len(acc) {
			return
		}
		acc, t = acc[n:], t[n:]
	}
	addRowsGo(acc, t, values, index, stride)
}

func addRowsGo(acc, t, values []float32, index []int32, stride int) {
	for ; len(index) >= 4; index, values = index[4:], values[4:] {
		u0, u1, u2, u3 := values[0], values[1], values[2], values[3]
		a, b := t[int(index[0])*stride:][:len(acc)], t[int(index[1])*stride:][:len(acc)]
		c, d := t[int(index[2])*stride:][:len(acc)], t[int(index[3])*stride:][:len(acc)]
		for o, s := range acc {
			s = FMA(u0, a[o], s)
			s = FMA(u1, b[o], s)
			s = FMA(u2, c[o], s)
			acc[o] = FMA(u3, d[o], s)
		}
	}
	for k, i := range index {
		axpyGo(acc, values[k], t[int(i)*stride:][:len(acc)])
	}
}

// SumRows adds to acc the sum of values[k]·(row index[k] of t), which is made apart, k after k. work is memory of the
// length of acc.
func SumRows(acc, t, values []float32, index []int32, stride int, work []float32) {
	if len(index) == 0 {
		return
	}
	values = values[:len(index)]
	if n := len(acc) &^ rowsLeave; on && n > 0 {
		sumRowsAsm(&acc[0], &t[0], &values[0], &index[0], len(index), stride, n)
		if n == len(acc) {
			return
		}
		acc, t = acc[n:], t[n:]
	}
	work = work[:len(acc)]
	clear(work)
	addRowsGo(work, t, values, index, stride)
	for o, v := range work {
		acc[o] += v
	}
}

// SumColumns adds to acc[o] the sum of values[k]·t[o·stride + index[k]], which is made apart, k after k.
func SumColumns(acc, t, values []float32, index []int32, stride int) {
	if len(index) == 0 {
		return
	}
	values = values[:len(index)]
	if n := len(acc) &^ 3; on && n > 0 {
		_ = t[(n-1)*stride]
		sumColumnsAsm(&acc[0], &t[0], &values[0], &index[0], len(index), stride, n)
		if n == len(acc) {
			return
		}
		acc, t = acc[n:], t[n*stride:]
	}
	sumColumnsGo(acc, t, values, index, stride)
}

func sumColumnsGo(acc, t, values []float32, index []int32, stride int) {
	for o := range acc {
		row := t[o*stride:]
		var s float32
		for k, at := range index {
			s = FMA(values[k], row[at], s)
		}
		acc[o] += s
	}
}

// axpyGo adds a·x to y.
func axpyGo(y []float32, a float32, x []float32) {
	for k, v := range x[:len(y)] {
		y[k] = FMA(a, v, y[k])
	}
}

// Add adds x to y.
func Add(y, x []float32) {
	x = x[:len(y)]
	if n := len(y) &^ 7; on && n > 0 {
		addAsm(&y[0], &x[0], n)
		y, x = y[n:], x[n:]
	}
	for k, v := range x {
		y[k] += v
	}
}
