package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestTyping runs the REPL on a pseudoterminal, with text and Enter arriving apart, as over a slow line and from editors
// that send cells, and with letters above ASCII. Nothing typed may be lost or changed.
func TestTyping(t *testing.T) {
	console := startOnTerminal(t)
	console.await(t, "In[1]:")
	for i, c := range []struct{ text, want string }{
		{`"é größe µ 漢"`, `"é größe µ 漢"`},
		{"40 + 2", "42"},
		{"tensor.Of(1, 2, 3)", "tensor([1., 2., 3.])"},
		{"µ := 6; ß := 7; µ * ß", "42"},
	} {
		console.clear()
		console.send(t, c.text)
		time.Sleep(time.Duration(i) * time.Millisecond) // the pause is the case
		console.send(t, "\r")
		console.await(t, "\n"+c.want)
		console.await(t, fmt.Sprintf("In[%d]:", i+2))
	}
	console.send(t, "\x04")
	if err := console.wait(); err != nil {
		t.Errorf("after Ctrl-D: %v", err)
	}
}

// TestEditing types a function line by line: the editor indents it as gofmt does, and tells how a function is called.
func TestEditing(t *testing.T) {
	console := startOnTerminal(t)
	console.await(t, "In[1]:")
	for _, line := range []string{"func f(n int) int {", "for i := range n {", "if i > 2 {", "return i", "}", "}", "return n", "}"} {
		console.send(t, line)
		console.await(t, line)
		console.send(t, "\r")
	}
	console.await(t, "In[2]:")
	console.clear()
	console.send(t, "??f\r")
	console.await(t, "func f(n int) int {\n\tfor i := range n {\n\t\tif i > 2 {\n\t\t\treturn i\n\t\t}\n\t}\n\treturn n\n}")
	console.await(t, "In[3]:")
	console.send(t, `strings.Repeat("ab", `)
	console.await(t, "Repeat(s string, count int) string")
	console.send(t, "3)\r")
	console.await(t, `"ababab"`)
	console.await(t, "In[4]:")
	console.send(t, "\x04")
	if err := console.wait(); err != nil {
		t.Errorf("after Ctrl-D: %v", err)
	}
}

// TestPasting pastes a function with tabs and an empty line in it: it is one cell, which Enter runs. And Tab lists what matches
// without a colour, as NO_COLOR asks for.
func TestPasting(t *testing.T) {
	console := startOnTerminal(t)
	console.await(t, "In[1]:")
	console.until(t, "the request to mark what is pasted", func(screen string) bool { return strings.Contains(screen, "\x1b[?2004h") })
	console.send(t, "\x1b[200~func f(n int) int {\r\tif n > 1 {\r\t\treturn n * f(n-1)\r\t}\r\r\treturn 1\r}\rf(5)\x1b[201~")
	console.await(t, "f(5)")
	console.clear()
	console.send(t, "\r")
	console.await(t, "\n120")
	console.await(t, "In[2]:")
	console.clear()
	console.send(t, "fmt.Fprin\t")
	console.await(t, "Fprintln")
	console.mu.Lock()
	coloured := regexp.MustCompile(`\x1b\[(\d+;)*[34][0-8][;m]`).FindString(string(console.screen))
	console.mu.Unlock()
	if coloured != "" {
		t.Errorf("the list has a colour: %q", coloured)
	}
}

// TestOwnEditor has Ctrl-X Ctrl-E open $EDITOR, which appends a line to what was typed.
func TestOwnEditor(t *testing.T) {
	own := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(own, []byte("#!/bin/sh\necho 'n * 7' >> \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", own+" --wait")
	console := startOnTerminal(t)
	console.await(t, "In[1]:")
	console.send(t, "n := 6\x18\x05")
	console.await(t, "n * 7")
	console.send(t, "\r")
	console.await(t, "\n42")
	console.await(t, "In[2]:")
	console.send(t, "\x04")
	if err := console.wait(); err != nil {
		t.Errorf("after Ctrl-D: %v", err)
	}
}

// TestProgress runs a notebook on a terminal: a bar says which cell runs, and is gone at the end.
func TestProgress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "n.ipynb")
	if status, _, errs := snnrepl("", "notebook", "convert", script(t, "// %%\n1\n// %%\n2\n// %%\n3\n"), file); status != fine {
		t.Fatal(errs)
	}
	console := startOnTerminal(t, "notebook", "run", file)
	for _, bar := range []string{"[" + strings.Repeat(" ", 30), "[##########" + strings.Repeat(" ", 20), "[" + strings.Repeat("#", 20) + strings.Repeat(" ", 10)} {
		console.await(t, bar+"] ")
	}
	console.await(t, "3/3 "+file)
	if err := console.wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	console.until(t, "an empty line at the end", func(screen string) bool { return strings.HasSuffix(screen, "\r\x1b[K") })
}

// console is snnrepl on a pseudoterminal.
type console struct {
	keyboard *os.File
	wait     func() error

	mu     sync.Mutex
	screen []byte
}

func startOnTerminal(t *testing.T, args ...string) *console {
	t.Helper()
	controller, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudoterminals here: %v", err)
	}
	t.Cleanup(func() { controller.Close() })
	n, err := unix.IoctlGetInt(int(controller.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(controller.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	size := unix.Winsize{Row: 24, Col: 80}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &size); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), "LIVESPIKE_TEST_AS_COMMAND=1", "TERM=xterm", "LC_ALL=C.UTF-8", "NO_COLOR=1",
		"LIVESPIKE_GRAPHICS=blocks", "HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir(), "INPUTRC=/dev/null")
	c.Stdin, c.Stdout, c.Stderr = terminal, terminal, terminal
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // it may have ended
	console := &console{keyboard: controller, wait: c.Wait}
	go console.read(controller)
	return console
}

func (c *console) read(controller *os.File) {
	chunk := make([]byte, 4096)
	for {
		n, err := controller.Read(chunk)
		c.mu.Lock()
		c.screen = append(c.screen, chunk[:n]...)
		c.mu.Unlock()
		if err != nil {
			return // the REPL has left
		}
	}
}

func (c *console) clear() {
	c.mu.Lock()
	c.screen = nil
	c.mu.Unlock()
}

func (c *console) send(t *testing.T, text string) {
	t.Helper()
	if _, err := c.keyboard.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// escape is a control sequence of terminals.
var escape = regexp.MustCompile(`\x1b\[[0-9;? ]*[A-Za-z]`)

// await waits until the text has been on the screen.
func (c *console) await(t *testing.T, text string) {
	t.Helper()
	c.until(t, text, func(screen string) bool {
		return strings.Contains(strings.ReplaceAll(escape.ReplaceAllString(screen, ""), "\r", ""), text)
	})
}

// until waits until what the terminal got fulfils a condition.
func (c *console) until(t *testing.T, what string, seen func(screen string) bool) {
	t.Helper()
	for range 1000 {
		c.mu.Lock()
		screen := string(c.screen)
		c.mu.Unlock()
		if seen(screen) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%q never appears on the screen: %q", what, c.screen)
}
