// Package train fits the parameters of a model to data.
//
//	params := []train.Parameter{{"w", w}}
//	opt := train.Adam(params, train.LR(0.01))
//	for range 100 {
//		opt.ZeroGrad()
//		tensor.MSE(x.MatMul(w), y).Backward()
//		opt.Step()
//	}
//
// Optimisers, schedules and clipping have PyTorch's names, defaults and rules. Every update is computed in float32, one
// rounded operation after the other, in the order of the parameters, so a run gives the same bits again.
package train
