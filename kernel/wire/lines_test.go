package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each test here is a rule of the protocol ("Messaging in Jupyter", 5.5) or of its practice in the front ends.

// replyTo reads replies until that to a request.
func (c *client) replyTo(id string) *Message {
	c.t.Helper()
	for {
		r := c.reply()
		var parent Header
		if err := json.Unmarshal(r.Parent, &parent); err != nil {
			c.t.Fatal(err)
		}
		if parent.ID == id {
			return r
		}
	}
}

func (c *client) wantReply(id, part string) {
	c.t.Helper()
	if got := string(c.replyTo(id).Content); !strings.Contains(got, part) {
		c.t.Fatalf("reply %s, want %s", got, part)
	}
}

// send and answer on stdin.
func (c *client) answer(parent, value string) {
	c.n++
	m := Message{
		RawHeader: json.RawMessage(fmt.Sprintf(`{"msg_id":"i%d","msg_type":"input_reply"}`, c.n)),
		Parent:    json.RawMessage(parent), Content: marshal(map[string]string{"value": value}),
	}
	c.m.replies <- Request{Shell, memoryPeer{c.m, c.m.stdin}, m.encode(newSigner(testKey))}
}

func TestThreeQueuedCellsAreAbortedInOrder(t *testing.T) {
	c := start(t)
	first := c.send(Shell, "execute_request", execute("wait"))
	<-c.e.started
	var queued []string
	for range 3 {
		queued = append(queued, c.send(Shell, "execute_request", execute("print never")))
	}
	between := c.send(Shell, "complete_request", `{"code":"fmt.P"}`)
	c.wantReply(between, "Println") // answered while the cell runs and the others wait
	c.send(Control, "interrupt_request", `{}`)
	c.wantReply(first, `"ename":"Interrupted"`)
	for _, id := range queued {
		c.wantReply(id, `"status":"aborted"`)
	}
}

func TestStopOnErrorFalseGoesOn(t *testing.T) {
	c := start(t)
	blocker := c.send(Shell, "execute_request", `{"code":"wait","stop_on_error":false}`)
	<-c.e.started
	next := c.send(Shell, "execute_request", execute("print x"))
	between := c.send(Shell, "is_complete_request", `{"code":"x"}`)
	c.replyTo(between) // the shell loop has queued the cell before it
	c.send(Control, "interrupt_request", `{}`)
	c.wantReply(blocker, "Interrupted")
	c.wantReply(next, `"status":"ok"`)
}

func TestSecondInterruptDetaches(t *testing.T) {
	c := start(t)
	stuck := c.send(Shell, "execute_request", execute("goon"))
	<-c.e.started
	c.send(Control, "interrupt_request", `{}`)
	c.send(Control, "interrupt_request", `{}`)
	c.wantReply(stuck, "goes on in the background")
	next := c.send(Shell, "execute_request", execute("print next"))
	probe := c.send(Shell, "is_complete_request", `{"code":"x"}`)
	c.replyTo(probe)
	close(c.e.release) // the cell ends: the next may begin, and not before
	c.wantReply(next, `"status":"ok"`)
}

func TestCellAfterADetachedOneCanBeInterrupted(t *testing.T) {
	c := start(t)
	c.send(Shell, "execute_request", execute("stuck"))
	<-c.e.started
	c.send(Control, "interrupt_request", `{}`)
	c.send(Control, "interrupt_request", `{}`)
	next := c.send(Shell, "execute_request", execute("print never"))
	for { // until the interrupt meets the waiting cell
		id := c.send(Control, "interrupt_request", `{}`)
		r := c.reply()
		for ; r.Header.Type == "interrupt_reply"; r = c.reply() {
			if strings.Contains(string(r.Parent), fmt.Sprintf("%q", id)) {
				id = c.send(Control, "interrupt_request", `{}`)
				time.Sleep(time.Millisecond)
			}
		}
		if strings.Contains(string(r.Parent), fmt.Sprintf("%q", next)) {
			if got := string(r.Content); !strings.Contains(got, "the cell before still runs") && !strings.Contains(got, "aborted") {
				t.Error(got)
			}
			break
		}
	}
}

func TestInterruptWhileIdle(t *testing.T) {
	c := start(t)
	c.wantReply(c.send(Control, "interrupt_request", `{}`), `"status":"ok"`)
	c.wantReply(c.send(Shell, "execute_request", execute("print x")), `"status":"ok"`)
}

func TestShutdownLeavesAStuckCell(t *testing.T) {
	c := start(t)
	c.send(Shell, "execute_request", execute("stuck"))
	<-c.e.started
	c.wantReply(c.send(Shell, "shutdown_request", `{}`), `"restart":false`)
	select {
	case <-c.end:
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not end")
	}
	if !strings.Contains(c.log.String(), "left behind") {
		t.Errorf("the log says %q", c.log.String())
	}
}

func TestShutdownIsPublishedAfterTheExecutorClosed(t *testing.T) {
	c := start(t)
	id := c.send(Control, "shutdown_request", `{"restart":true}`)
	c.want(id, "status busy", `shutdown_reply "restart":true`)
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	if !c.e.closed {
		t.Error("the executor was still open")
	}
}

func TestAnswersWithoutAParent(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("ask"))
	q := c.from(c.m.stdin, "stdin")
	if !strings.Contains(string(q.Content), `"prompt":"say: "`) {
		t.Errorf("question %s, want the begun line as its prompt", q.Content)
	}
	c.answer(`{}`, "Ada")
	c.wantReply(id, `"ename":"Ada"`)
}

func TestInterruptEndsAQuestion(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("ask"))
	c.from(c.m.stdin, "stdin")
	c.send(Control, "interrupt_request", `{}`)
	c.wantReply(id, "context canceled")
}

func TestClientThatVanishesEndsItsQuestion(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("ask"))
	c.from(c.m.stdin, "stdin")
	close(c.m.gone)
	c.wantReply(id, "takes no input")
}

func TestStreamsAreCollected(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("many"))
	c.want(id, "status busy", "execute_input")
	text, messages := "", 0
	for m := c.next(); m.Header.Type == "stream"; m = c.next() {
		var content struct{ Text string }
		if err := json.Unmarshal(m.Content, &content); err != nil {
			t.Fatal(err)
		}
		text += content.Text
		messages++
	}
	var want strings.Builder
	for i := range 1000 {
		fmt.Fprintln(&want, i)
	}
	if text != want.String() {
		t.Errorf("%d bytes arrived of %d", len(text), want.Len())
	}
	if messages > 100 {
		t.Errorf("1000 lines took %d messages", messages)
	}
}

// A cell's text ends at the limit, at a line, and says so: once there and with the number of bytes at the cell's end.
func TestTooManyLines(t *testing.T) {
	c := start(t)
	const more = 1000
	id := c.send(Shell, "execute_request", execute(fmt.Sprintf("print %s", strings.Repeat("x\n", lineLimit+more))))
	c.want(id, "status busy", "execute_input")
	text := map[string]string{}
	for m := c.next(); m.Header.Type == "stream"; m = c.next() {
		var content struct{ Name, Text string }
		if err := json.Unmarshal(m.Content, &content); err != nil {
			t.Fatal(err)
		}
		text[content.Name] += content.Text
	}
	if text["stdout"] != strings.Repeat("x\n", lineLimit) {
		t.Errorf("%d bytes of text, want %d", len(text["stdout"]), 2*lineLimit)
	}
	if e := text["stderr"]; strings.Count(e, "left out") != 2 || !strings.HasSuffix(e, fmt.Sprintf("%d bytes were left out\n", 2*more)) {
		t.Errorf("it says %q", e)
	}
}

func TestSilentCells(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", `{"code":"mix","silent":true}`)
	c.want(id, "status busy", "stream a", "display_data", "stream b€", "stream c", "status idle")
	id = c.send(Shell, "execute_request", `{"code":" \n"}`)
	c.want(id, "status busy", "status idle")
}

func TestPayloads(t *testing.T) {
	c := start(t)
	for code, want := range map[string]string{
		"page": `"payload":[{"data":{"text/plain":"help"},"source":"page","start":0}]`,
		"next": `"source":"set_next_input","text":"loaded"`,
		"quit": `"source":"ask_exit"`,
	} {
		c.wantReply(c.send(Shell, "execute_request", execute(code)), want)
	}
}

func TestExpressionsClearAndUpdate(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("values"))
	got := string(c.replyTo(id).Content)
	for _, part := range []string{`"good":{"data":{"text/plain":"1"},"metadata":{},"status":"ok"}`, `"bad":{"ename":"CompileError"`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s lacks %s", got, part)
		}
	}
	c.want(id, "status busy", "execute_input", "status idle")
	id = c.send(Shell, "execute_request", execute("clear"))
	c.want(id, "status busy", "execute_input", `clear_output {"wait":true}`, "status idle")
	id = c.send(Shell, "execute_request", execute("update"))
	c.want(id, "status busy", "execute_input", `update_display_data "transient":{"display_id":"d1"}`, "status idle")
}

func TestComms(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("comm"))
	c.want(id, "status busy", "execute_input")
	opened := c.next()
	if opened.Header.Type != "comm_open" || !strings.Contains(string(opened.Content), `"data":{"state":1},"target_name":"widget"`) ||
		string(opened.Metadata) != `{"version":"2.1.0"}` || len(opened.Buffers) != 1 || string(opened.Buffers[0]) != "\x01\x02" {
		t.Fatalf("%s %s %s %v", opened.Header.Type, opened.Content, opened.Metadata, opened.Buffers)
	}
	c.want(id, "status idle")
	var content struct {
		ID string `json:"comm_id"`
	}
	if err := json.Unmarshal(opened.Content, &content); err != nil {
		t.Fatal(err)
	}
	info := c.send(Control, "comm_info_request", `{"target_name":"widget"}`)
	c.wantReply(info, fmt.Sprintf(`"comms":{%q:{"target_name":"widget"}}`, content.ID))
	c.want(info, "status busy", "status idle")
	other := c.send(Control, "comm_info_request", `{"target_name":"other"}`)
	c.wantReply(other, `"comms":{}`)
	c.want(other, "status busy", "status idle")

	message := func(kind, data string, buffers ...[]byte) string {
		c.n++
		id := fmt.Sprintf("m%d", c.n)
		m := Message{
			RawHeader: json.RawMessage(fmt.Sprintf(`{"msg_id":%q,"msg_type":%q}`, id, kind)),
			Content:   json.RawMessage(fmt.Sprintf(`{"comm_id":%q,"data":%s}`, content.ID, data)), Buffers: buffers,
		}
		c.m.requests <- Request{Shell, memoryPeer{c.m, c.m.shell}, m.encode(newSigner(testKey))}
		return id
	}
	// A handler that panics takes nothing along.
	got := message("comm_msg", `{"panic":true}`)
	c.want(got, "status busy", "status idle")
	got = message("comm_msg", `{"v":7}`, []byte{9})
	c.want(got, "status busy")
	c.want(id, "stream got 7 [[9]]") // of the cell that opened it
	c.want(got, "status idle")

	sent := c.send(Shell, "execute_request", execute("commsend"))
	c.want(sent, "status busy", "execute_input")
	c.want(id, `comm_msg "data":{"n":2}`)
	c.want(sent, "status idle")
	got = message("comm_close", `{}`)
	c.want(got, "status busy", "status idle")
	c.wantReply(c.send(Shell, "execute_request", execute("commsend")), "is closed")
}

func TestFrontEndOpensAComm(t *testing.T) {
	c := start(t)
	c.s.CommTarget("control", func(comm *Comm, m CommMessage) func(CommMessage) {
		if err := comm.Send(CommMessage{Data: map[string]any{"hello": m.Data["from"]}}); err != nil {
			t.Error(err)
		}
		return func(CommMessage) { _ = comm.Close() }
	})
	id := c.send(Shell, "comm_open", `{"comm_id":"k","target_name":"control","data":{"from":"tab"}}`)
	c.want(id, "status busy", `comm_msg "data":{"hello":"tab"}`, "status idle")
	next := c.send(Shell, "comm_msg", `{"comm_id":"k","data":{}}`)
	c.want(next, "status busy")
	c.want(id, `comm_close "comm_id":"k"`)
	c.want(next, "status idle")
}

func TestUnknownTypesHaveNoReply(t *testing.T) {
	c := start(t)
	for _, kind := range []string{"juggle_request", "create_subshell_request"} {
		id := c.send(Control, kind, `{}`)
		c.want(id, "status busy", "status idle")
	}
	select {
	case r := <-c.m.shell:
		t.Errorf("reply %s", r.Header.Type)
	default:
	}
}

func TestEmptyContentOfEveryType(t *testing.T) {
	c := start(t)
	for _, kind := range []string{
		"execute_request", "inspect_request", "complete_request", "history_request", "is_complete_request",
		"comm_info_request", "kernel_info_request", "connect_request", "interrupt_request", "debug_request",
		"comm_open", "comm_msg", "comm_close", "input_reply",
	} {
		id := c.send(Shell, kind, `{}`)
		c.want(id, "status busy", "status idle")
	}
	c.wantReply(c.send(Shell, "is_complete_request", `{"code":"x"}`), "incomplete")
}

func TestALargeCell(t *testing.T) {
	c := start(t)
	text := strings.Repeat("x", 2<<20)
	c.wantReply(c.send(Shell, "execute_request", execute("print "+text)), `"status":"ok"`)
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	if len(c.e.ran) != 1 || len(c.e.ran[0]) != len(text)+6 {
		t.Error("the cell did not arrive whole")
	}
}

// What a client had sent before it could know of the failure is aborted, also if nobody had looked at it yet; what comes after
// runs.
func TestAbortReachesWhatWasReceived(t *testing.T) {
	c := newClient(t)
	first := c.send(Shell, "execute_request", execute("fail"))
	var sent []string
	for range 20 {
		sent = append(sent, c.send(Shell, "execute_request", execute("print never")))
	}
	c.run()
	c.wantReply(first, `"ename":"Panic"`)
	for _, id := range sent {
		c.wantReply(id, `"status":"aborted"`)
	}
	c.wantReply(c.send(Shell, "execute_request", execute("print later")), `"status":"ok"`)
}

// A shutdown on shell does not wait for a cell that waits for the shell loop.
func TestShutdownBehindAFailure(t *testing.T) {
	c := newClient(t)
	c.send(Shell, "execute_request", execute("fail"))
	c.send(Shell, "shutdown_request", `{}`)
	c.run()
	for r := c.reply(); r.Header.Type != "shutdown_reply"; r = c.reply() {
	}
	<-c.end
	if text := c.log.String(); text != "" {
		t.Errorf("the log says %q", text)
	}
}

func TestExecuteOnControl(t *testing.T) {
	c := start(t)
	id := c.send(Control, "execute_request", execute("print x"))
	c.want(id, "status busy", "execute_input", "stream x", "status idle")
	c.wantReply(id, `"status":"ok"`)
}

// Front ends ask for values with an empty cell. It counts and shows nothing.
func TestExpressionsOfAnEmptyCell(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", `{"code":"","user_expressions":{"v":"x + 1"}}`)
	c.want(id, "status busy", "status idle")
	c.wantReply(id, `"execution_count":0,"payload":[],"status":"ok","user_expressions":{"v":{"data":{"text/plain":"x + 1"}`)
}

func TestTooMuchCodeWaits(t *testing.T) {
	c := start(t)
	running := c.send(Shell, "execute_request", execute("wait"))
	<-c.e.started
	c.send(Shell, "execute_request", execute("print "+strings.Repeat("x", queueLimit/2)))
	over := c.send(Shell, "execute_request", execute("print "+strings.Repeat("x", queueLimit/2)))
	c.wantReply(over, "bytes of code are waiting already")
	c.send(Control, "interrupt_request", `{}`)
	c.wantReply(running, "Interrupted")
}

// A newer completion of the same client ends the older one, which is answered empty.
func TestNewerCompletionCancelsTheOlder(t *testing.T) {
	c := start(t)
	older := c.send(Shell, "complete_request", `{"code":"slow"}`)
	<-c.e.started
	newer := c.send(Shell, "complete_request", `{"code":"fmt.P"}`)
	replies := map[string]string{}
	for range 2 {
		r := c.reply()
		var parent Header
		if err := json.Unmarshal(r.Parent, &parent); err != nil {
			t.Fatal(err)
		}
		replies[parent.ID] = string(r.Content)
	}
	if !strings.Contains(replies[older], `"cursor_end":4,"cursor_start":4,"matches":[]`) {
		t.Errorf("the older has %s", replies[older])
	}
	if want := `"_jupyter_types_experimental":[{"end":5,"signature":"","start":4,"text":"Println","type":"function"}]`; !strings.Contains(replies[newer], want) {
		t.Errorf("the newer has %s, want %s", replies[newer], want)
	}
}

// An executor that panics costs its request and nothing else.
func TestPanicsOfTheExecutor(t *testing.T) {
	c := start(t)
	c.wantReply(c.send(Shell, "is_complete_request", `{"code":"panic"}`), `{"status":"unknown"}`)
	c.wantReply(c.send(Shell, "complete_request", `{"code":"panic"}`), `"matches":[]`)
	c.wantReply(c.send(Shell, "execute_request", execute("print x")), `"status":"ok"`)
	if text := c.log.String(); !strings.Contains(text, "the parser's") || !strings.Contains(text, "the completer's") {
		t.Errorf("the log says %q", text)
	}
}

func TestHistoryRequests(t *testing.T) {
	c := start(t)
	c.wantReply(c.send(Shell, "history_request", `{"hist_access_type":"tail","n":null,"output":true,"raw":true}`),
		`[[0,2,["x","out"]],[0,3,["tail",null]]]`)
	c.wantReply(c.send(Shell, "history_request", `{"hist_access_type":"range","session":-2,"start":1,"stop":null}`), `[[-2,2,"x"],[-2,3,"range"]]`)
}

// A question ends with the server: nobody waits.
func TestShutdownEndsAQuestion(t *testing.T) {
	c := start(t)
	id := c.send(Shell, "execute_request", execute("ask"))
	c.from(c.m.stdin, "stdin")
	c.send(Control, "shutdown_request", `{}`)
	c.wantReply(id, `"status":"error"`)
	<-c.end
}

// What a front end asks silently takes no cell of the user's along when it fails, as in ipykernel.
func TestSilentFailureAbortsNothing(t *testing.T) {
	c := newClient(t)
	first := c.send(Shell, "execute_request", `{"code":"fail","silent":true}`)
	later := c.send(Shell, "execute_request", execute("print x"))
	c.run()
	c.wantReply(first, `"ename":"Panic"`)
	c.wantReply(later, `"status":"ok"`)
}
