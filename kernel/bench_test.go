package kernel

import (
	"context"
	"fmt"
	"testing"

	"github.com/livespike/livespike/kernel/wire"
)

func benchSession(b *testing.B) *testSession {
	s, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(context.Background()) })
	return &testSession{Session: s}
}

func (s *testSession) bench(b *testing.B, src string) {
	s.n++
	if outcome := s.Execute(b.Context(), wire.Cell{N: s.n, Src: src}, &recorder{}); outcome.Err != nil {
		b.Fatal(traceback(outcome.Err))
	}
}

// BenchmarkNew is a session from nothing to its first value.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		s, err := New(Options{})
		if err != nil {
			b.Fatal(err)
		}
		(&testSession{Session: s}).bench(b, "snn.LICell()")
		s.Close(b.Context())
	}
}

// BenchmarkCell is a small cell in a session that has run others.
func BenchmarkCell(b *testing.B) {
	s := benchSession(b)
	s.bench(b, "x := 1")
	for b.Loop() {
		s.bench(b, "x + 1")
	}
}

// BenchmarkForward is a step of one neuron, called from a script's loop.
func BenchmarkForward(b *testing.B) {
	for _, model := range []string{"LICell", "LIFCell"} {
		b.Run(model, func(b *testing.B) {
			s := benchSession(b)
			s.bench(b, "cell := snn."+model+"()\ndata := tensor.Ones(1)\nvar state *snn.State\nvar out *tensor.Tensor")
			b.ResetTimer()
			s.bench(b, fmt.Sprintf("for range %d { out, state = cell.Forward(data, state) }", b.N))
		})
	}
}
