package kernel

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
)

// historyLimit is how many cells of the past are read, and kept when the file is rewritten.
const historyLimit = 20000

// HistoryFile is where the cells of all sessions of a user are kept: livespike/history.jsonl in $XDG_STATE_HOME, or in
// ~/.local/state. It is "" for a user without a home.
func HistoryFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "livespike", "history.jsonl")
}

// entry is one cell in the file, one JSON object a line.
type entry struct {
	Session int    `json:"session"`
	Line    int    `json:"line"`
	Src     string `json:"src"`
	output  string // the echoed text; of this session only
}

// history is the cells of this session and, in a file that all sessions append to, those of earlier ones. The file is
// read when somebody asks or the first cell is added, so that a session starts without it.
type history struct {
	file string // "" keeps this session's cells only

	mu      sync.Mutex
	read    bool
	session int // number of this session, from 1
	earlier []entry
	own     []entry
}

// load reads the file once. A line that is damaged, by a full disk or an older version, is skipped.
func (h *history) load() {
	if h.read {
		return
	}
	h.read, h.session = true, 1
	if h.file == "" {
		return
	}
	text, err := os.ReadFile(h.file)
	if err != nil {
		return
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) == nil && e.Session > 0 {
			h.earlier = append(h.earlier, e)
			h.session = max(h.session, e.Session+1)
		}
	}
	if long := len(h.earlier) - historyLimit; long > 0 {
		h.earlier = h.earlier[long:]
		if long > historyLimit/2 {
			h.rewrite()
		}
	}
}

// rewrite shortens the file to what was read. That it fails loses nothing.
func (h *history) rewrite() {
	var b bytes.Buffer
	for _, e := range h.earlier {
		b.Write(e.line())
	}
	temporary := h.file + ".new"
	if os.WriteFile(temporary, b.Bytes(), 0o600) == nil && os.Rename(temporary, h.file) != nil {
		os.Remove(temporary)
	}
}

func (e entry) line() []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic("kernel: an entry of the history has no JSON: " + err.Error())
	}
	return append(text, '\n')
}

// add keeps a cell before it runs, so that a cell that ends the process is not lost. One write appends one line, so
// sessions side by side do not mix. The error says why the file could not be written.
func (h *history) add(line int, src string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.load()
	e := entry{Session: h.session, Line: line, Src: src}
	h.own = append(h.own, e)
	if h.file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(h.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(e.line())
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// echoed notes what the newest cell showed as its value.
func (h *history) echoed(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.own); n > 0 {
		h.own[n-1].output = text
	}
}

// entries is this session's cells, oldest first; all sessions' with earlier.
func (h *history) entries(earlier bool) []entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.load()
	if !earlier {
		return slices.Clone(h.own)
	}
	return slices.Concat(h.earlier, h.own)
}

// magics is the list as %history wants it.
func (h *history) magics(earlier bool) []magic.Entry {
	var list []magic.Entry
	for _, e := range h.entries(earlier) {
		list = append(list, magic.Entry{Session: e.Session, Line: e.Line, Src: e.Src})
	}
	return list
}

// query answers a front end: the last cells, a range of one session's, or those that match a pattern.
func (h *history) query(q wire.HistoryQuery) []wire.HistoryEntry {
	list := h.entries(true)
	session := q.Session
	if session <= 0 {
		session += h.session
	}
	list = slices.DeleteFunc(list, func(e entry) bool {
		switch q.Access {
		case "range":
			return e.Session != session || e.Line < q.Start || q.Stop > 0 && e.Line >= q.Stop
		case "search":
			return !glob(q.Pattern, e.Src)
		default:
			return false
		}
	})
	if q.Unique {
		list = newest(list)
	}
	if q.Access != "range" && q.N > 0 && len(list) > q.N {
		list = list[len(list)-q.N:]
	}
	var answer []wire.HistoryEntry
	for _, e := range list {
		answer = append(answer, wire.HistoryEntry{Session: e.Session, Line: e.Line, Source: e.Src, Output: e.output})
	}
	return answer
}

// newest keeps the last of each source, in order.
func newest(list []entry) []entry {
	seen := map[string]bool{}
	var kept []entry
	for _, e := range slices.Backward(list) {
		if !seen[e.Src] {
			seen[e.Src] = true
			kept = append(kept, e)
		}
	}
	slices.Reverse(kept)
	return kept
}

// glob matches a whole text against a pattern with * and ?; both match newlines.
func glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, resume := -1, 0
	i, k := 0, 0
	for k < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, resume = i, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[k]):
			i, k = i+1, k+1
		case star >= 0:
			resume++
			i, k = star+1, resume
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
