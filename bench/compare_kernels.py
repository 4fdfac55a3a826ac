"""The latencies of Jupyter kernels, measured the same way: raw sockets on loopback, one kernel after the other.

usage: python bench/compare_kernels.py [KERNEL…]     default: livespike python3 gonb, those that are installed
Needs jupyter_client. Prints a table in Markdown: median of RUNS where a row says so.
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
        began = time.perf_counter()
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.wait_for_port()
        self.client = self.manager.client()
        self.client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=True)
        self.info()
        self.launch = time.perf_counter() - began
        while True:  # until the subscription to iopub stands
            self.info()
            try:
                self.client.get_iopub_msg(timeout=0.2)
                break
            except queue.Empty:
                pass

    def wait_for_port(self):
        """A client that connects too early tries again only after 100 ms, which would be measured instead."""
        while True:
            try:
                socket.create_connection((self.manager.ip, self.manager.shell_port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.0005)

    def info(self):
        self.client.kernel_info()
        while self.client.get_shell_msg(timeout=60)["msg_type"] != "kernel_info_reply":
            pass

    def timed(self, ask, reply):
        """Until the reply to a request."""
        began = time.perf_counter()
        asked = ask()
        while True:
            message = self.client.get_shell_msg(timeout=120)
            if message["parent_header"].get("msg_id") == asked:
                assert message["msg_type"] == reply, message["msg_type"]
                return time.perf_counter() - began

    def cell(self, code):
        """Until idle; the stream messages and their text come along."""
        began = time.perf_counter()
        asked = self.client.execute(code)
        messages, text = 0, []
        while True:
            message = self.client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "stream":
                messages += 1
                text.append(message["content"]["text"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        took = time.perf_counter() - began
        self.client.get_shell_msg(timeout=120)
        return took, messages, "".join(text)

    def interrupt(self, loop):
        asked = self.client.execute(loop)
        time.sleep(1)
        began = time.perf_counter()
        self.manager.interrupt_kernel()
        self.client.get_shell_msg(timeout=60)
        took = time.perf_counter() - began
        while True:
            message = self.client.get_iopub_msg(timeout=60)
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
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        return took


def measure(name, language):
    trivial, lines, prefix, loop = CODES[name if name in CODES else language]
    rows, launches, first = {}, [], []
    for _ in range(RUNS):
        k = Kernel(name)
        launches.append(k.launch)
        first.append(k.cell(trivial)[0])
        k.stop()
    rows[f"launch to the first kernel_info reply, median of {RUNS}"] = ms(statistics.median(launches))
    rows[f"first cell, median of {RUNS}"] = ms(statistics.median(first))
    k = Kernel(name)
    k.cell(trivial)
    infos = [k.timed(k.client.kernel_info, "kernel_info_reply") for _ in range(CELLS)]
    rows["kernel_info round trip, median"] = ms(statistics.median(infos))
    cells = [k.cell(trivial)[0] for _ in range(CELLS if name != "gonb" else 15)]
    rows["trivial cell until idle, median / p90"] = f"{ms(statistics.median(cells))} / {ms(percentile(cells, 0.9))}"
    first_completion = k.timed(lambda: k.client.complete(prefix), "complete_reply")
    completions = [k.timed(lambda: k.client.complete(prefix), "complete_reply") for _ in range(20)]
    rows["completion, first / median"] = f"{ms(first_completion)} / {ms(statistics.median(completions))}"
    took, messages, text = k.cell(lines)
    count = text.count("\n")
    rows["100 000 printed lines (messages, lines that arrived)"] = f"{ms(took)} ({messages}, {count})"
    interrupts = [k.interrupt(loop) for _ in range(3)]
    rows["interrupt of a loop until the reply, median of 3"] = ms(statistics.median(interrupts))
    rows["resident memory"] = f"{k.memory():.0f} MB"
    rows["shutdown request until the process has ended"] = k.stop()
    return rows


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
