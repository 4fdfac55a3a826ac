// Package snn holds spiking neuron models and the layers around them, with the numbers of Norse bit for bit.
//
//	cell := snn.LIFCell()
//	out, state := cell.Forward(tensor.Ones(1), nil)      // one step; nil is a fresh state
//	out, state = cell.Forward(tensor.Ones(1), state)     // the next one
//	spikes, _ := snn.LIF().Forward(tensor.Ones(100, 1), nil) // a hundred steps: axis 0 is time
//
// A model is a constructor named as in Norse (LIFCell is one step, LIF a sequence, LIFRecurrent a sequence with
// recurrent weights); its parameters are options by name (TauMemInv, VTh, DT …), each a number or a tensor with one
// value per neuron. Rates are inverse time constants in 1/s and the step is in seconds, as in Norse; Tau converts.
//
// A state is a value: a module keeps none, Forward leaves the one it is given as it was, and only ForwardInto writes
// into it. Shapes and options that do not fit panic with one line that names both sides and the module's place in the
// model.
//
// All arithmetic is float32, every operation rounded by itself in the order that each model's documentation writes.
// By default the input jumps in before the integration, as in Norse from 1.1 on; Delayed restores the order of Norse
// 0.0.7, in which it jumps in afterwards.
//
// # Training
//
//	model := snn.Sequential(snn.Linear(784, 256), snn.LIF(), snn.Linear(256, 10), snn.LI())
//	snn.Train(model)                                  // parameters require gradients, Dropout drops
//	out, _ := model.Forward(x, nil)                   // (T, batch, 10)
//	tensor.CrossEntropy(out.Max(0), labels).Backward()
//	for _, p := range snn.Parameters(model) { … p.Value.Grad() … }
//	snn.Eval(model)                                   // records nothing any more
//	err := snn.Save("model.safetensors", model)
//
// Every module passes gradients to its input, its weights, its first state and its learned parameters (Learn). A neuron
// layer is one operation over all its time steps, with a backward pass of its own in which a surrogate (package
// surrogate) stands in for the derivative of the spike. Where Norse cuts gradients they are cut here: the first state
// does not depend on v_leak, and the recurrent LIF, LIFRefrac, LIFMC and LSNN take the spike for a constant where they
// reset. State.Detach cuts them between two pieces of a long sequence. Package train has the optimisers and the loop.
package snn
