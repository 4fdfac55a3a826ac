// Package term draws images in terminals: as sixel graphics, in the protocols of kitty and iTerm2, or with characters.
//
//	term.Write(os.Stdout, img, term.Detect(os.Stdout), 80)
//
// Detect reads these environment variables:
//
//	LIVESPIKE_GRAPHICS   sixel, kitty, iterm2, blocks, blocks256, ascii or none: used as it is, nothing is detected
//	TERM, TERM_PROGRAM, KITTY_WINDOW_ID, WT_SESSION, TMUX, STY   which terminal it is
//	COLORTERM            truecolor or 24bit: any colour, else 256
//	NO_COLOR             not empty: characters without colour, where there are no graphics
//	LC_ALL, LC_CTYPE, LANG   a character set other than UTF-8: no block characters
package term
