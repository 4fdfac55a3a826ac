package nb

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/scanner"
	"go/token"
	"html"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

//go:embed page.css
var pageStyle string

// HTML is the notebook as one page that needs no other file: cells with their Go highlighted, outputs in the richest form
// that a page can show. A widget shows as its text.
func (n *Notebook) HTML(title string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n"+
		"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n%s</style>\n</head>\n<body>\n", html.EscapeString(title), pageStyle)
	for i, cell := range n.cells {
		src, err := source(cell)
		if err == nil {
			err = writeCell(&b, cell, src)
		}
		if err != nil {
			return nil, fmt.Errorf("nb: %s: cell %d: %w", n.name, i+1, err)
		}
	}
	b.WriteString("</body>\n</html>\n")
	return b.Bytes(), nil
}

// WriteHTML puts the page in place whole or not at all.
func (n *Notebook) WriteHTML(name string) error {
	page, err := n.HTML(strings.TrimSuffix(filepath.Base(n.name), ".ipynb"))
	if err != nil {
		return err
	}
	return writeWhole(name, page)
}

func writeCell(b *bytes.Buffer, cell map[string]any, src string) error {
	switch cell["cell_type"] {
	case "markdown":
		return markdown(b, src)
	case "raw":
		fmt.Fprintf(b, "<pre class=\"raw\">%s</pre>\n", html.EscapeString(src))
		return nil
	}
	count := " "
	if c := cell["execution_count"]; c != nil {
		count = fmt.Sprint(c)
	}
	fmt.Fprintf(b, "<div class=\"code\"><span class=\"count\">[%s]</span><pre>%s</pre></div>\n", html.EscapeString(count), highlight(src))
	for _, output := range outputs(cell) {
		if err := writeOutput(b, output); err != nil {
			return err
		}
	}
	return nil
}

// forms are the ways to show an output, the richest first.
var forms = []string{
	"text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "text/latex", "text/plain",
}

func writeOutput(b *bytes.Buffer, output map[string]any) error {
	switch output["output_type"] {
	case "stream":
		printed, err := text(output["text"])
		fmt.Fprintf(b, "<pre class=\"output %s\">%s</pre>\n", html.EscapeString(fmt.Sprint(output["name"])), html.EscapeString(plainText(printed)))
		return err
	case "error":
		trace, _ := output["traceback"].([]any)
		var lines []string
		for _, line := range trace {
			lines = append(lines, plainText(fmt.Sprint(line)))
		}
		fmt.Fprintf(b, "<pre class=\"output error\">%s</pre>\n", html.EscapeString(strings.Join(lines, "\n")))
		return nil
	}
	data, _ := output["data"].(map[string]any)
	for _, mime := range forms {
		if data[mime] == nil {
			continue
		}
		content, err := text(data[mime])
		if err != nil {
			return err
		}
		b.WriteString("<div class=\"output\">")
		err = writeForm(b, mime, content, output)
		b.WriteString("</div>\n")
		return err
	}
	return nil
}

func writeForm(b *bytes.Buffer, mime, content string, output map[string]any) error {
	switch {
	case mime == "text/markdown":
		return markdown(b, content)
	case mime == "text/html":
		b.WriteString(content)
	case mime == "image/svg+xml":
		b.WriteString(prologue.ReplaceAllString(content, ""))
	case strings.HasPrefix(mime, "image/"):
		data, _ := output["data"].(map[string]any)
		alt, _ := text(data["text/plain"]) // a picture may have none
		size := ""
		if metadata, ok := output["metadata"].(map[string]any); ok {
			if m, ok := metadata[mime].(map[string]any); ok {
				for _, side := range []string{"width", "height"} {
					if v := m[side]; v != nil {
						size += fmt.Sprintf(" %s=\"%s\"", side, html.EscapeString(fmt.Sprint(v)))
					}
				}
			}
		}
		fmt.Fprintf(b, "<img%s alt=\"%s\" src=\"data:%s;base64,%s\">", size, html.EscapeString(alt), mime,
			html.EscapeString(strings.ReplaceAll(content, "\n", "")))
	default:
		fmt.Fprintf(b, "<pre>%s</pre>", html.EscapeString(plainText(content)))
	}
	return nil
}

// prologue is what an SVG file has and an element of a page has not.
var prologue = regexp.MustCompile(`(?s)^\s*(<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE.*?>|\s)*`)

// escape is a colour or movement of a terminal.
var escape = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]`)

// folding is before goldmark's own renderer, whose priority is 1000.
var folding = goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(fold{}, 100)))

func plainText(s string) string { return escape.ReplaceAllString(s, "") }

// markdown renders CommonMark with tables. Of the HTML inside of it only what folds a part is kept.
func markdown(b *bytes.Buffer, text string) error {
	b.WriteString("<div class=\"text\">")
	err := goldmark.New(goldmark.WithExtensions(extension.Table), folding).Convert([]byte(text), b)
	b.WriteString("</div>\n")
	return err
}

// highlight marks the keywords, literals and comments of Go. What does not scan stays as it is.
func highlight(src string) string {
	var b strings.Builder
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	done := 0
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			b.WriteString(html.EscapeString(src[done:]))
			return b.String()
		}
		class := ""
		switch {
		case kind == token.COMMENT:
			class = "comment"
		case kind.IsKeyword():
			class = "keyword"
		case kind == token.STRING || kind == token.CHAR:
			class = "string"
		case kind.IsLiteral() && kind != token.IDENT:
			class = "number"
		}
		at := file.Offset(pos)
		// A raw string's literal has lost its carriage returns: then its end is not known.
		if class == "" || at < done || !strings.HasPrefix(src[at:], literal) {
			continue
		}
		fmt.Fprintf(&b, "%s<span class=\"%s\">%s</span>", html.EscapeString(src[done:at]), class, html.EscapeString(literal))
		done = at + len(literal)
	}
}
