package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// helperTime is how long a completion or an inspection may take before it is answered empty.
const helperTime = 2 * time.Second

func validUTF8(b []byte) bool { return utf8.Valid(b) }

// handle answers one request of shell or control. Nothing here waits for a cell.
func (s *Server) handle(ctx context.Context, r request) {
	switch r.Header.Type {
	case "execute_request":
		if s.queue.put(r) {
			return
		}
		s.status(r.RawHeader, "busy")
		err := fmt.Errorf("%d bytes of code are waiting already", queueLimit)
		select {
		case <-s.queue.gone:
			err = errors.New("the kernel is shutting down")
		default:
		}
		s.fail(r, "execute_reply", err)
	case "comm_open", "comm_msg", "comm_close":
		if !s.comms.incoming.put(r) {
			s.drop(fmt.Errorf("%w: %d bytes of comm messages are waiting already", ErrMessage, queueLimit))
		}
		return
	case "complete_request", "inspect_request":
		s.status(r.RawHeader, "busy")
		s.help(ctx, r)
		return
	case "shutdown_request":
		s.status(r.RawHeader, "busy")
		s.answerShutdown(r)
		defer s.shutdown()
	default:
		s.status(r.RawHeader, "busy")
		s.answer(r)
	}
	s.status(r.RawHeader, "idle")
}

// answer does the requests that are done at once. One that the executor panics over is answered, too.
func (s *Server) answer(r request) {
	defer func() {
		p := recover()
		switch {
		case p == nil:
		case r.Header.Type == "is_complete_request":
			s.internal(p)
			s.reply(r, "is_complete_reply", map[string]any{"status": "unknown"})
		default:
			s.internal(p)
			s.fail(r, strings.TrimSuffix(r.Header.Type, "_request")+"_reply", fmt.Errorf("internal error: %v", p))
		}
	}()
	switch r.Header.Type {
	case "kernel_info_request":
		s.reply(r, "kernel_info_reply", s.info())
	case "is_complete_request":
		s.isComplete(r)
	case "history_request":
		s.history(r)
	case "comm_info_request":
		s.commInfo(r)
	case "interrupt_request":
		s.Interrupt()
		s.reply(r, "interrupt_reply", map[string]any{"status": "ok"})
	case "connect_request":
		s.reply(r, "connect_reply", s.ports)
	case "debug_request":
		s.reply(r, "debug_reply", map[string]any{
			"type": "response", "success": false, "command": "", "message": "livespike offers no debugger",
		})
	default:
		s.log.Printf("wire: %s is not known", r.Header.Type)
	}
}

func (s *Server) info() map[string]any {
	info := s.exec.Info()
	links := info.HelpLinks
	if links == nil {
		links = []HelpLink{}
	}
	return map[string]any{
		"status": "ok", "protocol_version": Version,
		"implementation": info.Implementation, "implementation_version": info.Version,
		"language_info": map[string]any{
			"name": "go", "version": info.GoVersion, "mimetype": "text/x-go", "file_extension": ".go",
			"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"banner": info.Banner, "help_links": links, "debugger": false, "supported_features": []string{},
	}
}

// fail is the reply to a request whose content does not fit.
func (s *Server) fail(r request, kind string, err error) {
	s.reply(r, kind, map[string]any{
		"status": "error", "ename": "MessageError", "evalue": err.Error(), "traceback": []string{},
	})
}

func (s *Server) isComplete(r request) {
	var content struct{ Code string }
	if err := json.Unmarshal(r.Content, &content); err != nil {
		s.fail(r, "is_complete_reply", err)
		return
	}
	status, indent := s.exec.IsComplete(content.Code)
	reply := map[string]any{"status": status}
	if status == "incomplete" {
		reply["indent"] = indent
	}
	s.reply(r, "is_complete_reply", reply)
}

func (s *Server) history(r request) {
	var content struct {
		Output      bool
		Access      string `json:"hist_access_type"`
		Session     int
		Start, Stop int
		N           int
		Pattern     string
		Unique      bool
	}
	if err := json.Unmarshal(r.Content, &content); err != nil {
		s.fail(r, "history_reply", err)
		return
	}
	entries := s.exec.History(HistoryQuery(struct {
		Access      string
		Output      bool
		Session     int
		Start, Stop int
		N           int
		Pattern     string
		Unique      bool
	}{content.Access, content.Output, content.Session, content.Start, content.Stop, content.N, content.Pattern, content.Unique}))
	list := make([][3]any, 0, len(entries))
	for _, e := range entries {
		row := [3]any{e.Session, e.Line, e.Source}
		if content.Output {
			pair := [2]any{e.Source, nil}
			if e.Output != "" {
				pair[1] = e.Output
			}
			row[2] = pair
		}
		list = append(list, row)
	}
	s.reply(r, "history_reply", map[string]any{"status": "ok", "history": list})
}

func (s *Server) answerShutdown(r request) {
	var content struct{ Restart bool }
	_ = json.Unmarshal(r.Content, &content) // a shutdown with a malformed field is a shutdown
	s.end()
	reply := map[string]any{"status": "ok", "restart": content.Restart}
	s.publisher.publish(publication{parent: r.RawHeader, kind: "shutdown_reply", content: marshal(reply)})
	s.reply(r, "shutdown_reply", reply)
}

// help answers a completion or an inspection on a goroutine of its own, beside the running cell. A newer request of
// the same kind from the same client cancels the older one, which is answered empty.
func (s *Server) help(ctx context.Context, r request) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	key := r.Header.Type + r.Header.Session
	s.mu.Lock()
	if before, ok := s.helper[key]; ok {
		before.cancel()
	}
	s.helper[key] = helperCancel{cancel, r.Header.ID}
	s.mu.Unlock()
	s.working.Go(func() {
		defer cancel()
		if r.Header.Type == "complete_request" {
			s.complete(ctx, r)
		} else {
			s.inspect(ctx, r)
		}
		s.status(r.RawHeader, "idle")
		s.mu.Lock()
		if s.helper[key].id == r.Header.ID {
			delete(s.helper, key)
		}
		s.mu.Unlock()
	})
}

// cursor is the content that completion and inspection share.
type cursor struct {
	Code   string
	Pos    *int `json:"cursor_pos"`
	Detail int  `json:"detail_level"`
}

// at is the cursor in bytes; without one it is the end.
func (c cursor) at() int {
	if c.Pos == nil {
		return len(c.Code)
	}
	return byteOffset(c.Code, *c.Pos)
}

func (s *Server) complete(ctx context.Context, r request) {
	var c cursor
	if err := json.Unmarshal(r.Content, &c); err != nil {
		s.fail(r, "complete_reply", err)
		return
	}
	found := Completion{Start: c.at(), End: c.at()}
	answer := make(chan Completion, 1)
	go func() {
		defer close(answer)
		s.guarded(func() { answer <- s.exec.Complete(ctx, c.Code, c.at()) })
	}()
	select {
	case answered, ok := <-answer:
		if ok && ctx.Err() == nil { // else a newer one has been asked for
			found = answered
		}
	case <-ctx.Done():
	}
	start, end := pointOffset(c.Code, found.Start), pointOffset(c.Code, found.End)
	matches, types := make([]string, 0, len(found.Matches)), make([]map[string]any, 0, len(found.Matches))
	for _, m := range found.Matches {
		matches = append(matches, m.Text)
		types = append(types, map[string]any{"text": m.Text, "type": m.Kind, "signature": m.Signature, "start": start, "end": end})
	}
	s.reply(r, "complete_reply", map[string]any{
		"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
		"metadata": map[string]any{"_jupyter_types_experimental": types},
	})
}

func (s *Server) inspect(ctx context.Context, r request) {
	var c cursor
	if err := json.Unmarshal(r.Content, &c); err != nil {
		s.fail(r, "inspect_reply", err)
		return
	}
	type doc struct {
		bundle Bundle
		found  bool
	}
	answer := make(chan doc, 1)
	go func() {
		defer close(answer)
		s.guarded(func() {
			b, ok := s.exec.Inspect(ctx, c.Code, c.at(), c.Detail)
			answer <- doc{b, ok}
		})
	}()
	var d doc
	select {
	case d = <-answer:
	case <-ctx.Done():
	}
	reply := map[string]any{"status": "ok", "found": d.found, "data": map[string]any{}, "metadata": map[string]any{}}
	if d.found {
		reply["data"], reply["metadata"] = d.bundle.wire()
	}
	s.reply(r, "inspect_reply", reply)
}
