package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/snn"
)

// kernelStart serves a connection file until a front end or a signal ends it.
func kernelStart(s streams, args []string) int {
	f := flag.NewFlagSet("kernel start", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	file := f.String("f", "", "")
	if done, status := parsed(s, f, args); done {
		return status
	}
	own := *file == ""
	connection, path, err := connectionOf(*file)
	if err != nil {
		return failure(s, err)
	}
	asked := connection // with ports that may be 0
	k, err := kernel.New(kernel.Options{HistoryFile: kernel.HistoryFile(), Devices: snn.Devices})
	if err != nil {
		return failure(s, err)
	}
	if s.out == io.Writer(os.Stdout) { // what the process prints belongs to the cells from here on
		if s.out, s.err, err = capture(k); err != nil {
			return failure(std(), err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	logger := log.New(s.err, "livespike: ", log.LstdFlags|log.Lmsgprefix)
	err = wire.Serve(ctx, &connection, k, logger, func(server *wire.Server) {
		interrupts(ctx, server)
		server.Watch(cancel)
		if connection == asked {
			return
		}
		if err := connection.Write(path); err != nil {
			logger.Print(err)
			cancel()
		} else if own {
			fmt.Fprintf(s.out, "jupyter console --existing %s\n", path)
		}
	})
	if own {
		if gone := os.Remove(path); !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	if err != nil {
		return failure(s, err)
	}
	return fine
}

func capture(k *kernel.Session) (out, errs io.Writer, err error) {
	o, e, err := k.CaptureProcess()
	return o, e, err
}

// connectionOf reads a connection file, or makes a connection and says where its file will be.
func connectionOf(file string) (c wire.Connection, path string, err error) {
	if file != "" {
		c, err = wire.ReadConnection(file)
		return c, file, err
	}
	dir, err := wire.RuntimeFolder()
	if err != nil {
		return c, "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, "", err
	}
	return wire.NewConnection(wire.KernelName), filepath.Join(dir, fmt.Sprintf("kernel-%d.json", os.Getpid())), nil
}

// interrupts hands Ctrl-C and its like to the running cell.
func interrupts(ctx context.Context, server *wire.Server) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-signals:
				server.Interrupt()
			case <-ctx.Done():
				return
			}
		}
	}()
}
