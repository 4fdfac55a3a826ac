package event

import "strings"

// chip is an iniVation or INI sensor, as AEDAT 1 to 3 name them.
type chip struct {
	name          string // in lower case; a header names it somewhere in a longer word
	width, height int
	davis         bool // addresses laid out as those of a DAVIS
}

// chips is searched from the front.
//
// Source: inivation/libcaer and the jAER project, which name them eu.seebetter.ini.chips.davis.Davis346red and so on.
var chips = []chip{
	{"dvs128", 128, 128, false},
	{"davis128", 128, 128, true},
	{"davis208", 208, 192, true},
	{"davis240", 240, 180, true},
	{"davis346", 346, 260, true},
	{"davis640", 640, 480, true},
}

// chipIn finds the chip that a header's text names.
func chipIn(text string) (chip, bool) {
	text = strings.ToLower(text)
	for _, c := range chips {
		if strings.Contains(text, c.name) {
			return c, true
		}
	}
	return chip{}, false
}

func chipNames() string {
	names := make([]string, len(chips))
	for i, c := range chips {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// commentMax bounds the comments at the front of a file; jAER writes all its preferences there.
const commentMax = 4 << 20

// comments uses the lines in front of AEDAT 1 to 3, which begin with # and are printable, and gives each to take, which
// says whether it was the last. A binary record may begin with # too.
func comments(in *input, take func(line string) (last bool)) error {
	start := in.offset
	for {
		line := in.line(commentMax)
		if len(line) == 0 || line[0] != '#' || !isTextLine(line) {
			return nil
		}
		in.use(len(line))
		if in.offset-start > commentMax {
			return in.bad("the header does not end")
		}
		if take(strings.TrimSpace(string(line))) {
			return nil
		}
	}
}

// isTextLine reports whether a line is text with its end.
func isTextLine(line []byte) bool {
	if line[len(line)-1] != '\n' {
		return false
	}
	for _, c := range line[:len(line)-1] {
		if c < ' ' && c != '\t' && c != '\r' || c > '~' {
			return false
		}
	}
	return true
}
