package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/reeflective/readline"
	"golang.org/x/term"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/wire"
)

// editor reads cells on a terminal: whole cells with several lines, history, completion.
type editor struct {
	shell  *readline.Shell
	n      int
	goesOn bool        // Enter has begun a line of the same cell
	before *term.State // of the terminal
}

func newEditor(k *kernel.Session, colour bool) *editor {
	e := &editor{shell: readline.NewShell()}
	e.before, _ = term.GetState(int(os.Stdin.Fd())) // without one, nothing is given back
	paint := func(text string) string {
		if colour {
			return "\x1b[1;32m" + text + "\x1b[0m"
		}
		return text
	}
	options := map[string]any{
		// Lines that are pasted are one cell, and their tabs are no Tab keys.
		"enable-bracketed-paste": true,
		// The first Tab inserts what all matches share and lists them; the next ones go through the list.
		"menu-complete-display-prefix": true,
		// Letters above ASCII are letters, not keys with Meta.
		"convert-meta": false, "input-meta": true, "output-meta": true,
		// Asking the terminal where the cursor is loses what is typed while it answers.
		"cursor-position-probe": false,
	}
	if !colour {
		options["completion-selection-style"] = "\x1b[0;7m" // reversed, after what the editor would colour it with
	}
	for name, value := range options {
		if err := e.shell.Config.Set(name, value); err != nil {
			panic("snnrepl: " + err.Error())
		}
	}
	e.shell.Prompt.Primary(func() string { return paint(promptText(e.n, false)) })
	e.shell.Prompt.Secondary(func() string { return paint(promptText(e.n, true)) })
	e.shell.History.Add("cells", &recall{session: k})
	e.shell.AcceptMultiline = func(line []rune) bool {
		status, _ := k.IsComplete(string(line) + "\n")
		e.goesOn = status == "incomplete"
		return !e.goesOn
	}
	accept := e.shell.Keymap.Commands()["accept-line"]
	e.shell.Keymap.Register(map[string]func(){
		"accept-line": func() {
			e.goesOn = false
			if accept(); e.goesOn {
				e.indent(k)
			}
		},
		"close-bracket": e.closeBracket,
		// Ctrl-X Ctrl-E, in place of the library's, which knows only Emacs.
		"edit-and-execute-command": e.edit, "edit-command-line": e.edit,
	})
	for _, keymap := range []string{"emacs", "emacs-standard", "vi-insert"} {
		for _, bracket := range []string{"}", ")"} {
			if err := e.shell.Config.Bind(keymap, bracket, "close-bracket", false); err != nil {
				panic("snnrepl: " + err.Error())
			}
		}
	}
	e.shell.Hint.SetProvider(func(line []rune, cursor int) []rune {
		sig, _ := k.Signature(string(line), len(string(line[:cursor])))
		return []rune(signatureLine(sig, colour))
	})
	e.shell.Completer = func(line []rune, cursor int) readline.Completions {
		return complete(k, string(line), len(string(line[:cursor])), colour)
	}
	if colour {
		e.shell.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	}
	return e
}

// indent indents the line that Enter has begun.
func (e *editor) indent(k *kernel.Session) {
	line, cursor := e.shell.Line(), e.shell.Cursor()
	_, indent := k.IsComplete(string((*line)[:cursor.Pos()]))
	line.Insert(cursor.Pos(), []rune(indent)...)
	cursor.Move(len(indent))
}

// closeBracket inserts the bracket that was typed. The first of its line goes back by the tab that its block was indented by.
func (e *editor) closeBracket() {
	line, cursor := e.shell.Line(), e.shell.Cursor()
	text := []rune(*line)[:cursor.Pos()]
	blank := strings.TrimRight(string(text), "\t")
	if n := len(text); n > 0 && text[n-1] == '\t' && strings.HasSuffix(blank, "\n") {
		line.Cut(n-1, n)
		cursor.Dec()
	}
	key := e.shell.Keys.Caller()
	line.Insert(cursor.Pos(), key...)
	cursor.Inc()
}

// edit hands the cell to the user's own editor and takes it back.
func (e *editor) edit() {
	text, err := e.edited(string(*e.shell.Line()))
	if err != nil {
		e.shell.Hint.SetTemporary("snnrepl: editor: " + err.Error())
		return
	}
	e.shell.Line().Set([]rune(text)...)
	e.shell.Cursor().Set(e.shell.Line().Len())
}

// lend calls a function while the terminal is as it was before it was edited on: lines, echo and Ctrl-C, which is not for us
// then, and no marks around what is pasted.
func (e *editor) lend(do func() error) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	in := int(os.Stdin.Fd())
	if raw, err := term.GetState(in); err == nil && e.before != nil && term.Restore(in, e.before) == nil {
		defer func() { _ = term.Restore(in, raw) }()
	}
	fmt.Print("\x1b[?2004l")
	defer fmt.Print("\x1b[?2004h")
	return do()
}

// edited is a text after it was in $VISUAL, $EDITOR or vi, without its last newline.
func (e *editor) edited(text string) (string, error) {
	f, err := os.CreateTemp("", "cell-*.go")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }() // a temporary file
	_, err = f.WriteString(text + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", err
	}
	name := strings.Fields(cmp.Or(strings.TrimSpace(os.Getenv("VISUAL")), strings.TrimSpace(os.Getenv("EDITOR")), "vi"))
	command := exec.Command(name[0], append(name[1:], f.Name())...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := e.lend(command.Run); err != nil {
		return "", fmt.Errorf("%s: %w", name[0], err)
	}
	after, err := os.ReadFile(f.Name())
	return strings.TrimRight(string(after), "\r\n"), err
}

// signatureLine is what stands below the prompt while the arguments of a call are typed. The parameter in turn is bright.
func signatureLine(sig interp.Signature, colour bool) string {
	text := strings.TrimPrefix(sig.Text, "func ")
	if text == "" || !colour {
		return text
	}
	cut := len(sig.Text) - len(text)
	from, to := max(sig.From-cut, 0), max(sig.To-cut, 0)
	return "\x1b[2m" + text[:from] + "\x1b[0;1m" + text[from:to] + "\x1b[0;2m" + text[to:] + "\x1b[0m"
}

// read edits one cell. Ctrl-C drops what is typed and never leaves: somebody who stops a cell may press it once too often.
func (e *editor) read(n int) (string, error) {
	e.n = n
	src, err := e.shell.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		if strings.TrimSpace(src) == "" {
			fmt.Println("Ctrl-D leaves")
		}
		return "", errDropped
	}
	return src, err
}

// propose types the text as if it were pasted, so that its lines do not run one by one.
func (e *editor) propose(text string) {
	e.shell.Keys.Feed(false, []rune("\x1b[200~"+strings.TrimRight(text, "\n")+"\x1b[201~")...)
}

// completeLimit is how long Tab waits.
const completeLimit = 500 * time.Millisecond

// complete turns the session's matches into the editor's, in groups if it may use colours, as their titles have one.
func complete(k *kernel.Session, src string, at int, groups bool) readline.Completions {
	ctx, cancel := context.WithTimeout(context.Background(), completeLimit)
	defer cancel()
	found := k.Complete(ctx, src, at)
	prefix, lead := src[found.Start:at], ""
	if prefix == "" { // the editor would take the whole word up to the last space for it
		r, _ := utf8.DecodeLastRuneInString(src[:at])
		if at > 0 && !unicode.IsSpace(r) {
			lead = string(r)
		}
	}
	var list []readline.Completion
	for _, m := range found.Matches {
		one := readline.Completion{Value: lead + m.Text, Display: m.Text, Description: firstLine(m.Signature)}
		if groups {
			one.Tag = m.Kind
		}
		list = append(list, one)
	}
	c := readline.CompleteRaw(list)
	c.PREFIX = lead + prefix
	return c
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// recall is the history as the editor wants it: whole cells of all sessions, each once.
type recall struct {
	session *kernel.Session
	cells   []string
	read    bool
}

func (r *recall) load() {
	if r.read {
		return
	}
	r.read = true
	for _, e := range r.session.History(wire.HistoryQuery{Access: "tail", Unique: true}) {
		r.cells = append(r.cells, e.Source)
	}
}

// Write takes a cell that was accepted; the session keeps it in the file when it runs.
func (r *recall) Write(cell string) (int, error) {
	r.load()
	if n := len(r.cells); strings.TrimSpace(cell) != "" && (n == 0 || r.cells[n-1] != cell) {
		r.cells = append(r.cells, cell)
	}
	return len(r.cells), nil
}

// GetLine is the cell at a place, oldest first.
func (r *recall) GetLine(at int) (string, error) {
	r.load()
	if at < 0 || at >= len(r.cells) {
		return "", fmt.Errorf("the history has no entry %d", at)
	}
	return r.cells[at], nil
}

// Len is the number of cells.
func (r *recall) Len() int {
	r.load()
	return len(r.cells)
}

// Dump is all cells.
func (r *recall) Dump() any {
	r.load()
	return r.cells
}
