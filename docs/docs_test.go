package docs_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/docs"
)

const root = ".."

// pages are the Markdown files of the repository, but for test data and what others wrote.
func pages(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".git")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".md") {
			list = append(list, path)
		}
		return nil
	})
	if err != nil || len(list) < 5 {
		t.Fatalf("%d pages: %v", len(list), err)
	}
	return list
}

// block is a fenced part of a page.
type block struct {
	line     int    // of its first line of text, from 1
	language string // behind the fence: "go", "text", "sh", "console", …
	text     string
	follows  bool   // nothing but blank lines is between it and the block before
	picture  string // the target of an image that follows it, with nothing but blank lines and an output between
}

var pictureLine = regexp.MustCompile(`^!\[.*\]\((.*)\)$`)

func blocks(page string) []block {
	var list []block
	var current *block
	blank := false
	for i, line := range strings.Split(page, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && current == nil:
			current = &block{line: i + 2, language: strings.TrimSpace(fence), follows: blank}
		case isFence:
			list = append(list, *current)
			current, blank = nil, true
		case current != nil:
			current.text += line + "\n"
		case strings.TrimSpace(line) != "":
			if m := pictureLine.FindStringSubmatch(line); m != nil && blank {
				last := &list[len(list)-1]
				if last.language == "text" && last.follows && len(list) > 1 {
					last = &list[len(list)-2]
				}
				last.picture = m[1]
			}
			blank = false
		}
	}
	return list
}

var (
	linkPattern  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	imagePattern = regexp.MustCompile(`<img[^>]*\ssrc="([^"]+)"`)
	codePattern  = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// broken lists the links and pictures of a page that lead nowhere. Addresses of the web are only parsed.
func broken(path, page string) []string {
	var list []string
	prose := codePattern.ReplaceAllString(page, "")
	for _, m := range append(linkPattern.FindAllStringSubmatch(prose, -1), imagePattern.FindAllStringSubmatch(prose, -1)...) {
		u, err := url.Parse(m[1])
		if err != nil {
			list = append(list, m[1])
			continue
		}
		if u.Scheme != "" {
			if u.Scheme != "https" && u.Scheme != "mailto" {
				list = append(list, m[1]+" is not https")
			}
			continue
		}
		target := path
		if u.Path != "" {
			target = filepath.Join(filepath.Dir(path), filepath.FromSlash(u.Path))
		}
		if _, err := os.Stat(target); err != nil {
			list = append(list, m[1])
			continue
		}
		if u.Fragment != "" {
			text, err := os.ReadFile(target)
			if err != nil || !slices.Contains(anchors(string(text)), u.Fragment) {
				list = append(list, m[1]+": no such heading")
			}
		}
	}
	return list
}

// anchors are the names that GitHub gives the headings of a page.
func anchors(page string) []string {
	var list []string
	for _, line := range strings.Split(page, "\n") {
		level, title, ok := strings.Cut(line, " ")
		if !ok || strings.Trim(level, "#") != "" {
			continue
		}
		var b strings.Builder
		for _, r := range strings.ToLower(strings.TrimSpace(title)) {
			switch {
			case r == ' ':
				b.WriteByte('-')
			case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
				b.WriteRune(r)
			}
		}
		list = append(list, b.String())
	}
	return list
}

func TestLinks(t *testing.T) {
	count := 0
	for _, path := range pages(t) {
		page := read(t, path)
		count += len(linkPattern.FindAllString(page, -1))
		for _, link := range broken(path, page) {
			t.Errorf("%s: %s", path, link)
		}
	}
	t.Logf("%d links", count)
	const bad = "[a](nowhere.md) [b](#no-heading) [c](http://example.com) ![d](images/none.png)"
	if got := broken("README.md", bad); len(got) != 4 {
		t.Errorf("of four bad links %q were found", got)
	}
}

// TestSnippets runs the code on every page:
//
//   - go blocks in the order of the page, as the cells of one script; a text block that follows one is what it prints.
//     Those that begin with a package clause are compiled and vetted. An image that follows is the figure that they draw.
//   - sh blocks with bash, in a folder where the repository's files are at hand, snnrepl is on the path and what is
//     written is thrown away.
//
// Blocks named console are not run: they need a network, a robot, a camera or another program.
func TestSnippets(t *testing.T) {
	if testing.Short() {
		t.Skip("short: runs every snippet, which takes half a minute")
	}
	bin := t.TempDir()
	run(t, root, nil, "go", "build", "-o", filepath.Join(bin, binary("snnrepl")), "./cmd/snnrepl")
	for _, path := range pages(t) {
		list := blocks(read(t, path))
		t.Run(strings.TrimPrefix(filepath.ToSlash(path), "../"), func(t *testing.T) {
			cells(t, bin, path, list)
			programs(t, list)
			for _, b := range list {
				if b.language == "sh" {
					shell(t, bin, path, b)
				}
			}
		})
	}
}

func binary(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// mark separates the outputs of a script's blocks.
const mark = "---- block %d ----"

// figureLine is what snnrepl run says of a figure that it wrote.
var figureLine = regexp.MustCompile(`(?m)^figure: (.*)\n`)

func cells(t *testing.T, bin, path string, list []block) {
	var script strings.Builder
	found := false
	for i, b := range list {
		if b.language == "go" && !strings.HasPrefix(b.text, "package ") {
			found = true
			fmt.Fprintf(&script, "// %%%%\nfmt.Println(%q)\n// %%%% line %d of %s\n%s", fmt.Sprintf(mark, i), b.line, path, b.text)
		}
	}
	if !found {
		return
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "page.go")
	if err := os.WriteFile(name, []byte(script.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	out := run(t, dir, nil, filepath.Join(bin, binary("snnrepl")), "run", "--plain", "--figures", dir, name)
	output := func(i int) string {
		_, printed, _ := strings.Cut(out, fmt.Sprintf(mark, i)+"\n")
		printed, _, _ = strings.Cut(printed, "---- block ")
		return printed
	}
	for i, b := range list {
		if b.picture != "" && b.language == "go" {
			m := figureLine.FindStringSubmatch(output(i))
			if m == nil {
				t.Errorf("%s:%d: the code draws no figure", path, b.line)
				continue
			}
			comparePictures(t, filepath.Join(filepath.Dir(path), b.picture), m[1])
		}
		if b.language != "text" || !b.follows || i == 0 || list[i-1].language != "go" {
			continue
		}
		printed := figureLine.ReplaceAllString(output(i-1), "")
		if strings.TrimSpace(printed) != strings.TrimSpace(b.text) {
			t.Errorf("%s:%d: the page says\n%s\nand the code prints\n%s", path, b.line, b.text, printed)
		}
	}
}

var update = flag.Bool("update", false, "replace the pictures of the pages with what their code draws")

// comparePictures holds a page's picture against the one that its code drew. Floating point differs between processors
// in the last bit and edges are smoothed, so one pixel in a hundred may be clearly different, and no more.
func comparePictures(t *testing.T, stored, drawn string) {
	t.Helper()
	if *update {
		data, err := os.ReadFile(drawn)
		if err == nil {
			err = os.WriteFile(stored, data, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
	want, got := decode(t, stored), decode(t, drawn)
	if want.Bounds() != got.Bounds() {
		t.Errorf("%s is %v, drawn now it is %v", stored, want.Bounds().Max, got.Bounds().Max)
		return
	}
	wrong, size := 0, want.Bounds().Size()
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > 0x3000 }
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := want.At(x, y).RGBA()
			u, v, w, _ := got.At(x, y).RGBA()
			if far(r, u) || far(g, v) || far(b, w) {
				wrong++
			}
		}
	}
	if wrong > size.X*size.Y/100 {
		t.Errorf("%s: %d of %d pixels differ from what the code draws; go test ./docs -update replaces it", stored, wrong, size.X*size.Y)
	}
}

func decode(t *testing.T, name string) image.Image {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return img
}

// programs compiles the blocks that begin with a package clause. Blocks of one package are its files.
func programs(t *testing.T, list []block) {
	packages := map[string][]string{}
	dir := t.TempDir()
	for i, b := range list {
		if b.language != "go" || !strings.HasPrefix(b.text, "package ") {
			continue
		}
		clause, _, _ := strings.Cut(b.text, "\n")
		key, suffix := clause, ".go"
		if clause == "package main" {
			key = fmt.Sprint(i) // each is a program of its own
		}
		if strings.Contains(b.text, "testing.T") {
			suffix = "_test.go"
		}
		name := filepath.Join(dir, fmt.Sprint("block", i, suffix))
		if err := os.WriteFile(name, []byte(b.text), 0o644); err != nil {
			t.Fatal(err)
		}
		packages[key] = append(packages[key], name)
	}
	for _, files := range packages {
		run(t, root, nil, "go", append([]string{"vet"}, files...)...)
	}
}

func shell(t *testing.T, bin, path string, b block) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	dir := t.TempDir()
	entries, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		whole, err := filepath.Abs(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(whole, filepath.Join(dir, filepath.Base(e))); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s:%d: %s", path, b.line, strings.TrimSpace(b.text))
	home := t.TempDir()
	env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "JUPYTER_DATA_DIR=" + home}
	run(t, dir, env, bash, "-euo", "pipefail", "-c", b.text)
}

// run is a command's standard output; one that fails ends the test with both outputs.
func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDelivery checks what can be checked of the files for Binder, development containers and container engines without
// any of them: they parse, and what they name exists.
func TestDelivery(t *testing.T) {
	var devcontainer map[string]any
	if err := json.Unmarshal([]byte(read(t, filepath.Join(root, ".devcontainer", "devcontainer.json"))), &devcontainer); err != nil {
		t.Errorf(".devcontainer/devcontainer.json: %v", err)
	}
	if bash, err := exec.LookPath("bash"); err == nil {
		run(t, root, nil, bash, "-n", "binder/postBuild")
	}
	copied := regexp.MustCompile(`(?m)^COPY (?:--chown=\S+ )?([^-].*) \S+$`)
	lines := copied.FindAllStringSubmatch(read(t, filepath.Join(root, "Dockerfile")), -1)
	if len(lines) == 0 {
		t.Error("the Dockerfile copies nothing")
	}
	for _, line := range lines {
		for _, name := range strings.Fields(line[1]) {
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("Dockerfile: %v", err)
			}
		}
	}
	module, files := read(t, filepath.Join(root, "go.mod")), map[string]string{"Dockerfile": `golang:([\d.]+)`, ".devcontainer/devcontainer.json": `go:1-([\d.]+)`}
	for name, pattern := range files {
		m := regexp.MustCompile(pattern).FindStringSubmatch(read(t, filepath.Join(root, name)))
		if m == nil || !strings.Contains(module, "\ngo "+m[1]) {
			t.Errorf("%s is not for the Go of go.mod: %q", name, m)
		}
	}
}

// TestTopics holds the pages inside the program against the files, and the index against the pages.
func TestTopics(t *testing.T) {
	index, ok := docs.Lookup("")
	if !ok || !strings.HasPrefix(index.Text, "# ") {
		t.Fatalf("the index is %q", index.Text)
	}
	topics := docs.Topics()
	if len(topics) == 0 {
		t.Fatal("no topics")
	}
	for _, topic := range topics {
		if found, ok := docs.Lookup(strings.ToUpper(topic.Name)); !ok || found.Text != read(t, filepath.FromSlash(topic.File)) {
			t.Errorf("topic %s is not %s", topic.Name, topic.File)
		}
		if !strings.HasPrefix(topic.Text, "# ") {
			t.Errorf("%s does not begin with a heading", topic.File)
		}
		if topic.Summary == "" || len(topic.Summary) > 76 || strings.Contains(topic.Summary, "](") {
			t.Errorf("the index, docs/README.md, has no short line for %s, but %q", topic.File, topic.Summary)
		}
	}
	if _, ok := docs.Lookup("nothing"); ok {
		t.Error("there is a topic named nothing")
	}
}

func TestBeside(t *testing.T) {
	for name, want := range map[string]string{
		"LIFCell":                      "LIFCell: snn.LIFCell (snnrepl help norse)",
		"norse.torch.LConv2d":          "LConv2d: snn.LConv2d (snnrepl help norse)",
		"torch.nn.functional.mse_loss": "torch.nn.functional.mse_loss(x, y): x.Sub(y).Pow(2).Mean() (snnrepl help norse)",
	} {
		if got := docs.Beside(name); !slices.Equal(got, []string{want}) {
			t.Errorf("beside %s: %q", name, got)
		}
	}
	for _, name := range []string{"", "nosuch", "snn.", "|"} {
		if got := docs.Beside(name); len(got) > 0 {
			t.Errorf("beside %q: %q", name, got)
		}
	}
}
