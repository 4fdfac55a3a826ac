// Package nb reads, runs, compares and writes notebook files (nbformat 4.0 to 4.5) without a server.
//
//	n, err := nb.Read("edges.ipynb")
//	…
//	err = n.Run(ctx, session, nb.Options{})
//	…
//	err = n.Write("edges.ipynb")
//
// Fields that it does not know are kept. What it writes is nbformat 4.5 as the reference writer lays it out: sorted keys,
// indent 1, text as lists of lines, so that diffs stay small. Source: nbformat.readthedocs.io, format description 4.5.
package nb

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Notebook is a notebook file.
type Notebook struct {
	name  string
	raw   map[string]any
	cells []map[string]any
}

// Read reads a notebook. The error names the file and says what is wrong with it.
func Read(name string) (*Notebook, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("nb: %w", err)
	}
	n, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("nb: %s: %w", name, err)
	}
	n.name = name
	return n, nil
}

func parse(text []byte) (*Notebook, error) {
	n := &Notebook{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&n.raw); err != nil {
		return nil, fmt.Errorf("no notebook: %w", placed(err, text))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("no notebook: more behind its end, at byte %d", decoder.InputOffset())
	}
	if major := fmt.Sprint(n.raw["nbformat"]); major != "4" {
		return nil, fmt.Errorf("nbformat is %s; 4 is read", major)
	}
	list, ok := n.raw["cells"].([]any)
	if !ok {
		return nil, errors.New("no list of cells")
	}
	for i, entry := range list {
		cell, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("cell %d is no object", i+1)
		}
		if _, ok := cell["cell_type"].(string); !ok {
			return nil, fmt.Errorf("cell %d has no cell_type", i+1)
		}
		if _, err := source(cell); err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		n.cells = append(n.cells, cell)
	}
	if err := n.foreign(); err != nil {
		return nil, err
	}
	return n, nil
}

// placed is an error of JSON with its line.
func placed(err error, text []byte) error {
	var syntax *json.SyntaxError
	var other *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		before := text[:min(int(syntax.Offset), len(text))]
		return fmt.Errorf("line %d: %w", 1+bytes.Count(before, []byte("\n")), err)
	case errors.As(err, &other):
		return fmt.Errorf("a JSON %s, need an object", other.Value)
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("line %d: the file is cut short", 1+bytes.Count(text, []byte("\n")))
	}
	return err
}

// foreign says why the notebook is not one of Go: its metadata name another language, or only a kernel that is not ours
// or GoNB.
func (n *Notebook) foreign() error {
	metadata, _ := n.raw["metadata"].(map[string]any)
	kernel, _ := metadata["kernelspec"].(map[string]any)
	info, _ := metadata["language_info"].(map[string]any)
	for _, language := range []any{kernel["language"], info["name"]} {
		if text, ok := language.(string); ok && text != "" {
			if text != "go" {
				return fmt.Errorf("its language is %s, not go", text)
			}
			return nil
		}
	}
	if name, ok := kernel["name"].(string); ok && name != "" && name != "livespike" && name != "gonb" {
		return fmt.Errorf("its kernel is %s, not livespike or gonb", name)
	}
	return nil
}

// source is a cell's text.
func source(cell map[string]any) (string, error) {
	return text(cell["source"])
}

// text joins a list of lines.
func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, ok := line.(string)
			if !ok {
				return "", fmt.Errorf("its text holds %T", line)
			}
			b.WriteString(s)
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("its text is %T", v)
}

// lines is text as files hold it: one string a line, with its newline.
func lines(text string) []any {
	list := []any{}
	for line := range strings.Lines(text) {
		list = append(list, line)
	}
	return list
}

// tagged reports whether a cell carries a tag.
func tagged(cell map[string]any, tag string) bool {
	metadata, _ := cell["metadata"].(map[string]any)
	tags, _ := metadata["tags"].([]any)
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

// Write puts the notebook in place whole or not at all.
func (n *Notebook) Write(name string) error {
	data, err := n.encode()
	if err != nil {
		return fmt.Errorf("nb: %s: %w", name, err)
	}
	return writeWhole(name, data)
}

// writeWhole replaces a file, whose permissions stay, or makes one.
func writeWhole(name string, data []byte) error {
	mode := os.FileMode(0o644)
	if st, err := os.Stat(name); err == nil {
		mode = st.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".notebook-*")
	if err != nil {
		return fmt.Errorf("nb: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("nb: %w", err)
	}
	return nil
}

// encode is the file's text.
func (n *Notebook) encode() ([]byte, error) {
	n.raw["nbformat"], n.raw["nbformat_minor"] = 4, 5
	seen := map[string]bool{}
	for _, cell := range n.cells {
		text, err := source(cell)
		if err != nil {
			return nil, err
		}
		cell["source"] = lines(text)
		if cell["metadata"] == nil {
			cell["metadata"] = map[string]any{}
		}
		id, _ := cell["id"].(string)
		for salt := 0; id == "" || seen[id]; salt++ {
			// Of the text alone: a cell put before others leaves them theirs.
			sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", salt, text))
			id = hex.EncodeToString(sum[:4])
		}
		seen[id] = true
		cell["id"] = id
		if cell["cell_type"] == "code" {
			if cell["outputs"] == nil {
				cell["outputs"] = []any{}
			}
			if _, ok := cell["execution_count"]; !ok {
				cell["execution_count"] = nil
			}
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(n.raw); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
