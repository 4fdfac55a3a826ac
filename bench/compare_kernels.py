"""The latencies of Jupyter kernels, measured the same way: raw sockets on loopback, one kernel after the other.

usage: python bench/compare_kernels.py [KERNEL…]     default: livespike python3 gonb, those that are installed
Needs jupyter_client. Prints a table in Markdown: median of RUNS where a row says so. Where a kernel does not answer, its cell of the
table says so; the kernel is killed, and the next row has a fresh one.
"""
import os
import platform
import queue
import socket
import statistics
import subprocess
import sys
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

RUNS = 5
CELLS = 100
PATIENCE = 60  # seconds
CODES = {  # trivial cell, cell that prints 100 000 lines, text to complete, loop without end
    "go": ("6*7", "for i := range 100000 { fmt.Println(i) }", "fmt.Fprin", "for {}"),
    "python": ("6*7", "for i in range(100000): print(i)", "str.capit", "while True: pass"),
    "gonb": ("%%\nfmt.Println(6*7)", "%%\nfor i := range 100000 { fmt.Println(i) }", "fmt.Fprin", "%%\nfor {}"),
}


def percentile(values, q):
    return sorted(values)[min(len(values) - 1, int(q * len(values)))]


def ms(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


class Kernel:
    def __init__(self, name):
        self.manager = KernelManager(kernel_name=name)
        self.client = self.manager.client()
        try:
            self.start()
        except queue.Empty:
            self.kill()
            raise

    def start(self):
        began = time.perf_counter()
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.wait_for_port()
        self.client = self.manager.client()
        self.client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=True)
        self.info()
        self.launch = time.perf_counter() - began
        for _ in range(5 * PATIENCE):  # until the subscription to iopub stands
            self.info()
            try:
                self.client.get_iopub_msg(timeout=0.2)
                return
            except queue.Empty:
                pass
        raise queue.Empty

    def kill(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def wait_for_port(self):
        """A client that connects too early tries again only after 100 ms, which would be measured instead."""
        end = time.time() + PATIENCE
        while time.time() < end:
            try:
                socket.create_connection((self.manager.ip, self.manager.shell_port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.0005)
        raise queue.Empty

    def info(self):
        self.client.kernel_info()
        while self.client.get_shell_msg(timeout=PATIENCE)["msg_type"] != "kernel_info_reply":
            pass

    def timed(self, ask, reply):
        """Until the reply to a request."""
        began = time.perf_counter()
        asked = ask()
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == asked:
                assert message["msg_type"] == reply, message["msg_type"]
                return time.perf_counter() - began

    def cell(self, code):
        """Until idle; the stream messages and their text come along."""
        began = time.perf_counter()
        asked = self.client.execute(code)
        messages, text = 0, []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "stream":
                messages += 1
                text.append(message["content"]["text"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        took = time.perf_counter() - began
        self.client.get_shell_msg(timeout=PATIENCE)
        return took, messages, "".join(text)

    def interrupt(self, loop, after=1):
        """GoNB loses an interrupt that comes while it compiles the cell: on a busy machine that takes more than a second."""
        asked = self.client.execute(loop)
        while True:  # until it runs
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == asked and message["msg_type"] == "execute_input":
                break
        time.sleep(after)
        began = time.perf_counter()
        self.manager.interrupt_kernel()
        while self.client.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != asked:
            pass
        took = time.perf_counter() - began
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
                return took

    def memory(self):
        with open(f"/proc/{self.manager.provisioner.pid}/status") as f:
            for line in f:
                if line.startswith("VmRSS"):
                    return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        process = self.manager.provisioner.process
        began = time.perf_counter()
        self.client.shutdown()
        try:
            process.wait(timeout=5)
            took = ms(time.perf_counter() - began)
        except subprocess.TimeoutExpired:
            took = "more than 5 s"
        self.kill()
        return took


class Table:
    """The rows of one kernel."""

    def __init__(self, name):
        self.name, self.rows, self.kernel = name, {}, None

    def row(self, what, measure):
        """What measure finds with a kernel that runs, or that there was no reply."""
        try:
            self.kernel = self.kernel or Kernel(self.name)
            self.rows[what] = measure(self.kernel)
        except queue.Empty:
            self.rows[what] = f"no reply in {PATIENCE} s"
            self.drop()

    def drop(self):
        if self.kernel:
            self.kernel.kill()
        self.kernel = None


def measure(name, language):
    trivial, lines, prefix, loop = CODES[name if name in CODES else language]
    table, launches, first = Table(name), [], []

    def start(k):
        launches.append(k.launch)
        first.append(k.cell(trivial)[0])

    for _ in range(RUNS):
        table.row("start", start)
        table.drop()
    table.rows.pop("start")
    median = lambda values: ms(statistics.median(values)) if values else f"no reply in {PATIENCE} s"
    table.rows[f"launch to the first kernel_info reply, median of {RUNS}"] = median(launches)
    table.rows[f"first cell, median of {RUNS}"] = median(first)

    def infos(k):
        k.cell(trivial)
        return median([k.timed(k.client.kernel_info, "kernel_info_reply") for _ in range(CELLS)])

    def cells(k):
        took = [k.cell(trivial)[0] for _ in range(CELLS if name != "gonb" else 15)]
        return f"{ms(statistics.median(took))} / {ms(percentile(took, 0.9))}"

    def completions(k):
        took = [k.timed(lambda: k.client.complete(prefix), "complete_reply") for _ in range(21)]
        return f"{ms(took[0])} / {ms(statistics.median(took[1:]))}"

    def printed(k):
        took, messages, text = k.cell(lines)
        count = text.count("\n")
        return f"{ms(took)} ({messages}, {count})"

    table.row("kernel_info round trip, median", infos)
    table.row("trivial cell until idle, median / p90", cells)
    table.row("completion, first / median", completions)
    table.row("100 000 printed lines (messages, lines that arrived)", printed)
    table.row("resident memory", lambda k: f"{k.memory():.0f} MB")
    table.row("interrupt of a loop until the reply, median of 3", lambda k: median([k.interrupt(loop) for _ in range(3)]))
    table.row("the same 10 ms after the cell began", lambda k: median([k.interrupt(loop + "\n" * i, 0.01) for i in range(3)]))
    table.row("shutdown request until the process has ended", lambda k: k.stop())
    return table.rows


def main():
    installed = KernelSpecManager().get_all_specs()
    names = sys.argv[1:] or [n for n in ("livespike", "python3", "gonb") if n in installed]
    table = {n: measure(n, installed[n]["spec"]["language"]) for n in names}
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}\n")
    print("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for row in table[names[0]]:
        print(f"| {row} | " + " | ".join(table[n][row] for n in names) + " |")


if __name__ == "__main__":
    main()
