"""The public kernel test suite with every attribute set, so that nothing is skipped.

Run by .ci/jupyter, which installs the pinned packages and the kernel.
"""
import queue
import time
import unittest

import jupyter_kernel_test


PATIENCE = 60  # seconds; a busy machine is no fault


class Patient:
    """The suite gives each message on iopub 0.1 s and takes as long a silence for the end. On a busy machine neither holds:
    here messages have a minute, and the channels are empty when a request that goes the same way has been answered."""

    def execute_helper(self, *args, **options):
        channel = self.kc.iopub_channel
        get = channel.get_msg
        channel.get_msg = lambda timeout=None: get(timeout=PATIENCE)
        try:
            return super().execute_helper(*args, **options)
        finally:
            del channel.get_msg

    def flush_channels(self):
        asked = self.kc.execute("", silent=True)
        while self.kc.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != asked:
            pass
        while True:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            jupyter_kernel_test.validate_message(message)
            if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
                return


class Livespike(Patient, jupyter_kernel_test.KernelTests):
    kernel_name = "livespike"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'

    completion_samples = [
        {"text": "fmt.Fprin", "matches": {"Fprint", "Fprintf", "Fprintln"}},
        {"text": "snn.LIFCell(snn.TauMem", "matches": {"TauMemInv"}},
    ]
    complete_code_samples = [
        "x := 1",
        "func f() {\n\tfmt.Println(1)\n}",
        "for i := range 3 {\n\tfmt.Println(i)\n}",
    ]
    incomplete_code_samples = ["func f() {", "s := `an open string", "x := []int{1,"]
    invalid_code_samples = ["x := := 1"]

    code_page_something = "?fmt.Println"
    code_generate_error = 'panic("boom")'
    code_execute_result = [
        {"code": "6*7", "result": "42"},
        {"code": "tensor.Ones(3)", "result": "tensor([1., 1., 1.])"},
        {"code": "snn.LICell()", "mime": "text/plain"},
    ]
    code_display_data = [
        {"code": 'display.HTML("<b>x</b>")', "mime": "text/html"},
        {"code": "display.Show(plot.Image(tensor.Ones(4, 4)))", "mime": "image/png"},
        {"code": "display.Show(tensor.Ones(2))", "mime": "text/plain"},
    ]
    code_history_pattern = "6?7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "display.Clear(false)"
    def test_no_attribute_is_missing(self):
        """A check whose attribute is empty would pass without having run."""
        for name, value in vars(jupyter_kernel_test.KernelTests).items():
            if name.startswith(("code_", "complete_", "incomplete_", "invalid_", "completion_", "supp")):
                with self.subTest(name):
                    self.assertTrue(getattr(type(self), name), f"{name} is not set")

    def test_method_of_a_variable_completes(self):
        self.flush_channels()
        self.execute_helper(code="jkt := time.Now()")
        self.flush_channels()
        self.kc.complete("jkt.Weekd")
        reply = self.get_non_kernel_info_reply(timeout=PATIENCE)
        self.assertEqual(reply["content"]["matches"], ["Weekday"])

    def test_error_is_one_message(self):
        """Besides status and execute_input a failed cell publishes its error and nothing else."""
        for code, ename in [('panic("boom")', "Panic"), ("y := undefinedName", "CompileError"), ("for {", "CompileError")]:
            with self.subTest(code=code):
                self.flush_channels()
                reply, output = self.execute_helper(code=code)
                self.assertEqual(reply["content"]["status"], "error")
                self.assertEqual(reply["content"]["ename"], ename)
                self.assertTrue(reply["content"]["traceback"])
                self.assertEqual([m["msg_type"] for m in output], ["error"])

    def test_interrupt(self):
        for code in ["for {}", "time.Sleep(time.Hour)", "<-make(chan int)", "select {}"]:
            with self.subTest(code=code):
                self.flush_channels()
                self.kc.execute(code)
                time.sleep(0.3)
                self.km.interrupt_kernel()
                reply = self.get_non_kernel_info_reply(timeout=PATIENCE)
                self.assertEqual(reply["content"].get("ename"), "Interrupted")
        self.flush_channels()
        _, output = self.execute_helper(code='fmt.Println("alive")')
        self.assertEqual(output[0]["content"]["text"], "alive\n")

    def test_error_aborts_the_queue(self):
        self.flush_channels()
        codes = ["time.Sleep(time.Second)\npanic(\"stop\")", "aborted1 := 1", "aborted2 := 2"]
        asked = [self.kc.execute(code) for code in codes]
        replies = {}
        while len(replies) < len(asked):
            reply = self.kc.get_shell_msg(timeout=PATIENCE)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
        self.assertEqual([replies[i] for i in asked], ["error", "aborted", "aborted"])

    def test_input(self):
        self.flush_channels()
        asked = self.kc.execute('line, err := display.Input("name? ")\nfmt.Println("hi", line, err)')
        question = self.kc.get_stdin_msg(timeout=PATIENCE)
        self.assertEqual(question["content"], {"prompt": "name? ", "password": False})
        self.assertEqual(question["parent_header"]["msg_id"], asked)
        self.kc.input("Ada")
        self.assertEqual(self.get_non_kernel_info_reply(timeout=PATIENCE)["content"]["status"], "ok")
        text = ""
        while "Ada" not in text:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
        self.assertEqual(text, "hi Ada <nil>\n")

    def test_completion_while_a_cell_runs(self):
        self.flush_channels()
        self.kc.execute("time.Sleep(time.Hour)")
        time.sleep(0.2)
        self.kc.complete("fmt.Fprin")
        reply = self.get_non_kernel_info_reply(timeout=PATIENCE)
        self.assertEqual(reply["msg_type"], "complete_reply")
        self.km.interrupt_kernel()
        self.assertEqual(self.get_non_kernel_info_reply(timeout=PATIENCE)["content"]["ename"], "Interrupted")

    def test_many_lines(self):
        self.flush_channels()
        self.kc.execute("for i := range 100000 { fmt.Println(i) }")
        text, messages = [], 0
        while True:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "stream":
                text.append(message["content"]["text"])
                messages += 1
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        self.assertEqual("".join(text), "".join(f"{i}\n" for i in range(100000)))
        self.assertLess(messages, 60)

    def test_update_display(self):
        self.flush_channels()
        _, output = self.execute_helper(code='h := display.Show("a")\nh.Update("b")')
        kinds = [(m["msg_type"], m["content"]["data"]["text/plain"]) for m in output]
        self.assertEqual([k for k, _ in kinds], ["display_data", "update_display_data"])
        first, second = (m["content"]["transient"]["display_id"] for m in output)
        self.assertEqual(first, second)


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "livespike"
    support_iopub_welcome = True


class TwoClients(unittest.TestCase):
    """Both see the output, the one that asked gets the reply."""

    def test_two_clients(self):
        from jupyter_client.manager import start_new_kernel

        manager, first = start_new_kernel(kernel_name="livespike")
        try:
            second = manager.client()
            second.session.session = "second"
            second.start_channels()
            second.wait_for_ready(timeout=PATIENCE)
            asked = first.execute('fmt.Println("for both")')
            self.assertEqual(first.get_shell_msg(timeout=PATIENCE)["content"]["status"], "ok")
            for client in first, second:
                text = ""
                while text != "for both\n":
                    message = client.get_iopub_msg(timeout=PATIENCE)
                    if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == asked:
                        text += message["content"]["text"]
            with self.assertRaises(queue.Empty):
                second.get_shell_msg(timeout=0.3)
        finally:
            first.stop_channels()
            second.stop_channels()
            manager.shutdown_kernel()
        self.assertFalse(manager.is_alive())


if __name__ == "__main__":
    unittest.main()
