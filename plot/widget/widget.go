// Package widget has controls for notebooks, so that a hand can change a loop while it runs:
//
//	gain := widget.NewSlider("gain", 0, 10, 1)
//	display.Show(gain)
//	for robot.Step() {
//		robot.Turn(gain.Value())
//	}
//
// The controls are those of ipywidgets 8, which the Jupyter server must have (pip install ipywidgets). In a front end
// without them (terminal, GoNB) a control keeps the value that it began with and shows as text.
//
// Source: ipywidgets, "Jupyter widgets messaging protocol", version 2.1.
package widget

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/livespike/livespike/plot/display"
)

// protocol is the version of the widgets' messages.
const protocol = "2.1.0"

// class names a model or a view and the package that holds it.
type class struct{ module, name string }

// The packages of models and views, all of version 2.0.0.
const (
	base     = "@jupyter-widgets/base"
	controls = "@jupyter-widgets/controls"
	version  = "2.0.0"
)

// model is one object of the front end and what is known of its state.
type model struct {
	comm display.Comm // nil: the front end has none

	mu      sync.Mutex
	state   map[string]any
	buffers map[string][]byte      // binary parts of the state
	changed func(m map[string]any) // called with what the front end sent
}

// open makes a model. It panics when the front end fails, which it does only while it ends.
func open(of, view class, state map[string]any, buffers map[string][]byte, changed func(map[string]any)) *model {
	m := &model{state: state, buffers: buffers, changed: changed}
	state["_model_module"], state["_model_module_version"], state["_model_name"] = of.module, version, of.name
	state["_view_module"], state["_view_module_version"], state["_view_name"] = view.module, version, view.name
	message := m.message("")
	delete(message.Data, "method")
	message.Metadata = map[string]any{"version": protocol}
	comm, err := display.OpenComm("jupyter.widget", message, m.receive)
	if err != nil && !errors.Is(err, display.ErrNoComm) {
		panic(fmt.Sprintf("widget: %v", err))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.comm = comm
	return m
}

// control makes a model of the controls package with a layout and, if it has one, a style, which are models too.
func control(name, style string, state map[string]any, buffers map[string][]byte, changed func(map[string]any)) *model {
	state["layout"] = open(class{base, "LayoutModel"}, class{base, "LayoutView"}, map[string]any{}, nil, nil).reference()
	if style != "" {
		state["style"] = open(class{controls, style}, class{base, "StyleView"}, map[string]any{}, nil, nil).reference()
	}
	return open(class{controls, name + "Model"}, class{controls, name + "View"}, state, buffers, changed)
}

// reference is how the state of one model names another.
func (m *model) reference() any {
	if m.comm == nil {
		return nil
	}
	return "IPY_MODEL_" + m.comm.ID()
}

// message is the state, of the keys given or all.
func (m *model) message(method string, keys ...string) display.CommMessage {
	m.mu.Lock()
	defer m.mu.Unlock()
	state, paths, buffers := map[string]any{}, [][]string{}, [][]byte(nil)
	wanted := func(key string) bool {
		for _, k := range keys {
			if k == key {
				return true
			}
		}
		return len(keys) == 0
	}
	for key, value := range m.state {
		if wanted(key) {
			state[key] = value
		}
	}
	for key, b := range m.buffers {
		if wanted(key) {
			paths, buffers = append(paths, []string{key}), append(buffers, b)
		}
	}
	return display.CommMessage{
		Data: map[string]any{"method": method, "state": state, "buffer_paths": paths}, Buffers: buffers,
	}
}

// receive takes what the front end sends: new state, a question for the state, or an event.
func (m *model) receive(got display.CommMessage) {
	switch got.Data["method"] {
	case "update":
		state, _ := got.Data["state"].(map[string]any)
		m.mu.Lock()
		for key, value := range state {
			if _, known := m.state[key]; known {
				m.state[key] = value
			}
		}
		m.mu.Unlock()
		m.tell(state)
	case "request_state":
		_ = m.send("update") // a front end that has left since needs none
	case "custom":
		content, _ := got.Data["content"].(map[string]any)
		m.tell(content)
	}
}

func (m *model) tell(what map[string]any) {
	if m.changed != nil && len(what) > 0 {
		m.changed(what)
	}
}

func (m *model) send(method string, keys ...string) error {
	message := m.message(method, keys...)
	m.mu.Lock()
	comm := m.comm
	m.mu.Unlock()
	if comm == nil {
		return nil
	}
	return comm.Send(message)
}

// set changes the state here and in the front end.
func (m *model) set(key string, value any) {
	m.mu.Lock()
	m.state[key] = value
	m.mu.Unlock()
	_ = m.send("update", key) // what was closed shows nothing any more
}

func (m *model) get(key string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state[key]
}

// WidgetView is the form in which front ends show the control; empty where they have no widgets.
func (m *model) WidgetView() ([]byte, error) {
	if m.comm == nil {
		return nil, nil
	}
	return json.Marshal(map[string]any{"version_major": 2, "version_minor": 0, "model_id": m.comm.ID()})
}

// Close removes the control from the front end.
func (m *model) Close() error {
	if m.comm == nil {
		return nil
	}
	return m.comm.Close()
}
