package train

import "math"

// Schedule is how the learning rate goes with the epochs: the rate of epoch n, from 0 on, is Factor(n) times the first.
type Schedule struct {
	name   string
	factor func(epoch int) float64
}

// Factor is what the first learning rate is multiplied by in an epoch, from 0 on.
func (s Schedule) Factor(epoch int) float64 {
	if s.factor == nil {
		return 1
	}
	return s.factor(epoch)
}

// String is the schedule's name.
func (s Schedule) String() string { return s.name }

// Constant keeps the learning rate.
func Constant() Schedule { return Schedule{"Constant", func(int) float64 { return 1 }} }

// StepDecay multiplies the rate by gamma every so many epochs: PyTorch's StepLR. It panics if every is not positive.
func StepDecay(every int, gamma float64) Schedule {
	if every <= 0 {
		panic("train.StepDecay: the number of epochs must be positive")
	}
	return Schedule{"StepDecay", func(epoch int) float64 { return math.Pow(gamma, float64(epoch/every)) }}
}

// Exponential multiplies the rate by gamma every epoch: PyTorch's ExponentialLR.
func Exponential(gamma float64) Schedule {
	return Schedule{"Exponential", func(epoch int) float64 { return math.Pow(gamma, float64(epoch)) }}
}

// Cosine lowers the rate along half a wave to the part low of it at epoch n, where it stays: PyTorch's
// CosineAnnealingLR up to there. It panics if n is not positive.
func Cosine(n int, low float64) Schedule {
	if n <= 0 {
		panic("train.Cosine: the number of epochs must be positive")
	}
	return Schedule{"Cosine", func(epoch int) float64 {
		return low + float64((1-low)*(1+math.Cos(math.Pi*float64(min(epoch, n))/float64(n)))/2)
	}}
}

// Warmup raises the rate in equal steps and has all of it in epoch n-1, the n-th: PyTorch's LinearLR from 1/n.
func Warmup(n int) Schedule {
	return Schedule{"Warmup", func(epoch int) float64 { return min(1, float64(epoch+1)/float64(max(1, n))) }}
}
