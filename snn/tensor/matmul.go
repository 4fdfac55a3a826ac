package tensor

import "fmt"

// MatMul is the matrix product of (…, m, k) and (…, k, n): (…, m, n). The axes in front are a batch and broadcast. A
// vector on the left is a row and on the right a column, and its axis disappears from the result. Products are rounded
// one by one and added in the order of k, so the bits do not depend on the machine.
func (t *Tensor) MatMul(o *Tensor) *Tensor {
	p := newProduct(t, o)
	out := Zeros(p.shape...)
	p.run(out.data, t.data, o.data)
	return out
}

// product is the plan of a matrix product.
type product struct {
	m, k, n      int
	batch        []int // shape in front of the matrices
	stepA, stepB []int // of the batch, in matrices
	shape        []int // of the result
}

func newProduct(t, o *Tensor) product {
	a, b := t.shape, o.shape
	if len(a) == 0 || len(b) == 0 {
		panic(fmt.Sprintf("tensor.MatMul: shapes %v and %v", t.shape, o.shape))
	}
	if len(a) == 1 {
		a = []int{1, a[0]}
	}
	if len(b) == 1 {
		b = []int{b[0], 1}
	}
	i, j := len(a)-2, len(b)-2
	if a[i+1] != b[j] || !broadcasts(a[:i], b[:j]) {
		panic(fmt.Sprintf("tensor.MatMul: shapes %v and %v", t.shape, o.shape))
	}
	p := product{m: a[i], k: b[j], n: b[j+1], batch: broadcast("MatMul", a[:i], b[:j])}
	p.stepA, p.stepB = broadcastSteps(a[:i], p.batch), broadcastSteps(b[:j], p.batch)
	p.shape = append([]int(nil), p.batch...)
	if len(t.shape) > 1 {
		p.shape = append(p.shape, p.m)
	}
	if len(o.shape) > 1 {
		p.shape = append(p.shape, p.n)
	}
	return p
}

// run adds the products of all matrices of a and b to c.
func (p *product) run(c, a, b []float32) {
	p.each(func(i, atA, atB int) {
		matMul(c[i*p.m*p.n:(i+1)*p.m*p.n], a[atA*p.m*p.k:], b[atB*p.k*p.n:], p.m, p.k, p.n)
	})
}

// each calls f with the position of every matrix of the result and of the two it comes from, counted in matrices.
func (p *product) each(f func(i, a, b int)) {
	i := 0
	var visit func(axis, a, b int)
	visit = func(axis, a, b int) {
		if axis == len(p.batch) {
			f(i, a, b)
			i++
			return
		}
		for k := range p.batch[axis] {
			visit(axis+1, a+k*p.stepA[axis], b+k*p.stepB[axis])
		}
	}
	visit(0, 0, 0)
}
