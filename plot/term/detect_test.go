package term

import (
	"os"
	"testing"
)

// The table follows the terminals' documentation.
func TestDetect(t *testing.T) {
	type env = map[string]string
	for _, test := range []struct {
		name  string
		env   env
		sixel bool
		want  Protocol
	}{
		{"nothing", env{}, false, None},
		{"dumb", env{"TERM": "dumb", "COLORTERM": "truecolor"}, true, None},
		{"kitty", env{"TERM": "xterm-kitty"}, false, Kitty},
		{"kitty with another TERM", env{"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, false, Kitty},
		{"Ghostty", env{"TERM": "xterm-ghostty"}, false, Kitty},
		{"iTerm2", env{"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, true, ITerm2},
		{"WezTerm", env{"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, true, ITerm2},
		{"foot", env{"TERM": "foot", "COLORTERM": "truecolor"}, true, Sixel},
		{"tmux in kitty", env{"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/tmux"}, false, Blocks256},
		{"tmux with sixels", env{"TERM": "tmux-256color", "TMUX": "/tmp/tmux"}, true, Sixel},
		{"screen in iTerm2", env{"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, false, Blocks256},
		{"true colour", env{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, false, Blocks},
		{"alacritty", env{"TERM": "alacritty"}, false, Blocks},
		{"Windows Terminal", env{"WT_SESSION": "x"}, false, Blocks},
		{"256 colours", env{"TERM": "xterm-256color"}, false, Blocks256},
		{"Apple's terminal", env{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, false, Blocks256},
		{"no colour", env{"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, false, ASCII},
		{"empty NO_COLOR", env{"TERM": "xterm-256color", "NO_COLOR": ""}, false, Blocks256},
		{"VT220", env{"TERM": "vt220"}, false, ASCII},
		{"Latin-1", env{"TERM": "xterm-256color", "LC_ALL": "de_DE.ISO-8859-1", "LANG": "de_DE.UTF-8"}, false, ASCII},
		{"UTF-8", env{"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, false, Blocks256},
	} {
		if got := detect(func(name string) string { return test.env[name] }, func() bool { return test.sixel }); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDetectFile(t *testing.T) {
	t.Setenv("LIVESPIKE_GRAPHICS", "")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if p := Detect(w); p != None {
		t.Errorf("a pipe is %v", p)
	}
	if p := Detect(nil); p != None {
		t.Errorf("no file is %v", p)
	}
	for p := None; p <= ASCII; p++ {
		t.Setenv("LIVESPIKE_GRAPHICS", p.String())
		if got := Detect(w); got != p {
			t.Errorf("LIVESPIKE_GRAPHICS=%v gives %v", p, got)
		}
	}
}

// Replies of real terminals, from their documentation or source.
func TestSixelIn(t *testing.T) {
	for reply, want := range map[string]bool{
		"\x1b[?62;4;22c":              true,  // foot
		"\x1b[?64;1;2;4;6;9;15;22c":   true,  // xterm as a VT420
		"\x1b[?63;1;2;4;6;9;15;22c":   true,  // xterm as a VT340
		"\x1b[?65;4;1;2;6;21;22;17;c": true,  // an empty parameter at the end
		"\x1b[?6c":                    false, // Linux console
		"\x1b[?1;2c":                  false, // VTE before 0.60
		"\x1b[?4;6c":                  false, // a VT132: 4 is its class
		"\x1b[?64;14;22c":             false,
		"l\x1b[?62;4c":                true, // a key before the reply
		"\x1b[?62;4":                  false,
		"":                            false,
	} {
		if got := sixelIn(reply); got != want {
			t.Errorf("%q: %v, want %v", reply, got, want)
		}
	}
}
