package magic

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var _ = register(Magic{
	Name:  "%history",
	Usage: "%history [-a] [-l N] [CELL…|PATTERN]",
	Help: "lists the cells of this session, or with -a or -g those of all sessions: all, those with these numbers (3, 5-8), or those " +
		"that contain a pattern, in which * stands for any text and ? for any character. -l keeps the last N.",
	Run: runHistory,
})

var _ = register(alias("%hist", "%history", "is %history."))

func runHistory(_ context.Context, c *Call) error {
	all, last := false, 0
	words := strings.Fields(c.Args)
	for ; len(words) > 0 && strings.HasPrefix(words[0], "-") && len(words[0]) > 1; words = words[1:] {
		switch words[0] {
		case "-n": // IPython's: the numbers are always there
		case "-a", "-g":
			all = true
		case "-l":
			var err error
			if len(words) > 1 {
				last, err = strconv.Atoi(words[1])
			}
			if err != nil || last < 1 {
				return misuse("%history", "-l wants a number of at least 1")
			}
			words = words[1:]
		default:
			return misuse("%history", "there is no option %s", words[0])
		}
	}
	list := c.History(all)
	if cells, err := cellNumbers(words); err == nil && len(words) > 0 {
		list = slices.DeleteFunc(list, func(e Entry) bool { return !slices.Contains(cells, e.Line) })
	} else {
		pattern := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(strings.ToValidUTF8(strings.Join(words, " "), "\uFFFD")))
		matches := regexp.MustCompile("(?s)" + pattern)
		list = slices.DeleteFunc(list, func(e Entry) bool { return !matches.MatchString(e.Src) })
	}
	if last > 0 {
		list = list[max(0, len(list)-last):]
	}
	var b strings.Builder
	for _, e := range list {
		label := fmt.Sprintf("%d", e.Line)
		if all {
			label = fmt.Sprintf("%d/%d", e.Session, e.Line)
		}
		indent := "\n" + strings.Repeat(" ", len(label)+2)
		b.WriteString(label + ": " + strings.ReplaceAll(strings.TrimRight(e.Src, "\n"), "\n", indent) + "\n")
	}
	c.Print(b.String())
	return nil
}
