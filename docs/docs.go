// Package docs holds Livespike's documentation inside the program: the pages of this folder, for
// "snnrepl help TOPIC" and the tests.
//
// A topic is a page. Its name is the file's without .md, and the folder's for a README: "events", "workshop".
package docs

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.md workshop/*.md
var pages embed.FS

// Topic is one page.
type Topic struct {
	Name    string // "events"
	File    string // "events.md", in this folder
	Summary string // what the index says of it: "cameras, recordings, networks, filters"
	Text    string // Markdown
}

// Topics lists the pages, sorted by name; the index, docs/README.md, is not one of them.
func Topics() []Topic {
	var list []Topic
	index := read("", "README.md").Text
	// The walk cannot fail: the files are part of the program.
	_ = fs.WalkDir(pages, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file == "README.md" {
			return err
		}
		name := strings.TrimSuffix(path.Base(file), ".md")
		if name == "README" {
			name = path.Dir(file)
		}
		topic := read(name, file)
		_, row, _ := strings.Cut(index, "]("+file+") | ")
		topic.Summary, _, _ = strings.Cut(row, " |")
		list = append(list, topic)
		return nil
	})
	slices.SortFunc(list, func(a, b Topic) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Lookup is the topic of that name or file, in any case of letters: "events", "events.md". "" is the index.
func Lookup(name string) (Topic, bool) {
	if name == "" {
		return read("", "README.md"), true
	}
	for _, t := range Topics() {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.File, name) {
			return t, true
		}
	}
	return Topic{}, false
}

// Beside says what a name of another library is called here: the rows of the pages' tables whose first cell has it as
// code, with or without a package in front and arguments behind.
func Beside(name string) []string {
	name = last(name)
	if name == "" {
		return nil
	}
	var lines []string
	for _, page := range Topics() {
		for _, line := range strings.Split(page.Text, "\n") {
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			if !strings.HasPrefix(line, "| ") || len(cells) < 2 || !slices.ContainsFunc(spans(cells[0]), func(s string) bool { return last(s) == name }) {
				continue
			}
			text := strings.TrimSpace(strings.Join(cells[1:], "; "))
			lines = append(lines, fmt.Sprintf("%s: %s (snnrepl help %s)", strings.ReplaceAll(cells[0], "`", ""), strings.ReplaceAll(strings.TrimSuffix(text, ";"), "`", ""), page.Name))
		}
	}
	return lines
}

// spans are the pieces of code in a line of Markdown.
func spans(line string) []string {
	var list []string
	for i, piece := range strings.Split(line, "`") {
		if i%2 == 1 {
			list = append(list, piece)
		}
	}
	return list
}

// last is the name in "torch.nn.Linear(3, 5)": Linear.
func last(code string) string {
	code, _, _ = strings.Cut(code, "(")
	return code[strings.LastIndexByte(code, '.')+1:]
}

func read(name, file string) Topic {
	text, err := pages.ReadFile(file)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return Topic{Name: name, File: file, Text: string(text)}
}

// String is the page's text.
func (t Topic) String() string { return t.Text }
