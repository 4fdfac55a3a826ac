package nb

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/livespike/livespike/kernel/wire"
)

// shelf keeps the displays of a whole notebook by id: an update changes every output of its id, as front ends do.
type shelf struct {
	mu   sync.Mutex
	byID map[string][]map[string]any
}

// collector turns what one cell shows into the outputs of a file.
type collector struct {
	shelf   *shelf
	count   int
	outputs []map[string]any // guarded by shelf.mu
	clear   bool             // with the next output
}

var _ wire.Output = (*collector)(nil)

func (c *collector) add(output map[string]any) {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	c.put(output)
}

func (c *collector) put(output map[string]any) {
	if c.clear {
		c.outputs, c.clear = nil, false
	}
	c.outputs = append(c.outputs, output)
}

// list is the outputs as a file holds them.
func (c *collector) list() []any {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	list := []any{}
	for _, output := range c.outputs {
		if s, ok := output["text"].(string); ok {
			output["text"] = lines(s)
		}
		list = append(list, output)
	}
	return list
}

// Stream joins adjacent text of one stream.
func (c *collector) Stream(name string, p []byte) {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if n := len(c.outputs); n > 0 && !c.clear {
		last := c.outputs[n-1]
		if before, ok := last["text"].(string); ok && last["name"] == name {
			last["text"] = before + string(p)
			return
		}
	}
	c.put(map[string]any{"output_type": "stream", "name": name, "text": string(p)})
}

// Result is the value of the cell.
func (c *collector) Result(b wire.Bundle) {
	output := display("execute_result", b)
	output["execution_count"] = c.count
	c.add(output)
}

// Display shows a bundle; an id makes it one that can be updated.
func (c *collector) Display(id string, b wire.Bundle) {
	output := display("display_data", b)
	c.add(output)
	if id != "" {
		c.shelf.mu.Lock()
		c.shelf.byID[id] = append(c.shelf.byID[id], output)
		c.shelf.mu.Unlock()
	}
}

// Update replaces what was shown under the id, in whatever cell.
func (c *collector) Update(id string, b wire.Bundle) {
	c.shelf.mu.Lock()
	known := c.shelf.byID[id]
	fresh := display("display_data", b)
	for _, output := range known {
		output["data"], output["metadata"] = fresh["data"], fresh["metadata"]
	}
	c.shelf.mu.Unlock()
	if len(known) == 0 {
		c.Display(id, b)
	}
}

// Clear takes the cell's outputs away, at once or with the next one.
func (c *collector) Clear(wait bool) {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if c.clear = wait; !wait {
		c.outputs = nil
	}
}

// Input fails: nobody sits in front of a file.
func (c *collector) Input(context.Context, string, bool) (string, error) {
	return "", wire.ErrNoStdin
}

// Page shows help as a display: a file has no pager.
func (c *collector) Page(b wire.Bundle) { c.Display("", b) }

// NextInput does nothing: the next cell is in the file.
func (c *collector) NextInput(string, bool) {}

// display is a bundle as a file holds it: bytes in base64, text as lines, JSON as it is.
func display(kind string, b wire.Bundle) map[string]any {
	data, metadata := map[string]any{}, map[string]any{}
	for mime, v := range b.Data {
		switch v := v.(type) {
		case []byte:
			data[mime] = base64.StdEncoding.EncodeToString(v)
		case string:
			data[mime] = v
			if strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript" {
				data[mime] = lines(v)
			}
		default:
			data[mime] = v
		}
	}
	for key, v := range b.Metadata {
		metadata[key] = v
	}
	return map[string]any{"output_type": kind, "data": data, "metadata": metadata}
}
