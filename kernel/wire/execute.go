package wire

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// executeContent is the content of an execute_request, with the protocol's defaults.
type executeContent struct {
	Code         *string           `json:"code"`
	Silent       bool              `json:"silent"`
	StoreHistory *bool             `json:"store_history"`
	Expressions  map[string]string `json:"user_expressions"`
	AllowStdin   *bool             `json:"allow_stdin"`
	StopOnError  *bool             `json:"stop_on_error"`
}

func orTrue(b *bool) bool { return b == nil || *b }

// execute is the one goroutine that runs cells, one after the other.
func (s *Server) execute(ctx context.Context) {
	for {
		r, ok := s.queue.take()
		if !ok {
			return
		}
		for _, waiting := range s.cell(ctx, r) {
			s.status(waiting.RawHeader, "busy")
			s.mu.Lock()
			n := s.count
			s.mu.Unlock()
			s.reply(waiting, "execute_reply", map[string]any{"status": "aborted", "execution_count": n})
			s.status(waiting.RawHeader, "idle")
		}
	}
}

// cell runs one request and returns those that its failure takes along.
func (s *Server) cell(ctx context.Context, r request) (aborted []request) {
	s.status(r.RawHeader, "busy")
	defer s.status(r.RawHeader, "idle")
	var content executeContent
	err := json.Unmarshal(r.Content, &content)
	if err == nil && content.Code == nil {
		err = errors.New("execute_request without code")
	}
	if err != nil {
		s.fail(r, "execute_reply", err)
		return nil
	}
	c := s.count1(content, r)
	if !c.Silent && strings.TrimSpace(c.Src) != "" {
		s.publisher.publish(publication{
			parent: r.RawHeader, kind: "execute_input",
			content: marshal(map[string]any{"code": c.Src, "execution_count": c.N}),
		})
	}
	out := &output{server: s, request: r, count: c.N, silent: c.Silent, allowStdin: c.AllowStdin}
	outcome := Outcome{}
	if strings.TrimSpace(c.Src) != "" || len(c.Expressions) > 0 {
		outcome = s.runCell(ctx, c, out)
	}
	out.tellLeft()
	s.publisher.flushNow()
	if outcome.Err != nil && !c.Silent && orTrue(content.StopOnError) {
		// What the client sends once it knows of the failure runs: it gets the reply after this.
		s.settle()
		aborted = s.queue.takeAll()
	}
	s.finish(r, c, out, outcome)
	return aborted
}

// count1 makes the cell of a request and counts it.
func (s *Server) count1(content executeContent, r request) Cell {
	c := Cell{
		Src: *content.Code, Silent: content.Silent, StoreHistory: orTrue(content.StoreHistory) && !content.Silent,
		AllowStdin: orTrue(content.AllowStdin), Expressions: content.Expressions,
	}
	var metadata struct {
		CellID string `json:"cellId"`
	}
	if json.Unmarshal(r.Metadata, &metadata) == nil {
		c.ID = metadata.CellID
	}
	s.mu.Lock()
	if c.StoreHistory && strings.TrimSpace(c.Src) != "" {
		s.count++
	}
	c.N = s.count
	s.mu.Unlock()
	return c
}

// finish publishes a cell's error and replies.
func (s *Server) finish(r request, c Cell, out *output, outcome Outcome) {
	if e := outcome.Err; e != nil {
		failure := e.wire()
		s.publisher.publish(publication{parent: r.RawHeader, kind: "error", content: marshal(failure)})
		failure["status"], failure["execution_count"] = "error", c.N
		failure["payload"], failure["user_expressions"] = []any{}, map[string]any{}
		s.publisher.flushNow()
		s.reply(r, "execute_reply", failure)
		return
	}
	expressions := map[string]any{}
	for name, result := range outcome.Expressions {
		if result.Err != nil {
			e := result.Err.wire()
			e["status"] = "error"
			expressions[name] = e
			continue
		}
		data, metadata := result.Bundle.wire()
		expressions[name] = map[string]any{"status": "ok", "data": data, "metadata": metadata}
	}
	payload := out.payload()
	if outcome.Exit {
		payload = append(payload, map[string]any{"source": "ask_exit", "keepkernel": false})
	}
	s.publisher.flushNow()
	s.reply(r, "execute_reply", map[string]any{
		"status": "ok", "execution_count": c.N, "user_expressions": expressions, "payload": payload,
	})
}

func (e *CellError) wire() map[string]any {
	traceback := e.Traceback
	if traceback == nil {
		traceback = []string{}
	}
	return map[string]any{"ename": e.Name, "evalue": e.Value, "traceback": traceback}
}

// wire is the bundle as the protocol has it: bytes in base64, and never a null.
func (b Bundle) wire() (data, metadata map[string]any) {
	data, metadata = map[string]any{}, map[string]any{}
	for mime, value := range b.Data {
		if bytes, ok := value.([]byte); ok {
			value = base64.StdEncoding.EncodeToString(bytes)
		}
		data[mime] = value
	}
	for key, value := range b.Metadata {
		metadata[key] = value
	}
	return data, metadata
}
