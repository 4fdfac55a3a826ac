"""A long day of one kernel, shortened: cells, lines, interrupts, reconnects, a live view, restarts, two front ends that do not read.

usage: python soak.py [CELLS]     default 2000
Needs jupyter_client and the installed kernel. Every check prints its figure; the exit status is 1 if one does not hold.
"""
import os
import queue
import signal
import subprocess
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

CELLS = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
failures = 0


def check(what, ok, figure):
    global failures
    failures += not ok
    print(f"{'ok  ' if ok else 'FAIL'} {what}: {figure}", flush=True)


def rss(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmRSS"))


def run(client, code, late=None, timeout=60):
    """Runs a cell; its stream text, error name, and the longest pause between two messages."""
    asked = client.execute(code)
    text, error, pause, last = [], None, 0.0, time.perf_counter()
    while True:
        message = client.get_iopub_msg(timeout=timeout)
        now = time.perf_counter()
        if message["parent_header"].get("msg_id") != asked:
            continue
        pause, last = max(pause, now - last), now
        content = message["content"]
        if message["msg_type"] == "stream":
            text.append(content["text"])
        elif message["msg_type"] == "error":
            error = content["ename"]
        elif content.get("execution_state") == "idle":
            break
    while client.get_shell_msg(timeout=timeout)["parent_header"]["msg_id"] != asked:
        pass
    return "".join(text), error, pause


def subscriber(manager):
    socket = zmq.Context().socket(zmq.SUB)
    socket.rcvhwm = 1
    socket.setsockopt(zmq.RCVBUF, 4096)
    socket.subscribe(b"")
    socket.connect(f"tcp://{manager.ip}:{manager.iopub_port}")
    return socket


def stopped_subscriber(manager):
    """A process that subscribes and is stopped as a suspended laptop is."""
    script = (
        "import zmq,time\ns=zmq.Context().socket(zmq.SUB)\ns.subscribe(b'')\n"
        f"s.connect('tcp://{manager.ip}:{manager.iopub_port}')\ns.recv()\nprint('subscribed', flush=True)\ntime.sleep(1e6)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    return process


def main():
    manager = KernelManager(kernel_name="livespike")
    manager.start_kernel()
    pid = manager.provisioner.pid
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=20)
    run(client, "runtime_start := 0")
    idle_reader = subscriber(manager)
    frozen = stopped_subscriber(manager)
    try:
        soak(manager, client, pid)
        pid = restarts(manager, client)
        began = time.perf_counter()
        process = manager.provisioner.process
        client.shutdown()
        process.wait(timeout=5)
        took = time.perf_counter() - began
        check("end within 1.2 s of the request", took < 1.2 and process.returncode == 0, f"{took * 1e3:.0f} ms")
        left = [p for p in os.listdir("/proc") if p.isdigit() and parent(p) == pid]
        check("no child process is left", not left, left)
    finally:
        frozen.kill()
        idle_reader.close(0)
        client.stop_channels()
        manager.cleanup_resources()
    sys.exit(failures > 0)


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return int(f.read().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return -1


def restarts(manager, client):
    """Ten restarts under two front ends: each begins afresh, and no process of an earlier one is left."""
    second = manager.client()
    second.start_channels()
    wrong, left, slowest = 0, [], 0.0
    for i in range(10):
        old = manager.provisioner.pid
        began = time.perf_counter()
        manager.restart_kernel()
        client.wait_for_ready(timeout=20)
        slowest = max(slowest, time.perf_counter() - began)
        second.wait_for_ready(timeout=20)
        text, error, _ = run(client, f"round := {i}\nfmt.Println(round)")  # round is not declared yet
        wrong += text != f"{i}\n" or error is not None
        while True:  # the other front end sees the same line
            message = second.get_iopub_msg(timeout=20)
            if message["msg_type"] == "stream" and message["content"]["text"] == f"{i}\n":
                break
        left += [p for p in os.listdir("/proc") if p == str(old) or p.isdigit() and parent(p) == old]
    second.stop_channels()
    pid = manager.provisioner.pid
    check("10 restarts under two front ends", wrong == 0 and not left,
          f"{wrong} wrong, left {left}, slowest {slowest * 1e3:.0f} ms, {rss(pid):.0f} MB")
    return pid


def soak(manager, client, pid):
    began = time.perf_counter()
    wrong = 0
    for i in range(CELLS):
        text, error, _ = run(client, f"v := {i}\nfmt.Println(v * 2)\ntensor.Ones(4).Mul(v)")
        wrong += text != f"{2 * i}\n" or error is not None
        if i == CELLS // 10:
            early = rss(pid)
    took = time.perf_counter() - began
    check(f"{CELLS} cells", wrong == 0, f"{wrong} wrong, {took / CELLS * 1e3:.2f} ms each")
    check("memory since a tenth of them grew by less than 50 MB", rss(pid) - early < 50, f"{early:.0f} to {rss(pid):.0f} MB")

    longest, lost = 0.0, 0
    for _ in range(10):  # 10 × 100 000 lines of 100 bytes: more than the frozen reader's queue holds
        text, _, pause = run(client, 'for i := range 100000 { fmt.Printf("%099d\\n", i) }', timeout=30)
        lost += text != "".join(f"{i:099d}\n" for i in range(100000))
        longest = max(longest, pause)
    check("1 000 000 lines in order with a frozen reader", lost == 0, f"{lost} of 10 cells lost lines, longest pause {longest:.2f} s")
    check("one pause of at most 2.5 s", longest < 2.5, f"{longest:.2f} s")

    slow, missed = 0.0, 0
    for i in range(CELLS // 10):
        asked = client.execute(["for {}", "time.Sleep(time.Hour)", "<-make(chan int)", "select {}"][i % 4])
        while True:  # it runs
            message = client.get_iopub_msg(timeout=20)
            if message["msg_type"] == "execute_input" and message["parent_header"]["msg_id"] == asked:
                break
        at = time.perf_counter()
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=20)
        slow = max(slow, time.perf_counter() - at)
        missed += reply["content"].get("ename") != "Interrupted"
        while client.get_iopub_msg(timeout=20)["content"].get("execution_state") != "idle":
            pass
    check(f"{CELLS // 10} interrupts", missed == 0, f"{missed} missed, slowest {slow * 1e3:.0f} ms")

    for _ in range(50):
        other = manager.client()
        other.start_channels(hb=False)  # one that stops at once may open a thousand sockets before it ends
        other.kernel_info()
        other.get_shell_msg(timeout=20)
        other.stop_channels()
    text, _, _ = run(client, 'fmt.Println("after 50 reconnects")')
    check("50 reconnects", text == "after 50 reconnects\n", text.strip())

    asked = client.execute(
        "view := plot.Live()\nat := time.Now()\nfor time.Since(at) < 10*time.Second {\n"
        "\tview.Show(tensor.Rand(48, 64))\n\ttime.Sleep(5 * time.Millisecond)\n}\nview.Stop()"
    )
    frames = 0
    while True:
        message = client.get_iopub_msg(timeout=20)
        frames += message["msg_type"] in ("display_data", "update_display_data")
        if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
            break
    client.get_shell_msg(timeout=20)
    check("a live view for 10 s", frames > 200, f"{frames} frames")

    threads = len(os.listdir(f"/proc/{pid}/task"))
    check("memory below 200 MB at the end", rss(pid) < 200, f"{rss(pid):.0f} MB, {threads} threads")


if __name__ == "__main__":
    main()
