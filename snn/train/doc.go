// Package train fits the parameters of a model to data.
//
//	model := snn.Sequential(snn.Linear(784, 100), snn.LIF(), snn.Linear(100, 10), snn.LI())
//	opt := train.Adam(snn.Parameters(model), train.LR(0.01))
//	history, err := train.Fit(model, opt, data, train.MaxCrossEntropy, train.Epochs(5), train.Progress(os.Stdout))
//
// Fit is a loop around these lines, which a script can write itself:
//
//	snn.Train(model)
//	opt.ZeroGrad()
//	out, _ := model.Forward(x, nil)
//	train.MaxCrossEntropy(out, y).Backward()
//	opt.Step()
//
// Optimisers, schedules and clipping have PyTorch's names, defaults and rules. Every update is computed in float32, one
// rounded operation after the other, in the order of the parameters, so a run gives the same bits again.
package train
