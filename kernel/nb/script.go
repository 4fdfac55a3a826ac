package nb

import (
	"encoding/json"
	"regexp"
	"strings"
)

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

// tagList is how a mark gives its cell tags, as Jupytext's percent scripts do: // %% Report tags=["volatile"]
var tagList = regexp.MustCompile(`\s*\btags=(\[.*\])$`)

// Add appends a cell. A Markdown cell's title becomes a heading above its text; a code cell's is kept beside it, and the
// tags behind it become the cell's.
func (n *Notebook) Add(markdown bool, title, src string) {
	kind := "code"
	if markdown {
		kind = "markdown"
		if title != "" {
			src = "## " + title + "\n" + src
		}
	}
	metadata := map[string]any{}
	if m := tagList.FindStringSubmatch(title); m != nil && !markdown {
		var tags []any
		if json.Unmarshal([]byte(m[1]), &tags) == nil {
			metadata["tags"] = tags
			title = strings.TrimSuffix(title, m[0])
		}
	}
	if title != "" && !markdown {
		metadata["livespike"] = map[string]any{"title": title}
	}
	cell := map[string]any{"cell_type": kind, "source": src, "metadata": metadata}
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

// title is what stands behind a code cell's mark.
func title(cell map[string]any) string {
	metadata, _ := cell["metadata"].(map[string]any)
	own, _ := metadata["livespike"].(map[string]any)
	text, _ := own["title"].(string)
	if tags, _ := metadata["tags"].([]any); len(tags) > 0 {
		list, _ := json.Marshal(tags) // of strings
		text = strings.TrimSpace(text + " tags=" + string(list))
	}
	return text
}
