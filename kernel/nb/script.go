package nb

import "strings"

// New is an empty notebook for the kernel livespike.
func New() *Notebook {
	return &Notebook{raw: map[string]any{
		"cells": []any{},
		"metadata": map[string]any{
			"kernelspec":    map[string]any{"display_name": "Livespike (Go)", "language": "go", "name": "livespike"},
			"language_info": map[string]any{"file_extension": ".go", "mimetype": "text/x-go", "name": "go", "pygments_lexer": "go"},
		},
	}}
}

// Add appends a cell. A title becomes a heading above it.
func (n *Notebook) Add(markdown bool, title, src string) {
	kind := "code"
	if markdown {
		kind = "markdown"
		if title != "" {
			src = "## " + title + "\n" + src
		}
	}
	cell := map[string]any{"cell_type": kind, "source": src, "metadata": map[string]any{}}
	if title != "" && !markdown {
		cell["metadata"] = map[string]any{"livespike": map[string]any{"title": title}}
	}
	n.cells = append(n.cells, cell)
	n.raw["cells"] = append(n.raw["cells"].([]any), cell)
}

// Script is the notebook as a script of // %% cells.
func (n *Notebook) Script() string {
	var b strings.Builder
	for i, cell := range n.cells {
		src, _ := source(cell) // read before
		if i > 0 {
			b.WriteString("\n")
		}
		if cell["cell_type"] == "code" {
			b.WriteString(strings.TrimRight("// %% "+title(cell), " ") + "\n" + strings.TrimRight(src, "\n") + "\n")
			continue
		}
		b.WriteString("// %% [markdown]\n")
		for line := range strings.Lines(strings.TrimRight(src, "\n") + "\n") {
			b.WriteString(strings.TrimRight("// "+line, " \n") + "\n")
		}
	}
	return b.String()
}

// title is what stood behind a code cell's mark.
func title(cell map[string]any) string {
	metadata, _ := cell["metadata"].(map[string]any)
	own, _ := metadata["livespike"].(map[string]any)
	text, _ := own["title"].(string)
	return text
}
