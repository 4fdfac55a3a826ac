// Package gemm multiplies matrices of float32 with sums in a fixed order.
//
// Every sum runs over k in order, each product fused with its addition, so the result has the same bits as three plain
// loops with simd.FMA, whatever the tiles, and rows may be shared among processors in any way.
package gemm

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
)

// Matrix is a matrix in memory: element (i, j) is Data[i·Row + j·Column].
type Matrix struct {
	Data        []float32
	Row, Column int
}

const (
	kBlock = 256     // the length of a sum that one pass adds: a tile's part of b stays in the first cache
	bBlock = 1 << 18 // elements of b that are packed at a time: half of the second cache
	mBlock = 96      // rows of a that go over one packed panel of b
)

// Add adds a (m, k) times b (k, n) to c, whose rows lie ldc apart. With a piece of 0 each sum continues what is in c;
// else sums of that many products are made apart and added to c one after the other.
//
// Several processors share the columns of a large product, each of which packs its part of b, or the rows where there are few
// columns.
func Add(c []float32, ldc int, a, b Matrix, m, k, n, piece int) {
	if m == 0 || k == 0 || n == 0 {
		return
	}
	workers := runtime.GOMAXPROCS(0)
	if workers == 1 || m*k*n < shared {
		add(c, ldc, a, b, m, k, n, piece)
		return
	}
	t := tasks.Get().(*task)
	*t = task{c: c, ldc: ldc, a: a, b: b, m: m, k: k, n: n, piece: piece, rows: m, columns: n}
	if tile := simd.ProductColumns(n); n >= 2*workers*tile {
		t.columns = part(n, 2*workers, tile)
	} else if t.rows = part(m, 2*workers, simd.ProductRows()); t.rows < mBlock { // packing b for few rows does not pay
		t.rows = max(mBlock/2, part(m, workers, simd.ProductRows()))
	}
	pool.Do((m+t.rows-1)/t.rows*((n+t.columns-1)/t.columns), t)
	*t = task{}
	tasks.Put(t)
}

// part is the size of so many parts of n, in whole tiles.
func part(n, parts, tile int) int { return ((n+parts-1)/parts + tile - 1) / tile * tile }

// shared is the multiplications from which on processors share a product, some 20 microseconds of them.
const shared = 1 << 20

// task is a product while processors share it, a piece for some columns or for some rows.
type task struct {
	c                             []float32
	ldc                           int
	a, b                          Matrix
	m, k, n, piece, rows, columns int
}

var tasks = sync.Pool{New: func() any { return new(task) }}

// Piece adds some columns or rows.
func (t *task) Piece(p int) {
	i, j := p*t.rows, 0
	if t.columns < t.n {
		i, j = 0, p*t.columns
	}
	a, b := Matrix{t.a.Data[i*t.a.Row:], t.a.Row, t.a.Column}, Matrix{t.b.Data[j*t.b.Column:], t.b.Row, t.b.Column}
	add(t.c[i*t.ldc+j:], t.ldc, a, b, min(t.rows, t.m-i), t.k, min(t.columns, t.n-j), t.piece)
}

func add(c []float32, ldc int, a, b Matrix, m, k, n, piece int) {
	depth := min(kBlock, k)
	if piece > 0 {
		depth = min(piece, k)
	}
	width := min(max(bBlock/depth&^(maxColumns-1), maxColumns), padded(n))
	work := pool.Borrow(depth*width + tileSize)
	defer pool.GiveBack(work)
	panels, edge := (*work)[tileSize:], (*work)[:tileSize]
	for j := 0; j < n; j += width {
		columns := min(width, n-j)
		for p := 0; p < k; p += depth {
			d := min(depth, k-p)
			pack(panels, b, p, d, j, columns)
			for i := 0; i < m; i += mBlock {
				part := Matrix{a.Data[i*a.Row+p*a.Column:], a.Row, a.Column}
				multiply(c[i*ldc+j:], ldc, part, panels, edge, min(mBlock, m-i), d, columns, piece > 0)
			}
		}
	}
}

// tileSize is the elements of the largest tile; those at the right edge are made apart from c.
const (
	tileSize   = simd.MaxProductRows * maxColumns
	maxColumns = simd.MaxProductColumns
)

// multiply adds a (m, k) times packed panels of n columns to c. The tiles are of about the same height, since low ones have too
// few sums to keep a processor busy.
func multiply(c []float32, ldc int, a Matrix, panels, edge []float32, m, k, n int, apart bool) {
	parts := (m + simd.ProductRows() - 1) / simd.ProductRows()
	high := (m + parts - 1) / parts
	for j, tile := 0, 0; j < n; j += tile {
		tile = simd.ProductColumns(n - j)
		panel := panels[j*k:][:tile*k]
		for i := 0; i < m; i += high {
			rows, at, left := min(high, m-i), c[i*ldc+j:], a.Data[i*a.Row:]
			if j+tile <= n {
				simd.Product(at, left, panel, rows, k, tile, a.Row, a.Column, tile, ldc, apart)
				continue
			}
			for r := range rows {
				copy(edge[r*tile:], at[r*ldc:][:n-j])
			}
			simd.Product(edge, left, panel, rows, k, tile, a.Row, a.Column, tile, tile, apart)
			for r := range rows {
				copy(at[r*ldc:][:n-j], edge[r*tile:])
			}
		}
	}
}

// pack copies d rows of b from p on, n columns from j on, into panels of a tile's columns, the last filled up with zeros.
func pack(panels []float32, b Matrix, p, d, j, n int) {
	for at, tile := 0, 0; at < n; at += tile {
		tile = simd.ProductColumns(n - at)
		panel, columns := panels[at*d:][:tile*d], min(tile, n-at)
		if columns < tile {
			clear(panel)
		}
		from := b.Data[p*b.Row+(j+at)*b.Column:]
		switch {
		case b.Row == 1:
			simd.Transpose(panel, from, columns, d, tile, b.Column)
		case b.Column == 1:
			for r := range d {
				copy(panel[r*tile:][:columns], from[r*b.Row:])
			}
		default:
			for r := range d {
				for q := range columns {
					panel[r*tile+q] = from[r*b.Row+q*b.Column]
				}
			}
		}
	}
}

func padded(n int) int { return (n + 15) &^ 15 }
