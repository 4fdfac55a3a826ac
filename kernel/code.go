package kernel

import (
	"strings"

	"github.com/livespike/livespike/kernel/magic"
)

// goCode is a cell without its magics. What %time and %prof run stays; other magics are listed.
func goCode(src string) (code string, magics []string) {
	var b strings.Builder
	for _, p := range split(src) {
		text := src[p.from:p.to]
		if p.magic {
			magics = append(magics, strings.TrimSpace(text))
			text = timed(text)
		}
		b.WriteString(text)
	}
	return b.String(), magics
}

// timed is the statement of %time and %prof, or the cell below %%time and %%prof.
func timed(text string) string {
	head, body, _ := strings.Cut(text, "\n")
	m, args, _, err := magic.Parse(head)
	switch {
	case err != nil || m.Name != "%time" && m.Name != "%prof":
		return ""
	case body != "":
		return body
	}
	if rest, ok := strings.CutPrefix(args, "-o "); ok {
		_, args, _ = strings.Cut(strings.TrimSpace(rest), " ")
	}
	return args + "\n"
}
