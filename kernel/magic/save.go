package magic

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

var _ = register(Magic{
	Name:  "%save",
	Usage: "%save FILE.go [CELL…]",
	Takes: Files,
	Help: "writes the session, or the cells with these numbers (3, 5-8), as a Go program that go build accepts in a module " +
		"which requires Livespike, and that prints what the cells printed. An existing file is replaced.",
	Run: func(_ context.Context, c *Call) error {
		words := strings.Fields(c.Args)
		if len(words) == 0 {
			return misuse("%save", "into which file?")
		}
		cells, err := cellNumbers(words[1:])
		if err != nil {
			return misuse("%save", "%v", err)
		}
		program, err := c.Program(cells)
		if err != nil {
			return err
		}
		temporary := words[0] + ".new"
		if err := os.WriteFile(temporary, []byte(program), 0o644); err != nil {
			return err
		}
		if err := os.Rename(temporary, words[0]); err != nil {
			return err
		}
		c.Print(fmt.Sprintf("wrote %s, %s\n", words[0], plural(int64(strings.Count(program, "\n")), "line")))
		return nil
	},
})

// maxRange is more than anybody has cells.
const maxRange = 1 << 20

// cellNumbers reads numbers and ranges: 3 5-8.
func cellNumbers(words []string) ([]int, error) {
	var cells []int
	for _, word := range words {
		first, last, isRange := strings.Cut(word, "-")
		from, err := strconv.Atoi(first)
		if err != nil {
			return nil, fmt.Errorf("%q is no cell number", word)
		}
		to := from
		if isRange {
			if to, err = strconv.Atoi(last); err != nil || to < from || to-from > maxRange {
				return nil, fmt.Errorf("%q is no range of cells", word)
			}
		}
		for n := from; n <= to; n++ {
			cells = append(cells, n)
		}
	}
	return cells, nil
}
