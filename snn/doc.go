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
package snn
