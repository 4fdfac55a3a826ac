package snn

import "math"

// linearSparse is the share of non-zero inputs below which only those are visited (spec/performance.md 4.7).
const linearSparse = 0.30

// chunk is the length of the pieces that a sum is made of.
const chunk = 1024

// nonzero is 1 for a number that is not ±0, else 0, without a branch.
func nonzero(v float32) int {
	b := math.Float32bits(v) << 1
	return int((b | -b) >> 31)
}

// countActive is the number of elements that are not ±0.
func countActive(x []float32) int {
	a, b := 0, 0
	for len(x) >= 4 {
		a += nonzero(x[0]) + nonzero(x[1])
		b += nonzero(x[2]) + nonzero(x[3])
		x = x[4:]
	}
	for _, v := range x {
		a += nonzero(v)
	}
	return a + b
}

// linear writes x·wᵀ into dst: rows of in inputs, w of shape (out, in).
func linear(dst, x, w []float32, in, out int) {
	linearRows(dst, x, w, in, out, isActive(x))
}

// isActive is the rule that chooses the path, from the whole input of a call.
func isActive(x []float32) bool { return float64(countActive(x)) < linearSparse*float64(len(x)) }

// linearRows is linear with the path given.
func linearRows(dst, x, w []float32, in, out int, sparse bool) {
	clear(dst)
	rows := len(x) / in
	watch := watcher{per: chunk * out / 4}
	for at := 0; at < in; at += chunk {
		n := min(chunk, in-at)
		if sparse {
			for r := range rows {
				linearActive(dst[r*out:(r+1)*out], x[r*in+at:][:n], w, at, in)
				watch.step("Linear")
			}
			continue
		}
		r := 0
		for ; r+1 < rows; r += 2 {
			linearPair(dst[r*out:][:2*out], x[r*in+at:][:n], x[(r+1)*in+at:][:n], w, at, in, out)
			watch.step("Linear")
		}
		if r < rows {
			linearRow(dst[r*out:][:out], x[r*in+at:][:n], w, at, in)
		}
	}
}

// linearPair adds one piece of two rows, four outputs at a time: eight sums that do not wait for each other.
func linearPair(dst, x, y, w []float32, at, in, out int) {
	n := len(x)
	y = y[:n]
	o := 0
	for ; o+3 < out; o += 4 {
		a, b, c, d := w[o*in+at:][:n], w[(o+1)*in+at:][:n], w[(o+2)*in+at:][:n], w[(o+3)*in+at:][:n]
		var xa, xb, xc, xd, ya, yb, yc, yd float32
		for k, u := range x {
			v := y[k]
			wa, wb, wc, wd := a[k], b[k], c[k], d[k]
			xa += float32(u * wa)
			xb += float32(u * wb)
			xc += float32(u * wc)
			xd += float32(u * wd)
			ya += float32(v * wa)
			yb += float32(v * wb)
			yc += float32(v * wc)
			yd += float32(v * wd)
		}
		p, q := dst[o:][:4], dst[out+o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
		q[0], q[1], q[2], q[3] = q[0]+ya, q[1]+yb, q[2]+yc, q[3]+yd
	}
	for ; o < out; o++ {
		a := w[o*in+at:][:n]
		var xa, ya float32
		for k, u := range x {
			xa += float32(u * a[k])
			ya += float32(y[k] * a[k])
		}
		dst[o] += xa
		dst[out+o] += ya
	}
}

// linearRow adds one piece of one row.
func linearRow(dst, x, w []float32, at, in int) {
	n, o := len(x), 0
	for ; o+3 < len(dst); o += 4 {
		a, b, c, d := w[o*in+at:][:n], w[(o+1)*in+at:][:n], w[(o+2)*in+at:][:n], w[(o+3)*in+at:][:n]
		var xa, xb, xc, xd float32
		for k, u := range x {
			xa += float32(u * a[k])
			xb += float32(u * b[k])
			xc += float32(u * c[k])
			xd += float32(u * d[k])
		}
		p := dst[o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
	}
	for ; o < len(dst); o++ {
		a := w[o*in+at:][:n]
		var xa float32
		for k, u := range x {
			xa += float32(u * a[k])
		}
		dst[o] += xa
	}
}

// linearActive adds one piece of one row of which most inputs are zero.
func linearActive(dst, x, w []float32, at, in int) {
	var index [chunk]int32
	n := 0
	for k, v := range x {
		index[n&(chunk-1)] = int32(k)
		n += nonzero(v)
	}
	if n == 0 {
		return
	}
	o := 0
	for ; o+3 < len(dst); o += 4 {
		m := len(x)
		a, b, c, d := w[o*in+at:][:m], w[(o+1)*in+at:][:m], w[(o+2)*in+at:][:m], w[(o+3)*in+at:][:m]
		var xa, xb, xc, xd float32
		for _, k := range index[:n] {
			u := x[k]
			xa += float32(u * a[k])
			xb += float32(u * b[k])
			xc += float32(u * c[k])
			xd += float32(u * d[k])
		}
		p := dst[o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
	}
	for ; o < len(dst); o++ {
		a := w[o*in+at:][:len(x)]
		var xa float32
		for _, k := range index[:n] {
			xa += float32(x[k] * a[k])
		}
		dst[o] += xa
	}
}

// transposed is w, (out, in), as (in, out).
func transposed(t, w []float32, in, out int) {
	for o := range out {
		for k, v := range w[o*in:][:in] {
			t[k*out+o] = v
		}
	}
}

// linearActiveRows is linearRows for inputs that are mostly zero, with the weights transposed: the same sums in the same
// order, four inputs in one pass over the neighbouring outputs.
func linearActiveRows(dst, x, t []float32, in, out int) {
	p := borrow(out)
	defer giveBack(p)
	acc := (*p)[:out]
	var index [chunk]int32
	clear(dst)
	for r := range len(x) / in {
		row := dst[r*out:][:out]
		for at := 0; at < in; at += chunk {
			n := 0
			piece := x[r*in+at:][:min(chunk, in-at)]
			for k, v := range piece {
				index[n&(chunk-1)] = int32(k)
				n += nonzero(v)
			}
			if n == 0 {
				continue
			}
			clear(acc)
			active := index[:n]
			for ; len(active) >= 4; active = active[4:] {
				i, j, k, l := int(active[0]), int(active[1]), int(active[2]), int(active[3])
				u0, u1, u2, u3 := piece[i], piece[j], piece[k], piece[l]
				a, b := t[(at+i)*out:][:len(acc)], t[(at+j)*out:][:len(acc)]
				c, d := t[(at+k)*out:][:len(acc)], t[(at+l)*out:][:len(acc)]
				for o, s := range acc {
					s += float32(u0 * a[o])
					s += float32(u1 * b[o])
					s += float32(u2 * c[o])
					acc[o] = s + float32(u3*d[o])
				}
			}
			for _, k := range active {
				axpy(acc, piece[k], t[(at+int(k))*out:][:out])
			}
			add(row, acc)
		}
	}
}
