package tensor

import "fmt"

// MatMul is the matrix product of (…, m, k) and (…, k, n): (…, m, n). The axes in front are a batch and broadcast. A
// vector on the left is a row and on the right a column, and its axis disappears from the result. Each product is
// fused with its addition, in the order of k, so the bits do not depend on the machine.
func (t *Tensor) MatMul(o *Tensor) *Tensor {
	o.given("MatMul", "o")
	p := newProduct(t, o)
	out := zeros("MatMul", p.shape)
	p.run(out.elems(), t.elems(), o.elems())
	if Recording(t, o) {
		p.record(out, t, o)
	}
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

// record is the product's node: the gradient of a is dy times b transposed, that of b is a transposed times dy.
func (p product) record(out, t, o *Tensor) {
	a, b := t.Detach(), o.Detach()
	wantA, wantB := t.grad != nil, o.grad != nil
	var save []*Tensor
	if wantA {
		save = append(save, o)
	}
	if wantB {
		save = append(save, t)
	}
	made("MatMul", out, []*Tensor{t, o}, save, func(dy *Tensor) []*Tensor {
		grads := make([]*Tensor, 2)
		mn, mk, kn := p.m*p.n, p.m*p.k, p.k*p.n
		if wantA {
			grads[0] = ZerosLike(a)
			turned := make([]float32, kn)
			p.each(func(i, atA, atB int) {
				transpose(turned, b.elems()[atB*kn:], p.k, p.n)
				matMul(grads[0].elems()[atA*mk:(atA+1)*mk], dy.elems()[i*mn:], turned, p.m, p.n, p.k)
			})
		}
		if wantB {
			grads[1] = ZerosLike(b)
			turned := make([]float32, mk)
			p.each(func(i, atA, atB int) {
				transpose(turned, a.elems()[atA*mk:], p.m, p.k)
				matMul(grads[1].elems()[atB*kn:(atB+1)*kn], turned, dy.elems()[i*mn:], p.k, p.m, p.n)
			})
		}
		return grads
	})
}

// transpose puts the transpose of a matrix (rows, columns) into dst.
func transpose(dst, src []float32, rows, columns int) {
	for i := range rows {
		for j, v := range src[i*columns : (i+1)*columns] {
			dst[j*rows+i] = v
		}
	}
}
