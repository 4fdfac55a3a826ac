"""Other clients on the built program: nbclient, nbconvert, jupyter console, unix sockets, signals, a killed server.

Run by .ci/jupyter with SNNREPL naming the program.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import nbclient
import nbconvert
import nbformat.v4
from jupyter_client import BlockingKernelClient
from jupyter_client.manager import KernelManager

SNNREPL = os.environ["SNNREPL"]


def notebook(*cells):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nb.metadata["kernelspec"] = {"name": "livespike", "display_name": "Livespike (Go)", "language": "go"}
    return nb


def started(*arguments, **environment):
    """A kernel started by hand and its connection file."""
    process = subprocess.Popen(
        [SNNREPL, "kernel", "start", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )
    return process


def client_of(path):
    client = BlockingKernelClient(connection_file=str(path))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return client


def gone(pid, seconds):
    end = time.time() + seconds
    while time.time() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


class Notebooks(unittest.TestCase):
    def test_nbclient_runs_a_notebook(self):
        nb = notebook("n := 40", "n + 2", 'fmt.Println("text")', "plot.Image(tensor.Ones(4, 4))")
        nbclient.NotebookClient(nb, timeout=240, startup_timeout=120).execute()
        self.assertEqual(nb.cells[1].outputs[0]["data"]["text/plain"], "42")
        self.assertEqual(nb.cells[2].outputs[0]["text"], "text\n")
        self.assertIn("image/png", nb.cells[3].outputs[0]["data"])
        self.assertIn("text/plain", nb.cells[3].outputs[0]["data"])
        info = nb.metadata["language_info"]
        self.assertEqual((info["name"], info["pygments_lexer"], info["file_extension"]), ("go", "go", ".go"))
        self.assertIn("iopub.execute_input", nb.cells[0].metadata["execution"])
        nbformat.validate(nb)

    def test_raises_exception_goes_on(self):
        nb = notebook('panic("expected")', "1 + 1")
        nb.cells[0].metadata["tags"] = ["raises-exception"]
        nbclient.NotebookClient(nb, timeout=240, startup_timeout=120).execute()
        self.assertEqual(nb.cells[0].outputs[0]["ename"], "Panic")
        self.assertEqual(nb.cells[1].outputs[0]["data"]["text/plain"], "2")
        stops = notebook('panic("stop")', "1 + 1")
        with self.assertRaises(nbclient.exceptions.CellExecutionError):
            nbclient.NotebookClient(stops, timeout=240, startup_timeout=120).execute()

    def test_update_lands_in_place(self):
        nb = notebook('h := display.Show("old")', 'h.Update("new")')
        nbclient.NotebookClient(nb, timeout=240, startup_timeout=120).execute()
        self.assertEqual(nb.cells[0].outputs[0]["data"]["text/plain"], "new")

    def test_html_is_highlighted(self):
        nb = notebook("func f() int {\n\treturn 42\n}", "f()")
        nbclient.NotebookClient(nb, timeout=240, startup_timeout=120).execute()
        html, _ = nbconvert.HTMLExporter().from_notebook_node(nb)
        self.assertIn('<span class="kd">func</span>', html)
        script, resources = nbconvert.exporters.ScriptExporter().from_notebook_node(nb)
        self.assertEqual(resources["output_extension"], ".go")
        self.assertIn("return 42", script)


class Console(unittest.TestCase):
    def test_console_connects(self):
        with tempfile.TemporaryDirectory() as folder:
            kernel = started(JUPYTER_RUNTIME_DIR=folder)
            try:
                line = kernel.stdout.readline()
                self.assertTrue(line.startswith("jupyter console --existing "), line)
                path = line.split()[-1]
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                console = subprocess.run(
                    [sys.executable, "-m", "jupyter_console", "--existing", path, "--simple-prompt"],
                    input='fmt.Println("from the console", 6*7)\n\nexit\n', capture_output=True, text=True, timeout=240,
                )
                self.assertIn("from the console 42", console.stdout, console.stderr)
                self.assertIsNone(kernel.poll())  # leaving the console keeps the kernel
            finally:
                kernel.send_signal(signal.SIGTERM)
                self.assertEqual(kernel.wait(timeout=10), 0, kernel.stderr.read())
                kernel.stdout.close(), kernel.stderr.close()
            self.assertEqual(os.listdir(folder), [])


class Ends(unittest.TestCase):
    def test_unix_sockets(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "connection.json")
            path.write_text(json.dumps({
                "transport": "ipc", "ip": folder + "/k", "key": "secret", "signature_scheme": "hmac-sha256",
                "shell_port": 0, "iopub_port": 0, "stdin_port": 0, "control_port": 0, "hb_port": 0,
            }))
            kernel = started("-f", str(path))
            end = time.time() + 60
            while json.loads(path.read_text())["hb_port"] == 0 and time.time() < end:
                time.sleep(0.02)
            client = client_of(path)
            client.execute("1 + 1")
            self.assertEqual(client.get_shell_msg(timeout=60)["content"]["status"], "ok")
            client.shutdown()
            self.assertEqual(kernel.wait(timeout=10), 0)
            client.stop_channels()
            kernel.stdout.close(), kernel.stderr.close()
            self.assertEqual(os.listdir(folder), ["connection.json"])

    def test_signals_end_it_while_a_cell_runs(self):
        for number in signal.SIGTERM, signal.SIGHUP:
            with self.subTest(number=number):
                manager = KernelManager(kernel_name="livespike")
                manager.start_kernel()
                client = manager.client()
                client.start_channels()
                client.wait_for_ready(timeout=60)
                client.execute("for {}")
                time.sleep(0.3)
                process = manager.provisioner.process
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=10), 0)
                client.stop_channels()
                manager.cleanup_resources()

    def test_a_killed_server_takes_its_kernel_along(self):
        script = (
            "import time\nfrom jupyter_client.manager import start_new_kernel\n"
            "m, c = start_new_kernel(kernel_name='livespike')\nc.execute('for {}')\n"
            "print(m.provisioner.pid, flush=True)\ntime.sleep(60)\n"
        )
        server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        pid = int(server.stdout.readline())
        self.assertFalse(gone(pid, 0.5))
        server.kill()
        server.wait()
        server.stdout.close()
        self.assertTrue(gone(pid, 20), f"kernel {pid} is still there")

    def test_a_crash_is_told_to_the_log(self):
        """What the runtime says when it ends the process must not vanish with the session that captures its output."""
        with tempfile.TemporaryDirectory() as folder:
            kernel = started(JUPYTER_RUNTIME_DIR=folder)
            client = client_of(kernel.stdout.readline().split()[-1])
            client.execute("m := map[int]int{}\nfor range 4 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10] = i\n\t\t}\n\t}()\n}\nselect {}")
            _, text = kernel.communicate(timeout=120)
            client.stop_channels()
            self.assertNotEqual(kernel.returncode, 0)
            self.assertIn("maps.fatal", text)


if __name__ == "__main__":
    unittest.main()
