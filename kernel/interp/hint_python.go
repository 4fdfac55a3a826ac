package interp

import "strings"

// pythonNames are what people type who come from PyTorch and Norse, by the complaint of the checker.
var pythonNames = map[string]string{
	"undefined: torch":                "torch.ones(2) is tensor.Ones(2), torch.nn.Linear is snn.Linear; ?norse has more",
	"undefined: norse":                "norse.LIFCell() is snn.LIFCell(); ?norse lists every name",
	"undefined: nn":                   "nn.Linear is snn.Linear; ?norse lists every name",
	"undefined: optim":                "optim.Adam is train.Adam(snn.Parameters(model), train.LR(0.01))",
	"undefined: plt":                  "figures are in plot: plot.Raster(spikes), plot.Trace(voltages); ?plots shows all",
	"undefined: np":                   "arrays are tensors: tensor.Of(1, 2, 3), tensor.Zeros(2, 3)",
	"undefined: snn.CrossEntropyLoss": "losses are in train: train.MaxCrossEntropy, train.MeanCrossEntropy, train.LastCrossEntropy",
}

// pythonMembers are methods of PyTorch's tensors and modules that have another name or form.
var pythonMembers = map[string]string{
	"size":        "the sizes are x.Shape()",
	"state_dict":  "snn.Save(file, model) and snn.Load(file, model)",
	"parameters":  "snn.Parameters(model)",
	"Parameters":  "snn.Parameters(model)",
	"train":       "snn.Train(model)",
	"eval":        "snn.Eval(model)",
	"numpy":       "the numbers are x.Data()",
	"cuda":        "model.To(device), of device, err := snn.CUDA(0)",
	"zero_grad":   "optimizer.ZeroGrad()",
	"log_softmax": "x.LogSoftmax(dim)",
}

// fromPython says how something of PyTorch or Norse is written here.
func fromPython(msg string) string {
	if hint := pythonNames[msg]; hint != "" {
		return hint
	}
	if name, ok := missingMember(msg); ok && (strings.Contains(msg, "(type *snn.") || strings.Contains(msg, "(type *tensor.")) {
		if hint := pythonMembers[name]; hint != "" {
			return hint
		}
	}
	if model, ok := strings.CutPrefix(msg, "undefined: snn."); ok {
		if model, ok = strings.CutSuffix(model, "Parameters"); ok && model != "" {
			return "parameters are options: snn." + model + "Cell(snn.TauMemInv(100), …)"
		}
	}
	if name, ok := strings.CutPrefix(msg, "undefined: plot.plot_"); ok {
		return "?plot_" + name + " says what it is called here"
	}
	if _, function, ok := strings.Cut(msg, " as snn.Option value in argument to "); ok {
		if strings.Contains(msg, "(value of type func") {
			return "it is a function: write it with (…)"
		}
		return "options have names, such as snn.DT(0.001); ?" + function + " tells more"
	}
	const tensors = "*tensor.Tensor"
	switch {
	case strings.Contains(msg, "cannot index ") && strings.Contains(msg, "of type "+tensors):
		return "x[0] is x.Index(0), x[2:5] is x.Slice(0, 2, 5), one number is x.At1(0)"
	case strings.Contains(msg, "cannot slice ") && strings.Contains(msg, "of type "+tensors):
		return "x[2:5] is x.Slice(0, 2, 5), x[:, 2:5] is x.Slice(1, 2, 5)"
	case strings.Contains(msg, "mismatched types "+tensors), strings.Contains(msg, "and "+tensors+")"),
		strings.Contains(msg, "operator ") && strings.Contains(msg, "of type "+tensors):
		return "tensors are computed with by methods: x.Add(1), x.Mul(y), x.MatMul(y)"
	case strings.Contains(msg, "cannot call ") && strings.Contains(msg, "of type *snn."):
		return "a module is called by its method: y, state := model.Forward(x, state)"
	}
	return ""
}
