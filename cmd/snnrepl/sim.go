package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/livespike/livespike/io/durin/live"
	"github.com/livespike/livespike/io/durin/sim"
)

var _ = register(command{
	name:    "sim",
	usage:   "sim durin [flags] [WORLD]",
	summary: "a simulated robot that anybody can drive",
	help: `sim durin listens as a Durin does: commands on TCP port 1337, telemetry by UDP to wherever the client asks. Drive it with
durin.MustDial("127.0.0.1"), with the Python package's Durin("127.0.0.1"), or with anything else that speaks the protocol. It says
when a client comes and goes and when the wheels start and stop, until it is interrupted. A page in the browser shows the world and
what the sensors see; a program adds its network there with live.To("http://127.0.0.1:8337").Network(voltages, spikes).

WORLD is a built-in world, arena without one, or a file: an SVG drawing or a map of characters, 100 mm each, with # for walls and
^ v < > for starts. Built in are ` + strings.Join(sim.Worlds(), ", ") + `.`,
	flags: func(f *flag.FlagSet) {
		f.String("world", "", "`WORLD`, the same as the argument")
		f.String("host", "127.0.0.1", "`ADDRESS` to listen at; 0.0.0.0 is every interface")
		f.Int("port", 1337, "TCP `PORT`; 0 takes a free one; further robots take the next ones")
		f.Duration("for", 0, "stop after a `DURATION`")
		f.String("page", simPage, "`ADDRESS` of the page in the browser, or off; where the default is taken, a free one")
		f.String("log", "", "`FILE` for each time-of-flight frame and the true pose, as JSON lines; with several robots FILE.1, FILE.2, …")
		for _, s := range sim.Settings() {
			f.String(s.Key, "", "`"+s.Value+"`, "+s.Help)
		}
	},
	run: runSim,
})

// simPage is where the page in the browser is.
const simPage = "127.0.0.1:8337"

func runSim(s streams, f *flag.FlagSet) int {
	if f.Arg(0) != "durin" {
		return usageError(s, f.Name(), errors.New("sim does durin"))
	}
	rest, status, done := behind(s, f)
	if done {
		return status
	}
	world, err := simWorld(rest)
	if err != nil {
		return usageError(s, f.Name(), err)
	}
	config, err := sim.ParseConfig(world)
	switch {
	case sim.IsFile(err):
		return failure(s, err)
	case err != nil:
		return usageError(s, f.Name(), err)
	}
	if config.Speed == 0 {
		config.Speed = 1
	}
	port, _ := strconv.Atoi(text(f, "port"))
	limit, _ := time.ParseDuration(text(f, "for"))
	servers, err := sim.ListenAll(net.JoinHostPort(text(f, "host"), strconv.Itoa(port)), config)
	if err != nil {
		return failure(s, err)
	}
	finish, err := logRobots(text(f, "log"), servers)
	var page *live.Page
	if err == nil {
		page, err = showRobots(text(f, "page"), servers)
	}
	if err != nil {
		for _, server := range servers {
			err = errors.Join(err, server.Close())
		}
		return failure(s, err)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if page != nil {
		defer page.Close()
		if err := written(fmt.Fprintf(s.out, "%s: the robot in a browser\n", page.URL())); err != nil {
			return failure(s, err)
		}
	}
	if err := errors.Join(watchRobots(ctx, s, servers), finish()); err != nil {
		return failure(s, err)
	}
	return fine
}

// behind reads the flags that stand behind a command's first argument, such as durin; done is for help and misuse.
func behind(s streams, f *flag.FlagSet) (rest *flag.FlagSet, status int, done bool) {
	rest = flag.NewFlagSet(f.Name(), flag.ContinueOnError)
	rest.SetOutput(io.Discard)
	f.VisitAll(func(each *flag.Flag) { rest.Var(each.Value, each.Name, each.Usage) })
	switch err := rest.Parse(f.Args()[1:]); {
	case errors.Is(err, flag.ErrHelp):
		c, _ := lookup(f.Name())
		c.printHelp(s.out)
		return rest, fine, true
	case err != nil:
		return rest, usageError(s, f.Name(), err), true
	}
	return rest, fine, false
}

// showRobots opens the page; nil is off.
func showRobots(address string, servers []*sim.Server) (*live.Page, error) {
	if address == "off" {
		return nil, nil
	}
	page, err := live.Listen(address)
	if err != nil && address == simPage {
		page, err = live.Listen("127.0.0.1:0")
	}
	if err == nil {
		page.Sim(servers...)
	}
	return page, err
}

// logRobots opens the logs; finish closes them when the robots are gone.
func logRobots(name string, servers []*sim.Server) (finish func() error, err error) {
	var files []*os.File
	finish = func() (err error) {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
		return err
	}
	for i, server := range servers {
		if name == "" {
			break
		}
		file := name
		if len(servers) > 1 {
			file += "." + strconv.Itoa(i+1)
		}
		f, err := os.Create(file)
		if err != nil {
			return nil, errors.Join(err, finish())
		}
		files = append(files, f)
		server.Log(f)
	}
	return finish, nil
}

// simWorld is the configuration that the flags ask for, as ParseConfig reads it.
func simWorld(f *flag.FlagSet) (string, error) {
	world := text(f, "world")
	switch {
	case f.NArg() > 1:
		return "", fmt.Errorf("one world, not %s", strings.Join(f.Args(), " "))
	case f.NArg() == 1 && world != "":
		return "", fmt.Errorf("one world, not %s and %s", world, f.Arg(0))
	case f.NArg() == 1:
		world = f.Arg(0)
	}
	separator := "?"
	if strings.Contains(world, "?") {
		separator = "&"
	}
	for _, setting := range sim.Settings() {
		if v := text(f, setting.Key); v != "" {
			world += separator + setting.Key + "=" + v
			separator = "&"
		}
	}
	return world, nil
}

// watchRobots says what happens to robots until the context ends.
func watchRobots(ctx context.Context, s streams, servers []*sim.Server) (err error) {
	defer func() {
		for _, server := range servers {
			server.Do(func(r *sim.Robot) {
				err = errors.Join(err, written(fmt.Fprintf(s.out, "%s: %.1f m, %.1f s in contact\n", server.Addr(), r.Distance()/1000, r.ContactTime().Seconds())))
			})
			err = errors.Join(err, server.Err(), server.Close())
		}
	}()
	for _, server := range servers {
		server.Do(func(r *sim.Robot) {
			err = errors.Join(err, written(fmt.Fprintf(s.out, "%s: a Durin in %v\n", server.Addr(), r.Config())))
		})
	}
	if err != nil {
		return err
	}
	type seen struct{ connected, driving bool }
	last := make([]seen, len(servers))
	news := make(chan struct{}, 1)
	news <- struct{}{} // a client may be there already
	for _, server := range servers {
		server.Notify(news)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-news:
		}
		for i, server := range servers {
			now := seen{connected: server.Connected()}
			var at time.Duration
			var wheels [4]float64
			server.Do(func(r *sim.Robot) {
				wheels, at = r.Commanded(), r.Now()
				now.driving = wheels != [4]float64{}
			})
			var what []string
			if now.connected != last[i].connected {
				what = append(what, map[bool]string{true: "a client is there", false: "the client has gone"}[now.connected])
			}
			if now.driving != last[i].driving {
				what = append(what, map[bool]string{true: fmt.Sprintf("wheels at %.0f mm/s", wheels), false: "wheels at 0"}[now.driving])
			}
			last[i] = now
			for _, w := range what {
				if err := written(fmt.Fprintf(s.out, "%s: %.2f s: %s\n", server.Addr(), at.Seconds(), w)); err != nil {
					return err
				}
			}
		}
	}
}
