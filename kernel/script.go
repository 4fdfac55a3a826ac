package kernel

import (
	"regexp"
	"strings"
)

// ScriptCell is one cell of a script.
type ScriptCell struct {
	Markdown bool
	Title    string // what stands behind the mark: // %% Title
	Line     int    // of Src in the script, from 1
	Src      string // Markdown without its comment signs
}

// mark is a line that begins a cell, as editors know it from Python: // %% or //%%, [markdown] and a title may follow.
var mark = regexp.MustCompile(`^//\s?%%\s*(\[markdown\])?\s*(.*?)\s*$`)

// ParseScript splits the text of a script into its cells. What stands before the first mark is a cell of its own, if it
// is more than comments. A first line that begins with #! is skipped.
func ParseScript(text string) []ScriptCell {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if strings.HasPrefix(text, "#!") {
		text = "//" + text[2:]
	}
	lines := strings.Split(text, "\n")
	var cells []ScriptCell
	current, start := ScriptCell{Line: 1}, 0
	finish := func(end int) {
		body := lines[start:end]
		current.Line = start + 1
		if current.Markdown {
			current.Src = uncomment(body)
		} else {
			current.Src = strings.Join(body, "\n")
		}
		implicit := start == 0 // no mark opened it
		if !implicit || !onlyComments(current.Src) {
			cells = append(cells, current)
		}
	}
	for i, line := range lines {
		m := mark.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		finish(i)
		current, start = ScriptCell{Markdown: m[1] != "", Title: m[2]}, i+1
	}
	finish(len(lines))
	return cells
}

// uncomment takes the // and one space off each line.
func uncomment(lines []string) string {
	var text []string
	for _, line := range lines {
		line = strings.TrimPrefix(line, "//")
		text = append(text, strings.TrimPrefix(line, " "))
	}
	return strings.TrimRight(strings.Join(text, "\n"), "\n")
}

// onlyComments reports whether each line is blank or a line comment.
func onlyComments(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") {
			return false
		}
	}
	return true
}
