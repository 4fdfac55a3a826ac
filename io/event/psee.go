package event

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// pseeHeader is the text in front of DAT and RAW files: lines that begin with %.
//
// Source: events.md §3.1; prophesee-ai/openeb psee_raw_file_header.cpp at 0499c95d.
type pseeHeader struct {
	keys   map[string]string // lower case
	format string            // "evt2", "evt21", "evt3", "evt4", "dat", or "" when nothing says it
	legacy bool              // EVT 2.1 with swapped halves
}

// pseeHeaderMax bounds the text: no camera writes more than a few lines.
const pseeHeaderMax = 1 << 20

// systemSizes are the sensors of old files that do not say their size: Gen3 and Gen4.1.
var systemSizes = map[string][2]int{"21": {640, 480}, "48": {1280, 720}}

// readPSEE uses the header's lines and fills in what they say. A file without one is fine.
func readPSEE(in *input, info *Info) (pseeHeader, error) {
	h := pseeHeader{keys: map[string]string{}}
	start := in.offset
	for {
		next := in.peek(1)
		if len(next) == 0 || next[0] != '%' {
			break
		}
		line := in.line(pseeHeaderMax)
		if line[len(line)-1] != '\n' {
			return h, in.bad("a header line does not end")
		}
		in.use(len(line))
		if in.offset-start > pseeHeaderMax {
			return h, in.bad("the header does not end")
		}
		if h.line(string(bytes.TrimSpace(line[1:]))) {
			break
		}
	}
	h.describe(info)
	return h, nil
}

// line takes one line without the %, and reports whether it was the last.
func (h *pseeHeader) line(line string) (last bool) {
	key, value, _ := strings.Cut(line, " ")
	key, value = strings.ToLower(key), strings.TrimSpace(value)
	h.keys[key] = value
	switch key {
	case "end":
		return true
	case "data":
		if strings.Contains(line, "file containing") {
			h.format = "dat"
		}
	case "evt":
		h.format = map[string]string{"2.0": "evt2", "2.1": "evt21", "3.0": "evt3", "4.0": "evt4"}[value]
	case "format":
		h.formatLine(value)
	}
	return false
}

// formatLine is "EVT3;height=720;width=1280".
func (h *pseeHeader) formatLine(value string) {
	fields := strings.Split(value, ";")
	if f, ok := map[string]string{"EVT2": "evt2", "EVT21": "evt21", "EVT3": "evt3", "EVT4": "evt4", "DAT": "dat"}[fields[0]]; ok {
		h.format = f
	}
	for _, field := range fields[1:] {
		key, v, _ := strings.Cut(field, "=")
		h.keys[key] = v
	}
	h.legacy = h.keys["endianness"] == "legacy"
}

func (h *pseeHeader) describe(info *Info) {
	w, errW := strconv.Atoi(h.keys["width"])
	ht, errH := strconv.Atoi(h.keys["height"])
	if errW != nil || errH != nil {
		a, b, _ := strings.Cut(h.keys["geometry"], "x")
		w, errW = strconv.Atoi(a)
		ht, errH = strconv.Atoi(b)
	}
	switch size, known := systemSizes[h.keys["system_id"]]; {
	case errW == nil && errH == nil && w > 0 && ht > 0 && w <= 1<<16 && ht <= 1<<16:
		info.Width, info.Height = w, ht
	case known:
		info.Width, info.Height = size[0], size[1]
	}
	info.Camera = h.keys["plugin_name"]
	if name := h.keys["camera_integrator_name"]; info.Camera == "" && name != "" {
		info.Camera = name
	}
}

// evtMagic judges whether head is the format want: by its header, or by its words where there is none.
func evtMagic(head []byte, whole bool, want string) verdict {
	in := newInput(bytes.NewReader(head), "")
	h, err := readPSEE(in, &Info{})
	if err != nil {
		return no
	}
	if h.format != "" {
		if h.format == want {
			return certain
		}
		return no
	}
	body := in.peek(len(head))
	if len(h.keys) > 0 && len(body) == 0 && whole {
		return no
	}
	return evtWords(body, want)
}

// evtWords judges bytes without a header: all words have types that the format knows, and some set the time.
func evtWords(body []byte, want string) verdict {
	var known, times, total int
	switch want {
	case "evt2":
		for ; len(body) >= 4; body = body[4:] {
			total++
			switch binary.LittleEndian.Uint32(body) >> 28 {
			case 8:
				times++
				known++
			case 0, 1, 0xA, 0xE, 0xF:
				known++
			}
		}
	case "evt3":
		for ; len(body) >= 2; body = body[2:] {
			total++
			switch binary.LittleEndian.Uint16(body) >> 12 {
			case 6, 8:
				times++
				known++
			case 0, 2, 3, 4, 5, 7, 0xA, 0xE, 0xF:
				known++
			}
		}
	case "evt21":
		for ; len(body) >= 8; body = body[8:] {
			total++
			switch w := binary.LittleEndian.Uint64(body); w >> 60 {
			case 8:
				times++
				known++
			case 0, 1:
				if w<<32 != 0 {
					known++
				}
			case 0xA, 0xE, 0xF:
				known++
			}
		}
	}
	if total >= 16 && known == total && times*1000 >= total {
		return possible
	}
	return no
}
