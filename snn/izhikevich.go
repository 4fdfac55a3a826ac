package snn

import "github.com/livespike/livespike/internal/simd"

var izhikevich = register(&model{
	name: "Izhikevich",
	cuda: "izhikevich",
	params: join([]param{
		number("a", 0.02), number("b", 0.2), number("c", -65), number("d", 6),
		number("sq", 0.04), number("mn", 5), number("bias", 140), number("v_th", 30),
		{name: "tau_inv", value: 250, unit: "1/s", check: positive, plain: true},
	}, spikingPlain(), []param{
		{name: "v_init", value: -70, plain: true, hidden: true},
		{name: "u_init", value: -14, plain: true, hidden: true},
	}),
	state: []field{{"v", "v_init"}, {"u", "u_init"}},
	coefs: []string{"tau_inv*dt", "tau_inv*dt*a", "b", "c", "d", "sq", "mn", "bias", "v_th"},
	recur: "IzhikevichRecurrentState",

	numbers:  true,
	behaving: true,
	step:     izhikevichStep,
	fast:     simd.Izhikevich,
	both:     izhikevichRecurrentStep,
	back:     izhikevichBack,
	fastBack: simd.IzhikevichBack,
})

// IzhikevichCell is Izhikevich's simple model of spiking neurons, one step at a time.
//
//	q  = (((sq·v² + mn·v) + bias) − u) + x
//	w  = v + τ⁻¹·dt·q
//	y  = u + τ⁻¹·dt·a·(b·v − u)
//	z  = 1 if w > v_th, else 0
//	v' = (1 − z)·w + z·c
//	u' = (1 − z)·y + z·(y + d)
//
// Input and output have the shape of one step. State: v, u of that shape, starting where the behaviour says, by default
// at -70 and -14.
//
//	a 0.02    b 0.2    c -65    d 6    sq 0.04    mn 5    bias 140    v_th 30    tau_inv  250 1/s
//	method super    alpha 100    dt 0.001 s
//
// A behaviour, such as TonicSpiking, which is the default, or Bistability, sets them together; options given beside it
// win. v is in mV. The delayed order cannot be had: the input goes into the membrane directly.
//
// Source: Izhikevich, IEEE Transactions on Neural Networks 2003 and 2004; Norse, functional/izhikevich.py at 065a3b45.
func IzhikevichCell(opts ...Option) *Cell { return izhikevich.cell(opts) }

// Izhikevich is IzhikevichCell over a sequence: axis 0 of the input is time.
func Izhikevich(opts ...Option) *Layer { return izhikevich.layer(opts) }

// IzhikevichRecurrentCell is IzhikevichCell for a population with input and recurrent weights, one step at a time: x is
// (…, in), the output (…, hidden). The input and the recurrent current are added to q one after the other. The state
// has z, the spikes of the step before, in front. Options: InputWeights, RecurrentWeights, Autapses, and those of
// IzhikevichCell.
func IzhikevichRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return izhikevich.recurrentCell("IzhikevichRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// IzhikevichRecurrent is IzhikevichRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func IzhikevichRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return izhikevich.recurrentLayer("IzhikevichRecurrent", in, hidden, norseWeights(hidden), opts)
}

func izhikevichStep(z, x, s, c []float32, stride int) {
	kv, ku, b, reset, d, sq, mn, bias, th := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]
	n := len(z)
	x, v, u := x[:n], s[:n], s[stride:][:n]
	for k := range z {
		q := (((float32(sq*float32(v[k]*v[k])) + float32(mn*v[k])) + bias) - u[k]) + x[k]
		w := v[k] + float32(kv*q)
		y := u[k] + float32(ku*(float32(b*v[k])-u[k]))
		f := above(w, th)
		v[k] = float32((1-f)*w) + float32(f*reset)
		u[k] = float32((1-f)*y) + float32(f*(y+d))
		z[k] = f
	}
}

// izhikevichRecurrentStep adds the recurrent current r to q after the input.
func izhikevichRecurrentStep(z, x, r, s, c []float32, stride int) {
	kv, ku, b, reset, d, sq, mn, bias, th := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]
	n := len(z)
	x, r, v, u := x[:n], r[:n], s[:n], s[stride:][:n]
	for k := range z {
		q := ((((float32(sq*float32(v[k]*v[k])) + float32(mn*v[k])) + bias) - u[k]) + x[k]) + r[k]
		w := v[k] + float32(kv*q)
		y := u[k] + float32(ku*(float32(b*v[k])-u[k]))
		f := above(w, th)
		v[k] = float32((1-f)*w) + float32(f*reset)
		u[k] = float32((1-f)*y) + float32(f*(y+d))
		z[k] = f
	}
}

func izhikevichBack(g *sweep) {
	kv, ku, b, reset, d, sq, mn, bias, th := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6], g.c[7], g.c[8]
	n := len(g.dz)
	x, v, u := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, du := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		q := (((float32(sq*float32(v[k]*v[k])) + float32(mn*v[k])) + bias) - u[k]) + x[k]
		if g.r != nil {
			q += g.r[k]
		}
		w := v[k] + float32(kv*q)
		f := above(w, th)
		after, dy := dv[k], du[k]
		spike := g.spike(w-th, (up+float32(after*(reset-w)))+float32(dy*d))
		dw := float32((1-f)*after) + spike
		dq, slow := float32(kv*dw), float32(ku*dy)
		if g.dc != nil {
			g.count(dw*q, dy*(float32(b*v[k])-u[k]), slow*v[k], f*after, f*dy, dq*v[k]*v[k], dq*v[k], dq, -spike)
		}
		dv[k] = (dw + float32(dq*(float32(2*sq*v[k])+mn))) + float32(slow*b)
		du[k] = (dy - slow) - dq
		dx[k] = dq
	}
}
