package ptx

import "fmt"

// token is a word, a number, a string in quotes or a sign.
type token struct {
	text string
	line int
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || c == '$' || c == '%' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// tokens splits a text. Comments are left out.
func tokens(text string) ([]token, error) {
	var all []token
	line := 1
	for at := 0; at < len(text); {
		c := text[at]
		end := at + 1
		switch {
		case c == '\n':
			line++
			at++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			at++
			continue
		case c == '/' && end < len(text) && text[end] == '/':
			for at < len(text) && text[at] != '\n' {
				at++
			}
			continue
		case c == '"':
			for end < len(text) && text[end] != '"' && text[end] != '\n' {
				end++
			}
			if end == len(text) || text[end] == '\n' {
				return nil, fmt.Errorf("ptx: line %d: a string without an end", line)
			}
			end++
		case isWord(c):
			for end < len(text) && isWord(text[end]) {
				end++
			}
		case c > ' ' && c < 0x7f:
		default:
			return nil, fmt.Errorf("ptx: line %d: unexpected character %q", line, c)
		}
		all = append(all, token{text[at:end], line})
		at = end
	}
	return all, nil
}
