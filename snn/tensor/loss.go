package tensor

import (
	"fmt"

	"github.com/livespike/livespike/internal/simd"
)

// MSE is the mean of the squared differences of two tensors of one shape. Shapes do not broadcast here: a loss over
// the wrong pairs would go unnoticed.
func MSE(y, target *Tensor) *Tensor {
	y.given("MSE", "y")
	target.given("MSE", "target")
	if !sameShape(y.shape, target.shape) {
		panic(fmt.Sprintf("tensor.MSE: shapes %v and %v", y.shape, target.shape))
	}
	d := y.Sub(target)
	return d.Mul(d).Mean()
}

// CrossEntropy is the mean of -log(softmax(logits)) at the right class; the classes are the last axis of logits. The
// target has the axes before it and holds class numbers, or the shape of logits and holds the probability of every
// class. It panics for a class that does not exist. The target gets no gradient.
func CrossEntropy(logits, target *Tensor) *Tensor {
	logits.given("CrossEntropy", "logits")
	target.given("CrossEntropy", "target")
	if len(logits.shape) == 0 {
		panic("tensor.CrossEntropy: logits of shape [] have no axis of classes")
	}
	last := len(logits.shape) - 1
	p := target.Detach()
	if !sameShape(logits.shape, target.shape) {
		if !sameShape(logits.shape[:last], target.shape) {
			panic(fmt.Sprintf("tensor.CrossEntropy: logits of shape %v and target of shape %v", logits.shape, target.shape))
		}
		p = oneHot(p, logits.shape)
	}
	rows := float64(len(logits.elems())) / float64(logits.shape[last])
	log := logits.Detach().LogSoftmax(-1)
	var sum float64
	for i, w := range p.elems() {
		if w != 0 {
			sum -= float64(float64(w) * float64(log.elems()[i]))
		}
	}
	out := Scalar(sum / rows)
	if Recording(logits) {
		recordCrossEntropy(out, logits, p, log, rows)
	}
	return out
}

// oneHot is 1 at the classes and 0 elsewhere.
func oneHot(classes *Tensor, shape []int) *Tensor {
	out, n := Zeros(shape...), shape[len(shape)-1]
	for i, v := range classes.elems() {
		c := int(v)
		if float32(c) != v || c < 0 || c >= n {
			panic(fmt.Sprintf("tensor.CrossEntropy: class %v of %d, target of shape %v", v, n, classes.shape))
		}
		out.elems()[i*n+c] = 1
	}
	return out
}

// recordCrossEntropy: the derivative is softmax times the row's weight, minus the target, over the number of rows.
func recordCrossEntropy(out, logits, p, log *Tensor, rows float64) {
	made("CrossEntropy", out, []*Tensor{logits}, []*Tensor{p}, func(dy *Tensor) []*Tensor {
		dx := ZerosLike(log)
		scale := float64(dy.elems()[0]) / rows
		log.rows(len(log.shape)-1, func(at, step, n int) {
			var weight float64
			for _, w := range p.elems()[at : at+n] {
				weight += float64(w)
			}
			for i := at; i < at+n; i++ {
				dx.elems()[i] = float32((float64(simd.Exp(float64(log.elems()[i]))*weight) - float64(p.elems()[i])) * scale)
			}
		})
		return []*Tensor{dx}
	})
}
