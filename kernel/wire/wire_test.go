package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const testKey = "a key"

// memory is a transport without sockets: what the server publishes and answers arrives on channels.
type memory struct {
	requests, replies chan Request
	iopub, shell      chan *Message
	stdin             chan *Message
	gone              chan struct{} // closed: the client has left
	open              *signer
}

func newMemory() *memory {
	return &memory{
		requests: make(chan Request, 64), replies: make(chan Request, 8),
		iopub: make(chan *Message, 4096), shell: make(chan *Message, 4096), stdin: make(chan *Message, 8), gone: make(chan struct{}),
		open: newSigner(testKey),
	}
}

func (m *memory) Requests() <-chan Request { return m.requests }
func (m *memory) Replies() <-chan Request  { return m.replies }

func (m *memory) Publish(frames [][]byte) { m.iopub <- m.mustOpen(frames) }

func (m *memory) mustOpen(frames [][]byte) *Message {
	message, err := m.open.open(frames) // refuses a signature that came before, as clients do
	if err != nil {
		panic(err)
	}
	return message
}

func (m *memory) Stdin(identity string) Peer {
	if identity != "tab" {
		return nil
	}
	return memoryPeer{m, m.stdin}
}

func (m *memory) Close(time.Duration) error { close(m.replies); return nil }

type memoryPeer struct {
	m  *memory
	to chan *Message
}

func (p memoryPeer) Identity() string { return "tab" }

func (p memoryPeer) Gone() <-chan struct{} { return p.m.gone }

func (p memoryPeer) Send(frames [][]byte) error { p.to <- p.m.mustOpen(frames); return nil }

// scripted is an executor whose cells are verbs.
type scripted struct {
	mu      sync.Mutex
	ran     []string
	started chan string
	late    Output
	closed  bool
	comm    *Comm
	release chan struct{}
}

func (e *scripted) Info() Info {
	return Info{Implementation: "scripted", Version: "0", Banner: "hello", GoVersion: "1.26"}
}

func (e *scripted) Execute(ctx context.Context, c Cell, out Output) Outcome {
	e.mu.Lock()
	e.ran = append(e.ran, c.Src)
	e.late = out
	e.mu.Unlock()
	select {
	case e.started <- c.Src:
	default:
	}
	verb, rest, _ := strings.Cut(c.Src, " ")
	switch verb {
	case "print":
		out.Stream("stdout", []byte(rest))
	case "mix":
		out.Stream("stdout", []byte("a"))
		out.Display("d1", Bundle{Data: map[string]any{"image/png": []byte{1, 2}, "text/plain": "p"}})
		out.Stream("stdout", []byte("b\xe2\x82"))
		out.Stream("stdout", []byte("\xac"))
		out.Stream("stderr", []byte("c"))
		out.Result(Bundle{Data: map[string]any{"text/plain": "42"}})
	case "fail":
		return Outcome{Err: &CellError{Name: "Panic", Value: "boom", Traceback: []string{"In[1]:1:1"}}}
	case "wait":
		<-ctx.Done()
		return Outcome{Err: &CellError{Name: "Interrupted", Value: "interrupted"}}
	case "input":
		text, err := out.Input(ctx, "name? ", true)
		if err != nil {
			return Outcome{Err: &CellError{Name: "Panic", Value: err.Error()}}
		}
		out.Stream("stdout", []byte("hi "+text))
	case "stuck":
		select {}
	case "goon":
		<-ctx.Done()
		<-e.release
		return Outcome{}
	case "many":
		for i := range 1000 {
			out.Stream("stdout", fmt.Appendf(nil, "%d\n", i))
		}
	case "ask":
		out.Stream("stdout", []byte("first\nsay: "))
		text, err := out.Input(ctx, "", false)
		return Outcome{Err: &CellError{Name: text, Value: fmt.Sprint(err)}}
	case "comm":
		e.comm = out.(CommOutput).OpenComm("widget", CommMessage{
			Data: map[string]any{"state": 1}, Metadata: map[string]any{"version": "2.1.0"}, Buffers: [][]byte{{1, 2}},
		}, func(m CommMessage) {
			if m.Data["panic"] == true {
				panic("a handler's")
			}
			out.Stream("stdout", fmt.Appendf(nil, "got %v %v", m.Data["v"], m.Buffers))
		})
	case "commsend":
		if err := e.comm.Send(CommMessage{Data: map[string]any{"n": 2}}); err != nil {
			return Outcome{Err: &CellError{Name: "Panic", Value: err.Error()}}
		}
	case "commclose":
		_ = e.comm.Close()
	case "quit":
		return Outcome{Exit: true}
	case "next":
		out.NextInput("loaded", true)
	case "clear":
		out.Clear(true)
	case "update":
		out.Update("d1", Bundle{Data: map[string]any{"text/plain": "p2"}})
	case "values":
		return Outcome{Expressions: map[string]ExpressionResult{
			"good": {Bundle: Bundle{Data: map[string]any{"text/plain": "1"}}},
			"bad":  {Err: &CellError{Name: "CompileError", Value: "undefined"}},
		}}
	case "page":
		out.Page(Bundle{Data: map[string]any{"text/plain": "help"}})
	}
	results := map[string]ExpressionResult{}
	for name, src := range c.Expressions {
		results[name] = ExpressionResult{Bundle: Bundle{Data: map[string]any{"text/plain": src}}}
	}
	return Outcome{Expressions: results}
}

func (e *scripted) Complete(ctx context.Context, src string, at int) Completion {
	switch src {
	case "panic":
		panic("the completer's")
	case "slow":
		e.started <- src
		<-ctx.Done()
	}
	return Completion{Start: strings.LastIndex(src[:at], ".") + 1, End: at, Matches: []Match{{Text: "Println", Kind: "function"}}}
}

func (e *scripted) Inspect(_ context.Context, src string, at, _ int) (Bundle, bool) {
	return Bundle{Data: map[string]any{"text/plain": src[:at]}}, src != ""
}

func (e *scripted) IsComplete(src string) (string, string) {
	switch src {
	case "panic":
		panic("the parser's")
	case "done":
		return "complete", ""
	}
	return "incomplete", "\t"
}

func (e *scripted) History(q HistoryQuery) []HistoryEntry {
	return []HistoryEntry{{q.Session, 2, "x", "out"}, {q.Session, 3, q.Access, ""}}
}

func (e *scripted) Close(context.Context) error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	return nil
}

// client asks a server over memory.
type client struct {
	t   *testing.T
	m   *memory
	e   *scripted
	s   *Server
	n   int
	log *bytes.Buffer
	end chan error
}

func start(t *testing.T) *client {
	t.Helper()
	c := newClient(t)
	c.run()
	return c
}

// newClient is a client of a server that does not run yet: what it sends waits.
func newClient(t *testing.T) *client {
	c := &client{t: t, m: newMemory(), e: &scripted{started: make(chan string, 64), release: make(chan struct{})}, log: &bytes.Buffer{}, end: make(chan error, 1)}
	c.s = newServer(c.e, testKey, log.New(io.Writer(c.log), "", 0))
	c.s.ports = map[string]int{"shell_port": 7}
	return c
}

func (c *client) run() {
	c.t.Helper()
	go func() { c.end <- c.s.run(context.Background(), c.m) }()
	if got := c.next(); got.Header.Type != "status" || !strings.Contains(string(got.Content), "starting") {
		c.t.Fatalf("first message is %s %s", got.Header.Type, got.Content)
	}
}

// send asks and returns the request's msg_id.
func (c *client) send(channel Channel, kind, content string) string {
	c.n++
	id := fmt.Sprintf("m%d", c.n)
	m := Message{
		Idents:    [][]byte{[]byte("tab"), []byte("second")},
		RawHeader: json.RawMessage(fmt.Sprintf(`{"msg_id":%q,"msg_type":%q,"session":"s","unknown":1}`, id, kind)),
		Content:   json.RawMessage(content),
	}
	c.m.requests <- Request{channel, memoryPeer{c.m, c.m.shell}, m.encode(newSigner(testKey))}
	return id
}

func (c *client) from(ch chan *Message, what string) *Message {
	c.t.Helper()
	select {
	case m := <-ch:
		return m
	case <-time.After(20 * time.Second):
		c.t.Fatalf("no message on %s", what)
		return nil
	}
}

func (c *client) next() *Message  { c.t.Helper(); return c.from(c.m.iopub, "iopub") }
func (c *client) reply() *Message { c.t.Helper(); return c.from(c.m.shell, "shell") }

// want reads iopub until idle and compares "type content-part" lines with what is wanted, in order.
func (c *client) want(id string, lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		kind, part, _ := strings.Cut(line, " ")
		m := c.next()
		var parent Header
		if err := json.Unmarshal(m.Parent, &parent); err != nil || parent.ID != id {
			c.t.Fatalf("%s has parent %s, want %s", m.Header.Type, m.Parent, id)
		}
		if m.Header.Type != kind || !strings.Contains(string(m.Content), part) {
			c.t.Fatalf("got %s %s, want %s", m.Header.Type, m.Content, line)
		}
	}
}

func execute(code string) string {
	return string(marshal(map[string]any{"code": code}))
}

func TestOrderWithinACell(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("mix"))
	c.want(id, "status busy", `execute_input "code":"mix","execution_count":1`, `stream "text":"a"`,
		`display_data "image/png":"AQI="`, `stream b€`, `stream stderr`, `execute_result "text/plain":"42"`, "status idle")
	r := c.reply()
	if string(r.Idents[1]) != "second" || !strings.Contains(string(r.Parent), `"unknown":1`) {
		t.Errorf("reply has idents %q and parent %s", r.Idents, r.Parent)
	}
	if got := string(r.Content); !strings.Contains(got, `"status":"ok"`) || !strings.Contains(got, `"payload":[]`) {
		t.Error(got)
	}
}

// What stands on every message of ours: on iopub one topic, and a header of the kernel's own.
func TestHeaders(t *testing.T) {
	c := start(t)
	c.send(Shell, "is_complete_request", `{"code":"done"}`)
	for _, m := range []*Message{c.next(), c.reply(), c.next()} {
		if m.Header.Version != "5.5" || m.Header.Session == "s" || m.Header.Session == "" || m.Header.Username == "" ||
			!strings.HasPrefix(m.Header.ID, m.Header.Session+"_") {
			t.Errorf("header %s", m.RawHeader)
		}
		at, err := time.Parse("2006-01-02T15:04:05.000000Z07:00", m.Header.Date)
		if _, offset := at.Zone(); err != nil || offset != 0 || time.Since(at).Abs() > time.Hour {
			t.Errorf("date %s, %v", m.Header.Date, err)
		}
		if m.Header.Type == "status" && (len(m.Idents) != 1 || string(m.Idents[0]) != "kernel."+m.Header.Session+".status") {
			t.Errorf("topic %q", m.Idents)
		}
		if m.Header.Type == "is_complete_reply" && string(m.Content) != `{"status":"complete"}` {
			t.Errorf("reply %s: indent belongs to incomplete alone", m.Content)
		}
	}
}

func TestKernelInfo(t *testing.T) {
	c := start(t)
	c.send(Shell, "execute_request", execute("wait")) // it is answered while a cell runs
	<-c.e.started
	id := c.send(Control, "kernel_info_request", `{}`)
	var got, want map[string]any
	if err := json.Unmarshal(c.replyTo(id).Content, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"status":"ok","protocol_version":"5.5","implementation":"scripted","implementation_version":"0",
		"language_info":{"name":"go","version":"1.26","mimetype":"text/x-go","file_extension":".go","pygments_lexer":"go",
			"codemirror_mode":"go","nbconvert_exporter":"script"},
		"banner":"hello","help_links":[],"debugger":false,"supported_features":[]}`), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestCounts(t *testing.T) {
	c := start(t)
	for _, step := range []struct{ content, reply string }{
		{execute("print x"), `"execution_count":1`},
		{`{"code":"print y","silent":true}`, `"execution_count":1`},
		{`{"code":"print y","store_history":false}`, `"execution_count":1`},
		{`{"code":"  \n"}`, `"execution_count":1`},
		{execute("print z"), `"execution_count":2`},
	} {
		c.send(Shell, "execute_request", step.content)
		if got := string(c.reply().Content); !strings.Contains(got, step.reply) {
			t.Errorf("%s: %s, want %s", step.content, got, step.reply)
		}
	}
}

func TestErrorAbortsTheQueue(t *testing.T) {
	c := start(t)
	first := c.send(Shell, "execute_request", execute("wait"))
	<-c.e.started
	second := c.send(Shell, "execute_request", execute("print never"))
	third := c.send(Shell, "is_complete_request", `{"code":"x"}`)
	if r := c.reply(); r.Header.Type != "is_complete_reply" || !strings.Contains(string(r.Content), `"indent":"\t"`) {
		t.Fatalf("while a cell runs: %s %s", r.Header.Type, r.Content)
	}
	control := c.send(Control, "interrupt_request", `{}`)
	seen := map[string]string{}
	for range 3 {
		r := c.reply()
		var parent Header
		if err := json.Unmarshal(r.Parent, &parent); err != nil {
			t.Fatal(err)
		}
		seen[parent.ID] = string(r.Content)
	}
	if !strings.Contains(seen[first], "Interrupted") || !strings.Contains(seen[second], `"aborted"`) || !strings.Contains(seen[control], `"ok"`) {
		t.Errorf("replies %v", seen)
	}
	_ = third
	c.send(Shell, "execute_request", execute("print later"))
	if got := string(c.reply().Content); !strings.Contains(got, `"ok"`) {
		t.Errorf("a cell sent later: %s", got)
	}
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	if fmt.Sprint(c.e.ran) != "[wait print later]" {
		t.Errorf("ran %v", c.e.ran)
	}
}

func TestErrorPublishesNothingElse(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("fail"))
	c.want(id, "status busy", "execute_input", `error "ename":"Panic"`, "status idle")
}

func TestInput(t *testing.T) {
	c := start(t)
	c.send(Shell, "execute_request", execute("input"))
	q := c.from(c.m.stdin, "stdin")
	if !strings.Contains(string(q.Content), `"password":true`) {
		t.Errorf("question %s", q.Content)
	}
	answer := func(parent string, value string) {
		c.n++
		m := Message{
			RawHeader: json.RawMessage(fmt.Sprintf(`{"msg_id":"i%d","msg_type":"input_reply"}`, c.n)),
			Parent:    json.RawMessage(parent), Content: marshal(map[string]string{"value": value}),
		}
		c.m.replies <- Request{Shell, memoryPeer{c.m, c.m.stdin}, m.encode(newSigner(testKey))}
	}
	older := q.Header.Session + "_0"
	answer(fmt.Sprintf(`{"msg_id":%q}`, older), "stale")
	answer(string(q.RawHeader), "Ada")
	if got := string(c.reply().Content); !strings.Contains(got, `"ok"`) {
		t.Fatal(got)
	}
	for m := c.next(); ; m = c.next() {
		if m.Header.Type == "stream" {
			if !strings.Contains(string(m.Content), "hi Ada") {
				t.Errorf("stream %s", m.Content)
			}
			break
		}
	}
	c.send(Shell, "execute_request", `{"code":"input","allow_stdin":false}`)
	if got := string(c.reply().Content); !strings.Contains(got, "takes no input") {
		t.Errorf("without stdin: %s", got)
	}
}

func TestLateOutputKeepsItsParent(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("print x"))
	c.want(id, "status busy", "execute_input", "stream x", "status idle")
	c.e.mu.Lock()
	late := c.e.late
	c.e.mu.Unlock()
	late.Stream("stdout", []byte("later"))
	c.want(id, "stream later")
}

func TestOffsetsAreCodePoints(t *testing.T) {
	c := start(t)
	c.send(Shell, "complete_request", `{"code":"é𝄞 fmt.Pri","cursor_pos":10}`)
	if got := string(c.reply().Content); !strings.Contains(got, `"cursor_start":7`) || !strings.Contains(got, `"cursor_end":10`) {
		t.Error(got)
	}
	c.send(Shell, "inspect_request", `{"code":"é𝄞x","cursor_pos":2,"detail_level":0}`)
	if got := string(c.reply().Content); !strings.Contains(got, `"text/plain":"é𝄞"`) {
		t.Error(got)
	}
	c.send(Shell, "complete_request", `{"code":"fmt.P","cursor_pos":999}`)
	if got := string(c.reply().Content); !strings.Contains(got, `"cursor_end":5`) {
		t.Error(got)
	}
}

// TestBadMessages sends what must be dropped or answered with an error, each followed by a good request.
func TestBadMessages(t *testing.T) {
	good := func() [][]byte {
		m := Message{RawHeader: json.RawMessage(`{"msg_id":"g","msg_type":"is_complete_request"}`), Content: json.RawMessage(`{"code":"x"}`)}
		return m.encode(newSigner(testKey))
	}
	signed := func(header, content string) [][]byte {
		m := Message{RawHeader: json.RawMessage(header), Content: json.RawMessage(content)}
		return m.encode(newSigner(testKey))
	}
	wrongKey := good()
	wrongKey[1] = []byte(strings.Repeat("0", 64))
	for name, frames := range map[string][][]byte{
		"no frames":                {},
		"no delimiter":             {[]byte("a"), []byte("b")},
		"short":                    good()[:4],
		"wrong key":                wrongKey,
		"header cut short":         signed(`{"msg_id":"x","msg_type":`, `{}`),
		"content is a list":        signed(`{"msg_id":"x","msg_type":"execute_request"}`, `[]`),
		"no msg_type":              signed(`{"msg_id":"x"}`, `{}`),
		"code is a number":         signed(`{"msg_id":"x1","msg_type":"execute_request"}`, `{"code":1}`),
		"no code":                  signed(`{"msg_id":"x2","msg_type":"execute_request"}`, `{}`),
		"unknown type":             signed(`{"msg_id":"x3","msg_type":"juggle_request"}`, `{}`),
		"comm of nobody":           signed(`{"msg_id":"x4","msg_type":"comm_msg"}`, `{"comm_id":"?"}`),
		"comm_open without id":     signed(`{"msg_id":"x5","msg_type":"comm_open"}`, `{}`),
		"history with wrong types": signed(`{"msg_id":"x6","msg_type":"history_request"}`, `{"n":"many"}`),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			c.m.requests <- Request{Shell, memoryPeer{c.m, c.m.shell}, frames}
			c.send(Shell, "is_complete_request", `{"code":"x"}`)
			for {
				r := c.reply()
				if r.Header.Type == "is_complete_reply" {
					return
				}
				if !strings.Contains(string(r.Content), `"status":"error"`) {
					t.Errorf("reply %s %s", r.Header.Type, r.Content)
				}
			}
		})
	}
}

func TestReplayIsDropped(t *testing.T) {
	s := newSigner(testKey)
	m := Message{RawHeader: json.RawMessage(`{"msg_id":"x","msg_type":"t"}`)}
	frames := m.encode(s)
	if _, err := s.open(frames); err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(frames); !errors.Is(err, ErrMessage) {
		t.Errorf("second time: %v", err)
	}
}

func TestEveryRequestIsAnswered(t *testing.T) {
	c := start(t)
	for kind, want := range map[string]string{
		"kernel_info_request": `"protocol_version":"5.5"`,
		"history_request":     `[[0,2,"x"],[0,3,""]]`,
		"comm_info_request":   `"comms":{}`,
		"connect_request":     `{"shell_port":7}`,
		"debug_request":       `"success":false`,
	} {
		id := c.send(Control, kind, `{}`)
		if got := string(c.reply().Content); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
		c.want(id, "status busy", "status idle")
	}
	id := c.send(Shell, "comm_open", `{"comm_id":"k","target_name":"nobody"}`)
	c.want(id, "status busy", `comm_close "comm_id":"k"`, "status idle")
}

func TestShutdown(t *testing.T) {
	c := start(t)
	c.send(Shell, "execute_request", execute("wait"))
	<-c.e.started
	c.send(Control, "shutdown_request", `{"restart":true}`)
	for r := c.reply(); ; r = c.reply() {
		if r.Header.Type == "shutdown_reply" {
			if !strings.Contains(string(r.Content), `"restart":true`) {
				t.Error(string(r.Content))
			}
			break
		}
	}
	select {
	case err := <-c.end:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not end")
	}
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	if !c.e.closed {
		t.Error("the executor was not closed")
	}
}

func TestConnectionFile(t *testing.T) {
	path := t.TempDir() + "/c.json"
	want := NewConnection("livespike")
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadConnection(path); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, bad := range map[string]Connection{
		"scheme":    {Transport: "tcp", IP: "127.0.0.1", SignatureScheme: "hmac-md5"},
		"transport": {Transport: "pgm", IP: "127.0.0.1", SignatureScheme: "hmac-sha256"},
		"open":      {Transport: "tcp", IP: "0.0.0.0", SignatureScheme: "hmac-sha256"},
		"port":      {Transport: "tcp", IP: "127.0.0.1", SignatureScheme: "hmac-sha256", HBPort: 1 << 20},
	} {
		if err := bad.Write(path); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadConnection(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for field, reason := range map[string]string{
		`"curve_publickey":"x"`:   "encrypted transport (curve_publickey) is not offered",
		`"registration_port":123`: "protocol 5.6 (registration_port) is not offered",
	} {
		if err := os.WriteFile(path, []byte(`{"transport":"tcp",`+field+`}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadConnection(path); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A connection file that is still being written is an error at whatever byte it ends.
func TestConnectionFileHalfWritten(t *testing.T) {
	path := t.TempDir() + "/c.json"
	if err := NewConnection("livespike").Write(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(strings.TrimSpace(string(whole))) {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadConnection(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
}

// A port that is taken ends the start with an error that names it, and leaves none of the others open.
func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	info := NewConnection("livespike")
	info.HBPort = taken.Addr().(*net.TCPAddr).Port
	err = Serve(t.Context(), &info, &scripted{}, log.New(io.Discard, "", 0), func(*Server) { t.Error("it is ready") })
	if err == nil || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("%v, want the address %s", err, taken.Addr())
	}
	again, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", info.ShellPort))
	if err != nil {
		t.Fatalf("the shell's port is still open: %v", err)
	}
	again.Close()
}

// TestServeOverSockets starts the real sockets on loopback and ends them.
func TestServeOverSockets(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	info := NewConnection("livespike")
	ready := make(chan struct{})
	end := make(chan error, 1)
	go func() {
		end <- Serve(ctx, &info, &scripted{}, log.New(io.Discard, "", 0), func(*Server) { close(ready) })
	}()
	<-ready
	if info.ShellPort == 0 || info.HBPort == 0 {
		t.Errorf("ports were not filled in: %+v", info)
	}
	cancel()
	if err := <-end; err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	const separator = 0x1f // between frames
	m := Message{RawHeader: json.RawMessage(`{"msg_id":"x","msg_type":"t"}`)}
	f.Add(bytes.Join(m.encode(newSigner(testKey)), []byte{separator}))
	f.Add([]byte("<IDS|MSG>\x1f\x1f\x1f"))
	f.Fuzz(func(t *testing.T, joined []byte) {
		m, _, err := decode(bytes.Split(joined, []byte{separator}))
		if err == nil && (m.Header.Type == "" || m.Header.ID == "") {
			t.Fatal("a message without a type or an id was accepted")
		}
	})
}

func FuzzOffsets(f *testing.F) {
	f.Add("é𝄞x", 2)
	f.Fuzz(func(t *testing.T, s string, points int) {
		at := byteOffset(s, points)
		if at < 0 || at > len(s) {
			t.Fatalf("byteOffset(%q, %d) = %d", s, points, at)
		}
		if n := len([]rune(s)); points >= 0 && points <= n && pointOffset(s, at) != points {
			t.Fatalf("%q: %d points is byte %d is %d points", s, points, at, pointOffset(s, at))
		}
	})
}
