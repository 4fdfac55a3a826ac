package event

import (
	"fmt"
	"strconv"
	"strings"
)

// python reads the literals that NumPy writes in front of an array: dictionaries, tuples and lists, strings, whole
// numbers, True, False and None.
type python struct {
	text string
	at   int
}

// pythonDepth is more than a header has levels.
const pythonDepth = 8

func (p *python) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take goes on if the next letter is c.
func (p *python) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// value is a map[string]any, []any, string, int, bool or nil.
func (p *python) value(depth int) (any, error) {
	if depth > pythonDepth {
		return nil, fmt.Errorf("nested too deep at %d", p.at)
	}
	switch {
	case p.take('{'):
		dict := map[string]any{}
		for !p.take('}') {
			key, err := p.value(depth + 1)
			name, ok := key.(string)
			if err != nil || !ok || !p.take(':') {
				return nil, fmt.Errorf("no key at %d", p.at)
			}
			if dict[name], err = p.value(depth + 1); err != nil {
				return nil, err
			}
			if !p.take(',') && (p.at >= len(p.text) || p.text[p.at] != '}') {
				return nil, fmt.Errorf("no end of the dictionary at %d", p.at)
			}
		}
		return dict, nil
	case p.take('('):
		return p.list(')', depth)
	case p.take('['):
		return p.list(']', depth)
	}
	for _, quote := range []byte{'\'', '"'} {
		if p.take(quote) {
			n := strings.IndexByte(p.text[p.at:], quote)
			if n < 0 || strings.Contains(p.text[p.at:p.at+n], `\`) {
				return nil, fmt.Errorf("no end of the string at %d", p.at)
			}
			s := p.text[p.at : p.at+n]
			p.at += n + 1
			return s, nil
		}
	}
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(" ,:()[]{}\n", p.text[p.at]) < 0 {
		p.at++
	}
	switch word := strings.TrimSuffix(p.text[start:p.at], "L"); word {
	case "True", "False":
		return word == "True", nil
	case "None":
		return nil, nil
	default:
		return strconv.Atoi(word)
	}
}

func (p *python) list(end byte, depth int) (any, error) {
	list := []any{}
	for !p.take(end) {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if !p.take(',') && (p.at >= len(p.text) || p.text[p.at] != end) {
			return nil, fmt.Errorf("no end of the list at %d", p.at)
		}
	}
	return list, nil
}
