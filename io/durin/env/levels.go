package env

import "github.com/livespike/livespike/io/internal/canvas"

// level is a maze of 40 x 36 tiles, 10 x 10 units each, with a wall around it.
type level struct {
	mouse  cell
	cheese []cell
	walls  []block
}

// cell is a tile: its column and row from the top left, from 0.
type cell struct{ col, row int }

// block is a wall of some columns and rows, from its top left tile.
type block struct{ col, row, cols, rows int }

const levelCols, levelRows = 40, 36

// levels are the mazes, from the first.
var levels = [...]level{
	{cell{19, 17}, []cell{{32, 6}, {33, 28}, {7, 29}}, nil},
	{cell{10, 10}, []cell{{33, 8}, {33, 28}}, []block{{26, 1, 1, 21}}},
	{cell{6, 6}, []cell{{20, 5}, {33, 6}, {33, 29}}, []block{{13, 1, 1, 23}, {26, 12, 1, 23}}},
	{cell{6, 6}, []cell{{6, 17}, {34, 17}, {6, 29}, {33, 30}}, []block{{0, 12, 28, 1}, {12, 23, 28, 1}}},
	{cell{6, 12}, []cell{{20, 6}, {33, 6}, {6, 29}, {33, 29}}, []block{{13, 1, 1, 11}, {26, 1, 1, 9}, {22, 18, 18, 1}, {13, 22, 1, 13}}},
}

// at is the middle of a tile.
func (c cell) at() canvas.Point {
	return canvas.At((float64(c.col)+0.5)*tile, (float64(c.row)+0.5)*tile)
}

// tiles are the middles of all wall tiles.
func (l *level) tiles() (at []canvas.Point) {
	border := []block{
		{0, 0, levelCols, 1}, {0, levelRows - 1, levelCols, 1}, {0, 1, 1, levelRows - 2}, {levelCols - 1, 1, 1, levelRows - 2},
	}
	for _, b := range append(border, l.walls...) {
		for i := range b.cols * b.rows {
			at = append(at, cell{b.col + i%b.cols, b.row + i/b.cols}.at())
		}
	}
	return at
}
