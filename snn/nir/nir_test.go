package nir

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/internal/hdf5"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// TestConformanceNIR compares with what Norse 065a3b45 computes from files that the package nir 1.0.7 wrote.
func TestConformanceNIR(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_NIR")
	if dir == "" {
		dir = "testdata"
	}
	file, err := golden.Load(filepath.Join(dir, "nir.json"))
	if err != nil {
		t.Fatal(err)
	}
	failed, passed := 0, golden.Tally{}
	for _, c := range file.Cases {
		if err := conform(dir, c); err != nil {
			failed++
			t.Errorf("%s: %v", c.Text("name"), err)
			continue
		}
		passed.Add(c)
	}
	passed.Log(t.Logf)
	t.Logf("conformance nir: %d cases, %d failed, 0 skipped", len(file.Cases), failed)
}

func conform(dir string, c golden.Case) error {
	if op := c.Text("op"); op != "nir.run" {
		return fmt.Errorf("unknown operation %q", op)
	}
	in, err := c.Tensor("input")
	if err != nil {
		return err
	}
	want, err := c.Tensor("output")
	if err != nil {
		return err
	}
	m, err := Load(filepath.Join(dir, c.Text("nir")), DT(c.Number("dt", 0.001)))
	if err != nil {
		return err
	}
	out, _ := snn.Lift(m).Forward(tensor.FromSlice(in.Data, in.Shape...), nil)
	return golden.Compare("output", c.Text("tol"), out.Shape(), out.Data(), want)
}

// TestDefect14CurrentJumpSurvives is the round trip that Norse fails: its LIF fires 19 times, the file that it writes, with w_in 1,
// fires 0 times when it reads it again. Figures from Norse 065a3b45.
func TestDefect14CurrentJumpSurvives(t *testing.T) {
	x := tensor.Ones(60, 1)
	count := func(m snn.Module) int {
		z, _ := snn.Lift(m).Forward(x, nil)
		return int(z.Sum().Item())
	}
	path := filepath.Join(t.TempDir(), "lif.nir")
	MustSave(path, snn.LIFCell(), []int{1})
	g := MustRead(path)
	if w := g.Nodes["0"].Tensors["w_in"]; fmt.Sprint(w) != "tensor([5.])" {
		t.Errorf("w_in is %v, want tau_syn/dt = 5", w)
	}
	g.Nodes["0"].Tensors["w_in"].Data()[0] = 1
	literal, err := FromNIR(g)
	if err != nil {
		t.Fatal(err)
	}
	norses, err := FromNIR(g, NorseJump())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want int }{
		"the cell":               {count(snn.LIFCell()), 19},
		"the cell, read again":   {count(MustLoad(path)), 19},
		"w_in 1":                 {count(literal), 0},
		"w_in 1 that means jump": {count(norses), 19},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d spikes, want %d", name, c.got, c.want)
		}
	}
}

// trip is a model, the shape of its step, and what goes in front of the shape.
type trip struct {
	model   snn.Module
	shape   []int
	leading int
}

// trips has every module that can be written.
func trips() map[string]trip {
	tensor.Seed(5)
	per := tensor.Linspace(61, 207, 4)
	noBack := tensor.Randn(4, 4)
	return map[string]trip{
		"jittered": {snn.Sequential(
			snn.Linear(3, 4), snn.LIFCell(snn.TauMemInv(83.7), snn.TauSynInv(per), snn.VTh(0.31), snn.VLeak(0.02), snn.DT(0.0007),
				snn.Surrogate(surrogate.Triangle(0.3))),
			snn.Linear(4, 2, snn.Bias(false)), snn.LICell(snn.TauMemInv(30), snn.TauSynInv(77.7)),
		), []int{3}, 0},
		"boxes":   {snn.Sequential(snn.LIFBoxCell(snn.TauMemInv(80), snn.VReset(-0.3)), snn.Scale(3.5), snn.LIBoxCell(snn.TauMemInv(30))), []int{4}, 0},
		"delayed": {snn.Sequential(snn.LIFCell(snn.Delayed()), snn.IAFCell(snn.VTh(2.5)), snn.LICell(snn.Delayed())), []int{2, 3}, 0},
		"convolutions": {snn.Sequential(
			snn.Lift(snn.Conv2d(1, 2, 3, snn.Padding("same"), snn.Dilation(2))), snn.LIF(),
			snn.SumPool2d(2), snn.Lift(snn.Conv2d(2, 4, 3, snn.Stride(2), snn.Bias(false))), snn.IAF(),
			snn.Dropout(0), snn.AvgPool2d([]int{2, 1}), snn.Flatten(2), snn.Linear(12, 5), snn.LI(),
		), []int{1, 14, 14}, 2},
		"oblong": {snn.Conv2d(2, 4, []int{3, 5}, snn.Groups(2), snn.Padding([]int{1, 2}), snn.Dilation([]int{1, 2}), snn.Stride([]int{1, 2})), []int{2, 7, 9}, 0},
		"recurrent": {snn.Sequential(
			snn.LIFRecurrent(3, 4, snn.RecurrentWeights(noBack), snn.TauMemInv(91.3)), snn.IAFRecurrent(4, 3, snn.Autapses(true)), snn.LILinear(3, 2),
		), []int{3}, 1},
		"residual": {snn.Sequential(snn.Linear(3, 3), snn.Residual(snn.Linear(3, 3), snn.LIFCell()), snn.Parallel(snn.Linear(3, 2), snn.Linear(3, 2))), []int{3}, 0},
		"network": {snn.Sequential(snn.Linear(3, 4), snn.Network([]snn.Node{
			{Name: "lif", Module: snn.LIFCell()},
			{Name: "back", Module: snn.Linear(4, 4)},
			{Name: "input_", Module: snn.Sequential(snn.Scale(2), snn.Linear(4, 2))},
		}, [2]string{"input", "lif"}, [2]string{"lif", "back"}, [2]string{"back", "lif"}, [2]string{"lif", "input_"}, [2]string{"input_", "output"})), []int{3}, 0},
		"own":    {snn.Sequential(&integrator{tensor.Scalar(0.2)}, &threshold{tensor.Scalar(0.5)}, mustDelay(tensor.Of(0.003, 0, 0.002)), mustDelay(tensor.Scalar(0.001)), mustDelay(tensor.Scalar(0))), []int{3}, 0},
		"conv1d": {snn.Sequential(&conv1d{snn.Conv2d(2, 3, []int{1, 3}, snn.Padding([]int{0, 2}), snn.Stride([]int{1, 2}))}, snn.LIFCell(snn.VTh(0.2))), []int{2, 9}, 0},
	}
}

func mustDelay(t *tensor.Tensor) *delay {
	d, err := newDelay(t, 0.001)
	if err != nil {
		panic(err)
	}
	return d
}

// run is 40 steps of a model that may be over time.
func run(m snn.Module, c trip) *tensor.Tensor {
	tensor.Seed(8)
	x := tensor.Rand(append([]int{40, 2}[:max(c.leading, 1)], c.shape...)...).Mul(2)
	if !overTime(m) {
		m = snn.Lift(m)
	}
	y, _ := m.Forward(x, nil)
	return y
}

// TestRoundTrip saves and loads every kind of module: the same bits come out, and writing what was read gives the same file.
// With LIVESPIKE_NIR_OUT the files stay in that folder, for testdata/reference.py.
func TestRoundTrip(t *testing.T) {
	dir := os.Getenv("LIVESPIKE_NIR_OUT")
	if dir == "" {
		dir = t.TempDir()
	}
	for name, c := range trips() {
		path := filepath.Join(dir, name+".nir")
		if err := Save(path, c.model, c.shape, Leading(max(c.leading, 0))); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, got := run(c.model, c), run(m, c)
		if !got.Equal(want) {
			t.Errorf("%s: other numbers: %v", name, got.Sub(want).Abs().Max())
		}
		if top := want.Max().Item(); top == 0 {
			t.Errorf("%s: nothing happens in the test", name)
		}
		again := filepath.Join(t.TempDir(), "again.nir")
		if err := Save(again, m, c.shape, Leading(0)); err != nil {
			t.Errorf("%s: again: %v", name, err)
			continue
		}
		if n := MustLoad(again); !run(n, c).Equal(want) {
			t.Errorf("%s: other numbers after the second round", name)
		}
	}
}

// TestLateCircle compares a circle of nodes with the recurrent cell: the metadata that says which it was is taken away.
func TestLateCircle(t *testing.T) {
	w, back := tensor.Zeros(4, 3), tensor.Zeros(4, 4)
	for k := range back.Data() {
		w.Data()[k%12], back.Data()[k] = float32(k%5)/2, float32(k%3-1)/4
	}
	cell := snn.LIFRecurrentCell(3, 4, snn.InputWeights(w), snn.RecurrentWeights(back), snn.Autapses(true))
	g, err := ToNIR(cell, []int{3})
	if err != nil {
		t.Fatal(err)
	}
	clear(g.Nodes["0"].Metadata)
	m, err := FromNIR(g)
	if err != nil {
		t.Fatal(err)
	}
	c := trip{cell, []int{3}, 1}
	if want, got := run(cell, c), run(m, c); !got.Equal(want) || want.Sum().Item() < 20 {
		t.Errorf("%v spikes, want %v", got.Sum(), want.Sum())
	}
	if !strings.Contains(fmt.Sprint(m), "w_rec of the step before") {
		t.Errorf("the graph was not read as one:\n%v", m)
	}
}

// TestDelay is by hand: the input of three steps, no steps and two steps ago.
func TestDelay(t *testing.T) {
	x := tensor.Arange(1, 16, 1).Reshape(5, 3).SetRequiresGrad(true)
	y, _ := snn.Lift(mustDelay(tensor.Of(0.003, 0, 0.002))).Forward(x, nil)
	want := tensor.Of(0, 2, 0, 0, 5, 0, 0, 8, 3, 1, 11, 6, 4, 14, 9).Reshape(5, 3)
	if !y.Equal(want) {
		t.Errorf("%v, want %v", y, want)
	}
	y.Sum().Backward()
	if g := fmt.Sprint(x.Grad().Sum()); g != "tensor(10.)" {
		t.Errorf("the gradients add up to %s, want one for each of the 10 that came out", g)
	}
}

// TestEquations steps NIR's equations as they are written, in float64, from the fields of the node.
func TestEquations(t *testing.T) {
	const dt, n = 0.002, 50
	node := func(kind string, fields map[string]float64) *Graph {
		g := &Graph{Nodes: map[string]*Node{"a": NewNode(kind), "in": NewNode("Input"), "out": NewNode("Output")}, Edges: [][2]string{{"in", "a"}, {"a", "out"}}}
		for name, v := range fields {
			g.Nodes["a"].Tensors[name] = tensor.Of(float32(v))
		}
		return g
	}
	input := func(t int) float64 { return float64(t*7%5) * 0.7 }
	for _, c := range []struct {
		kind   string
		fields map[string]float64
		step   func(v, i *float64, x float64) float64
	}{
		{"LI", map[string]float64{"tau": 0.02, "r": 2, "v_leak": 0.3}, func(v, _ *float64, x float64) float64 {
			*v += dt / 0.02 * ((0.3 - *v) + 2*x)
			return *v
		}},
		{"LIF", map[string]float64{"tau": 0.02, "r": 2, "v_leak": 0.3, "v_threshold": 0.9, "v_reset": -0.25}, func(v, _ *float64, x float64) float64 {
			*v += dt / 0.02 * ((0.3 - *v) + 2*x)
			return spike(v, 0.9, -0.25)
		}},
		{"IF", map[string]float64{"r": 0.5, "v_threshold": 2}, func(v, _ *float64, x float64) float64 {
			*v += 0.5 * x
			return spike(v, 2, 0)
		}},
		{"CubaLI", map[string]float64{"tau_mem": 0.02, "tau_syn": 0.01, "r": 2, "v_leak": 0.0, "w_in": 3}, func(v, i *float64, x float64) float64 {
			jump := *i + dt/0.01*3*x
			*v += dt / 0.02 * (-*v + 2*jump)
			*i = jump - dt/0.01*jump
			return *v
		}},
		{"CubaLIF", map[string]float64{"tau_mem": 0.02, "tau_syn": 0.01, "r": 2, "v_leak": 0.1, "v_threshold": 1.1, "v_reset": 0.2}, func(v, i *float64, x float64) float64 {
			jump := *i + dt/0.01*x
			*v += dt / 0.02 * ((0.1 - *v) + 2*jump)
			*i = jump - dt/0.01*jump
			return spike(v, 1.1, 0.2)
		}},
		{"I", map[string]float64{"r": 0.5}, func(v, _ *float64, x float64) float64 {
			*v += 0.5 * x
			return *v
		}},
	} {
		g := node(c.kind, c.fields)
		m, err := FromNIR(g, DT(dt))
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
			continue
		}
		var s *snn.State
		v, i := c.fields["v_leak"], 0.0
		total := 0.0
		for at := range n {
			var y *tensor.Tensor
			y, s = m.Forward(tensor.Of(float32(input(at))), s)
			want := c.step(&v, &i, input(at))
			total += want
			if d := float64(y.Item()) - want; d > 1e-5 || d < -1e-5 {
				t.Errorf("%s: step %d: %v, want %v", c.kind, at, y, want)
				break
			}
		}
		if total == 0 {
			t.Errorf("%s: nothing happens in the test", c.kind)
		}
	}
}

func spike(v *float64, th, reset float64) float64 {
	if *v > th {
		*v = reset
		return 1
	}
	return 0
}

// TestGraphsAreCopies: changing a graph changes neither the model that it was made from nor one made from it.
func TestGraphsAreCopies(t *testing.T) {
	m := snn.Sequential(snn.Conv2d(1, 2, 3), snn.Flatten(0), snn.Linear(8, 2), snn.LIFCell(snn.Learn("v_th")))
	g, err := ToNIR(m, []int{1, 4, 4})
	if err != nil {
		t.Fatal(err)
	}
	other, err := FromNIR(g)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Full(3, 1, 4, 4)
	_, before := m.Forward(x, nil)
	for _, n := range g.Nodes {
		for _, v := range n.Tensors {
			v.FillInPlace(7)
		}
	}
	_, after := m.Forward(x, nil)
	_, read := other.Forward(x, nil)
	if want := before.At(3).V().Detach(); !after.At(3).V().Detach().Equal(want) || !read.At(3).V().Equal(want) {
		t.Errorf("%v, %v and %v", before, after, read)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for text, c := range map[string]trip{
		"module 1: NIR has no node for the model LSNN":                    {snn.Sequential(snn.Scale(2), snn.LSNNCell()), []int{3}, 0},
		"module 0: NIR has no node for ReLU()":                            {snn.Sequential(snn.Relu()), []int{3}, 0},
		"NIR has no node for MaxPool2d":                                   {snn.MaxPool2d(2), []int{1, 4, 4}, 0},
		"NIR has no node for the model LIFRefrac":                         {snn.LIFRefracRecurrentCell(3, 4), []int{3}, 0},
		"not by subtraction":                                              {snn.LIFCell(snn.ResetMethod("reset_subtract")), []int{3}, 0},
		"module 0: a matrix of shape [4 3] takes a vector":                {snn.Sequential(snn.Linear(3, 4)), []int{2, 3}, 0},
		"module 1: Flatten(start_dim=1, end_dim=-1) joins other axes":     {snn.Sequential(snn.LIF(), snn.Flatten(1)), []int{2, 3}, 2},
		"a Parallel that joins its outputs":                               {snn.Parallel(snn.LIFCell(), snn.LICell()).Join(-1), []int{3}, 0},
		"Conv2d(1, 2, 9): an input of 4 × 4 is smaller than the kernel's": {snn.Conv2d(1, 2, 9), []int{1, 4, 4}, 0},
		"tau_mem: tensor.Add: shapes [3] and [4] do not broadcast":        {snn.LIFCell(snn.TauMemInv(tensor.Linspace(1, 2, 4))), []int{3}, 0},
		"adds an input to itself":                                         {snn.Residual(snn.Dropout(0)), []int{3}, 0},
	} {
		path := filepath.Join(t.TempDir(), "x.nir")
		err := Save(path, c.model, c.shape, Leading(c.leading))
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: there is a file", text)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	base := func() *Graph {
		g, err := ToNIR(snn.Sequential(snn.Linear(3, 4), snn.LIFCell()), []int{3})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	for text, spoil := range map[string]func(g *Graph){
		"node 0 (Affine): no weight":                                        func(g *Graph) { delete(g.Nodes["0"].Tensors, "weight") },
		"node 0 (Affine): no bias":                                          func(g *Graph) { delete(g.Nodes["0"].Tensors, "bias") },
		"node 0 (Affine): snn.Linear: bias has shape [3], want [4]":         func(g *Graph) { g.Nodes["0"].Tensors["bias"] = tensor.Ones(3) },
		"node 0 (Affine): Sequential[0] Linear(2, 4): input has 3 features": func(g *Graph) { g.Nodes["0"].Tensors["weight"] = tensor.Ones(4, 2) },
		"node 1 (CubaLIF): tau_mem is 0 at element 2":                       func(g *Graph) { g.Nodes["1"].Tensors["tau_mem"].Data()[2] = 0 },
		"node 1 (CubaLIF): v_threshold has shape [3], what arrives has [4]": func(g *Graph) { g.Nodes["1"].Tensors["v_threshold"] = tensor.Arange(0, 3, 1) },
		"node 1 (CubaLIF): no tau_syn":                                      func(g *Graph) { delete(g.Nodes["1"].Tensors, "tau_syn") },
		"node 1 (CubaLIF): the file does not say the time step":             func(g *Graph) { clear(g.Nodes["1"].Metadata) },
		"node 1 (LSTM): unknown type":                                       func(g *Graph) { g.Nodes["1"].Type = "LSTM" },
		`an edge from "1" to "2"`:                                           func(g *Graph) { g.Edges = append(g.Edges, [2]string{"1", "2"}) },
		"no edge leads from the input to node far":                          func(g *Graph) { g.Nodes["far"] = NewNode("Scale") },
		"two nodes are an Input":                                            func(g *Graph) { g.Nodes["more"] = NewNode("Input") },
		"node output (Output): the shape is [9], what arrives has [4]":      func(g *Graph) { g.Nodes["output"].Integers["shape"] = []int{9} },
	} {
		g := base()
		spoil(g)
		if _, err := FromNIR(g); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.nir")); err == nil || !strings.Contains(err.Error(), "none.nir") {
		t.Error(err)
	}
	raw, err := os.ReadFile("testdata/affine_lif.nir")
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(raw); n += 997 {
		path := filepath.Join(dir, "short.nir")
		if err := os.WriteFile(path, raw[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, DT(0.001)); err == nil {
			t.Errorf("a file cut at byte %d was read", n)
		}
	}
}

func TestOptionsInTheWrongPlace(t *testing.T) {
	for text, f := range map[string]func(){
		`nir.ToNIR: unknown option "DT"; it knows Leading`:              func() { _, _ = ToNIR(snn.LIFCell(), []int{1}, DT(0.001)) },
		`nir.FromNIR: unknown option "Leading"; it knows DT, NorseJump`: func() { _, _ = FromNIR(&Graph{}, Leading(1)) },
		`nir.FromNIR: unknown option ""; it knows DT, NorseJump`:        func() { _, _ = FromNIR(&Graph{}, Option{}) },
		"nir.DT: the time step must be positive, not -1":                func() { DT(-1) },
	} {
		if err := guarded(func() error { f(); return nil }); err == nil || err.Error() != text {
			t.Errorf("%v, want %q", err, text)
		}
	}
}

// TestPublishedTrace reads the file of NIR 0.1 that the article's comparison of simulators began with, and compares the
// membrane and the spikes of 1000 steps of 0.1 ms with those that Norse wrote beside it; Rockpool's file of the same neuron,
// with another shape of its output, is read too.
func TestPublishedTrace(t *testing.T) {
	raw, err := os.ReadFile("testdata/old_lif_norse.csv")
	if err != nil {
		t.Fatal(err)
	}
	m := MustLoad("testdata/old_lif_norse.nir", DT(0.0001))
	var s *snn.State
	spikes := 0
	for k, line := range strings.Fields(string(raw)) {
		var x, v, z float32
		if _, err := fmt.Sscanf(line, "%g,%g,%g", &x, &v, &z); err != nil {
			t.Fatal(err)
		}
		var y *tensor.Tensor
		y, s = m.Forward(tensor.Of(x), s)
		if got := s.At(1).V().Item(); y.Item() != z || got-v > 1e-6 || v-got > 1e-6 {
			t.Fatalf("step %d: v %v and spike %v, want %v and %v", k, got, y.Item(), v, z)
		}
		spikes += int(z)
	}
	if spikes == 0 {
		t.Error("nothing happens in the test")
	}
	if _, err := Load("testdata/old_lif_rockpool.nir", DT(0.0001)); err != nil {
		t.Error(err)
	}
}

// TestOldFiles reads a graph as NIR 0.x wrote them: no ends, no v_reset, one number for both axes of a convolution.
func TestOldFiles(t *testing.T) {
	g := &Graph{Nodes: map[string]*Node{}, Edges: [][2]string{{"conv", "lif"}}}
	conv, lif := NewNode("Conv2d"), NewNode("IF")
	conv.Tensors["weight"], conv.Tensors["bias"] = tensor.Ones(2, 1, 3, 3), tensor.Zeros(2)
	conv.Integers["stride"], conv.Words["padding"] = []int{1}, "same"
	lif.Tensors["r"], lif.Tensors["v_threshold"] = tensor.Ones(2, 4, 4), tensor.Ones(2, 4, 4)
	g.Nodes["conv"], g.Nodes["lif"] = conv, lif
	m, err := FromNIR(g)
	if err != nil {
		t.Fatal(err)
	}
	if y, _ := m.Forward(tensor.Ones(1, 4, 4), nil); !slices.Equal(y.Shape(), []int{2, 4, 4}) || y.Sum().Item() != 32 {
		t.Errorf("%v", y)
	}
}

// FuzzFromNIR reads damaged files: there is an error or a model, and never a panic.
func FuzzFromNIR(f *testing.F) {
	files, err := filepath.Glob("testdata/*.nir") // of NIR 1.0 and 0.1
	if err != nil || len(files) == 0 {
		f.Fatal("no files", err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		root, err := hdf5.Decode(raw)
		if err != nil {
			return
		}
		g, err := graphOf(root)
		if err != nil {
			return
		}
		if m, err := FromNIR(g, DT(0.001)); err == nil && m == nil {
			t.Error("neither a model nor an error")
		}
	})
}
