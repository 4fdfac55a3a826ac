// Package ptx parses PTX, NVIDIA's assembly, and executes it on the CPU, one thread after the other. It is made for
// tests: the kernels that ship run here in every go test, and what a device would let pass is an error.
//
//	m, err := ptx.Parse(text)
//	mem := ptx.NewMemory()
//	x, z := mem.Upload("x", input), mem.Alloc("z", len(input))
//	err = m.Entry("scale").Run(mem, ptx.Grid{X: 4, BlockX: 64}, ptx.Ptr(z), ptx.Ptr(x), ptx.I32(n))
//
// Checked are bounds, alignment, use after free, reads of what nobody wrote, writes to what was uploaded read-only, races
// between threads, barriers that not all threads reach, votes that not all lanes take part in, and a limit of steps. An
// instruction that is not known is an error of Parse; none is skipped.
//
// The threads of a block take turns at barriers and votes only. What depends on finer timing, such as a lock, and what a
// memory model says about it, does not show here; nor does speed.
package ptx
