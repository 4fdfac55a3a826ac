// Package docs holds Livespike's documentation inside the program: the pages of this folder, for
// "snnrepl help TOPIC" and the tests.
//
// A topic is a page. Its name is the file's without .md, and the folder's for a README: "events", "workshop".
package docs

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.md workshop/*.md
var pages embed.FS

// Topic is one page.
type Topic struct {
	Name  string // "events"
	File  string // "events.md", in this folder
	Title string // the page's heading: "Event cameras and recordings"
	Text  string // Markdown
}

// Topics lists the pages, sorted by name; the index, docs/README.md, is not one of them.
func Topics() []Topic {
	var list []Topic
	// The walk cannot fail: the files are part of the program.
	_ = fs.WalkDir(pages, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file == "README.md" {
			return err
		}
		name := strings.TrimSuffix(path.Base(file), ".md")
		if name == "README" {
			name = path.Dir(file)
		}
		list = append(list, read(name, file))
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

func read(name, file string) Topic {
	text, err := pages.ReadFile(file)
	if err != nil {
		panic(err) // the file is part of the program
	}
	heading, _, _ := strings.Cut(string(text), "\n")
	return Topic{Name: name, File: file, Title: strings.TrimPrefix(heading, "# "), Text: string(text)}
}

// String is the page's text.
func (t Topic) String() string { return t.Text }
