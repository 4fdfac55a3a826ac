package stdlib

import (
	"fmt"
	"io"
	"log"
	"os"
)

// Exit is what a script's os.Exit and log.Fatal panic with instead of ending the process. It is the exit status.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func osExit(code int) { panic(Exit(code)) }

// osFindProcess is os.FindProcess but for this process itself, which a script must not kill.
func osFindProcess(pid int) (*os.Process, error) {
	if pid == os.Getpid() {
		return nil, fmt.Errorf("os: process %d is the session itself", pid)
	}
	return os.FindProcess(pid)
}

func logFatal(v ...any) {
	log.Print(v...)
	panic(Exit(1))
}

func logFatalf(format string, v ...any) {
	log.Printf(format, v...)
	panic(Exit(1))
}

func logFatalln(v ...any) {
	log.Println(v...)
	panic(Exit(1))
}

// logLogger is log.Logger with a Fatal family that ends the cell instead of the process.
type logLogger struct{ *log.Logger }

func logNew(out io.Writer, prefix string, flag int) *logLogger {
	return &logLogger{log.New(out, prefix, flag)}
}

func logDefault() *logLogger { return &logLogger{log.Default()} }

func (l *logLogger) Fatal(v ...any) {
	l.Print(v...)
	panic(Exit(1))
}

func (l *logLogger) Fatalf(format string, v ...any) {
	l.Printf(format, v...)
	panic(Exit(1))
}

func (l *logLogger) Fatalln(v ...any) {
	l.Println(v...)
	panic(Exit(1))
}
