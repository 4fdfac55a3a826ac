package term

import (
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Protocol is a way to draw an image in a terminal.
type Protocol int

// The protocols. The zero value is a place that cannot draw: a file, a pipe or a dumb terminal.
const (
	None      Protocol = iota
	Sixel              // DEC sixel graphics: xterm, foot, mlterm, Windows Terminal, WezTerm, Konsole
	Kitty              // kitty's graphics protocol: kitty, Ghostty
	ITerm2             // iTerm2's inline images: iTerm2, WezTerm, mintty
	Blocks             // half blocks, two pixels a character, in any colour
	Blocks256          // half blocks in the 256 colours of xterm
	ASCII              // characters from light to dark, without colour
)

var names = [...]string{"none", "sixel", "kitty", "iterm2", "blocks", "blocks256", "ascii"}

// String is the protocol's name, as LIVESPIKE_GRAPHICS takes it.
func (p Protocol) String() string {
	if p < 0 || int(p) >= len(names) {
		return "unknown protocol"
	}
	return names[p]
}

// Graphics reports whether the protocol sends pixels, not characters.
func (p Protocol) Graphics() bool { return p == Sixel || p == Kitty || p == ITerm2 }

// answers remembers what each terminal said of itself.
var answers sync.Map // file descriptor to func() bool

// Detect finds out how to draw on a file: None unless it is a terminal, else the best protocol that the environment
// names. Where it names none and standard input is the terminal too, the terminal is asked, once in a program, whether
// it knows sixels (primary device attributes, at most a second); no one else may read from it meanwhile.
func Detect(out *os.File) Protocol {
	if p := slices.Index(names[:], strings.ToLower(os.Getenv("LIVESPIKE_GRAPHICS"))); p >= 0 {
		return Protocol(p)
	}
	if out == nil || !term.IsTerminal(int(out.Fd())) {
		return None
	}
	return detect(os.Getenv, func() bool {
		ask, _ := answers.LoadOrStore(out.Fd(), sync.OnceValue(func() bool { return asksixel(os.Stdin, out) }))
		return ask.(func() bool)()
	})
}

// detect decides for a terminal with an environment. It asks the terminal only if it has to.
func detect(env func(string) string, sixel func() bool) Protocol {
	name, program := env("TERM"), env("TERM_PROGRAM")
	if name == "dumb" || name == "" && env("WT_SESSION") == "" && program == "" {
		return None
	}
	if !multiplexed(env) {
		switch {
		case env("KITTY_WINDOW_ID") != "" || name == "xterm-kitty" || name == "xterm-ghostty" || program == "ghostty":
			return Kitty
		case program == "iTerm.app" || program == "WezTerm" || program == "mintty":
			return ITerm2
		}
	}
	if sixel() {
		return Sixel
	}
	switch {
	case env("NO_COLOR") != "" || strings.HasPrefix(name, "vt") || !utf8(env):
		return ASCII
	case trueColor(env):
		return Blocks
	}
	return Blocks256
}

// multiplexed reports whether tmux or screen stands between: the outer terminal's variables are inherited, but its
// pictures do not pass.
func multiplexed(env func(string) string) bool {
	name := env("TERM")
	return env("TMUX") != "" || env("STY") != "" || strings.HasPrefix(name, "tmux") || strings.HasPrefix(name, "screen")
}

func trueColor(env func(string) string) bool {
	if c := env("COLORTERM"); c == "truecolor" || c == "24bit" {
		return true
	}
	name := env("TERM")
	return env("WT_SESSION") != "" || strings.HasSuffix(name, "-direct") || slices.Contains(
		[]string{"alacritty", "foot", "foot-extra", "xterm-kitty", "xterm-ghostty", "wezterm"}, name)
}

// utf8 is the character set of the locale; where there is none, UTF-8 is likely.
func utf8(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env(name)); locale != "" {
			_, set, named := strings.Cut(locale, ".")
			return !named || strings.HasPrefix(set, "utf-8") || strings.HasPrefix(set, "utf8")
		}
	}
	return true
}

// sixelIn finds the sixel attribute, 4, in a reply to a request for primary device attributes: CSI ? 6 2 ; 4 ; 2 2 c.
func sixelIn(reply string) bool {
	_, reply, ok := strings.Cut(reply, "\x1b[?")
	if !ok {
		return false
	}
	attributes, _, ok := strings.Cut(reply, "c")
	return ok && slices.Contains(strings.Split(attributes, ";")[1:], "4")
}
