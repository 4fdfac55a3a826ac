package tensor

import "fmt"

// MatMul is the matrix product of (m, k) and (k, n): (m, n). A vector on the left is a row and on the right a column,
// and its axis disappears from the result; more axes in front of t are a batch that shares the right side. Products
// are rounded one by one and added in the order of k.
func (t *Tensor) MatMul(o *Tensor) *Tensor {
	a, b := t, o
	if len(a.shape) == 1 {
		a = a.Unsqueeze(0)
	}
	if len(b.shape) == 1 {
		b = b.Unsqueeze(1)
	}
	if len(t.shape) == 0 || len(o.shape) == 0 || len(b.shape) != 2 || a.shape[len(a.shape)-1] != b.shape[0] {
		panic(fmt.Sprintf("tensor.MatMul: shapes %v and %v", t.shape, o.shape))
	}
	k, n := b.shape[0], b.shape[1]
	m := size(a.shape[:len(a.shape)-1])
	shape := append(append([]int(nil), a.shape[:len(a.shape)-1]...), n)
	out := Zeros(shape...)
	matMul(out.data, a.data, b.data, m, k, n)
	if len(o.shape) == 1 {
		out.shape = out.shape[:len(out.shape)-1]
	}
	if len(t.shape) == 1 {
		out.shape = out.shape[1:]
	}
	return out
}

// matMul adds a (m, k) times b (k, n) to c (m, n). Zeros of a cost nothing, which is what spikes mostly are.
func matMul(c, a, b []float32, m, k, n int) {
	for i := range m {
		row := c[i*n : (i+1)*n]
		for p := range k {
			v := a[i*k+p]
			if v == 0 {
				continue
			}
			from := b[p*n : (p+1)*n : (p+1)*n]
			for j, w := range from {
				row[j] += float32(v * w)
			}
		}
	}
}
