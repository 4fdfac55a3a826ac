"""JupyterLab in a headless Chromium: run a notebook, see a figure, interrupt a loop, answer a question, restart and run all;
rich values of each kind; a live view with its buttons; a million lines; the edge notebook.

usage: python browser.py FOLDER [NOTEBOOK…]     screenshots and the notebooks go there; browser, rich, edges, live
Needs jupyterlab, playwright and a Chromium (CHROMIUM, default /usr/bin/chromium); .ci/jupyter runs it where they are.
"""
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat.v4
from playwright.sync_api import sync_playwright

CELLS = [
    "n := 40\nn + 2",
    'fmt.Println("printed", n)\nsnn.LICell()',
    "plot.Image(tensor.Rand(24, 32))",
    "display.HTML(`<b id=\"rich\">rich</b>`)",
    "view := plot.Live()\nfor i := range 60 {\n\tview.Show(tensor.Rand(8, 8).Mul(i))\n\ttime.Sleep(20 * time.Millisecond)\n}\nview.Stop()\nview",
    'gain := widget.NewSlider("gain", 0, 10, 1)\nstop := widget.NewButton("stop")\npicture := widget.NewPicture(image.NewGray(image.Rect(0, 0, 40, 30)))\n'
    "display.Show(gain)\ndisplay.Show(stop)\ndisplay.Show(picture)",
    'panic("wanted")',
]
ERROR = len(CELLS) - 1
PATIENCE = 120  # seconds; a busy machine is no fault

RICH = [
    "tensor.Rand(4, 5)",
    "tensor.Linspace(0, 1, 4096).Reshape(64, 64)",
    "_, state := snn.LIF().Forward(tensor.Ones(10, 3), nil)\nstate",
    "snn.Sequential(snn.Lift(snn.Conv2d(1, 2, 3)), snn.LIF(), snn.Flatten(1), snn.Linear(32, 10))",
    'event.MustOpen("sample:bars").Info()',
    "spikes, _ := snn.LIF().Forward(tensor.Rand(100, 8).Mul(2), nil)\nplot.Raster(spikes)",
]
# 640×480 pictures of 6000 events, as fast as the view takes them, until the button or a minute.
LIVE = """frames := make([]*tensor.Tensor, 20)
for i := range frames {
	frames[i] = tensor.Zeros(480, 640)
	for j := range 6000 {
		frames[i].Data()[(j*509+i*9973)%307200] = float32(1 - 2*(j%2))
	}
}
view := plot.Live().Rate(60).Buttons()
began, n := time.Now(), 0
for !view.Stopped() && time.Since(began) < time.Minute {
	view.Show(frames[n%20])
	n++
	time.Sleep(2 * time.Millisecond)
}
view.Stop()
fmt.Printf("%v; the loop made %.0f steps/s\\n", view, float64(n)/time.Since(began).Seconds())"""
MILLION = "for i := range 1000000 { fmt.Println(i) }"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serve(folder, port):
    # Without the questions about news and about the kernel, which come late and lie above the notebook. A fresh workspace
    # then starts the server's default kernel: ours.
    config = folder.parent / (folder.name + "-config")
    for name, text in {
        "labconfig/page_config.json": '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}',
        "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": '{"autoStartDefaultKernel": true}',
    }.items():
        (config / name).parent.mkdir(parents=True, exist_ok=True)
        (config / name).write_text(text)
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ServerApp.token=t", "--allow-root",
         "--ServerApp.port_retries=0", "--MultiKernelManager.default_kernel_name=livespike", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
        cwd=folder, stdout=open(folder / "server.log", "w"), stderr=subprocess.STDOUT,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(config)},
    )
    for _ in range(480):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t")
            return server
        except OSError:
            time.sleep(0.25)
    server.terminate()
    raise SystemExit((folder / "server.log").read_text())


def wait(what, condition, seconds=PATIENCE):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            print("ok  ", what, flush=True)
            return
        time.sleep(0.05)
    raise AssertionError(f"not seen within {seconds} s: {what}")


def write(folder, name, cells, *raising):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nb.metadata["kernelspec"] = {"name": "livespike", "display_name": "Livespike (Go)", "language": "go"}
    for i in raising:
        nb.cells[i].metadata["tags"] = ["raises-exception"]
    nbformat.write(nb, folder / name)


def main(folder, *names):
    folder = pathlib.Path(folder).resolve()
    write(folder, "browser.ipynb", CELLS, ERROR)
    write(folder, "rich.ipynb", RICH)
    write(folder, "live.ipynb", [LIVE, MILLION, "6 * 7"])
    edges = pathlib.Path(__file__).resolve().parents[2] / "notebooks" / "talk_edges.ipynb"
    nb = nbformat.read(edges, as_version=4)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(nb, folder / "edges.ipynb")
    port = free_port()
    server = serve(folder, port)
    try:
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1500})
            page.set_default_timeout(PATIENCE * 1000)
            try:
                for name, check in CHECKS.items():
                    if not names or name in names:
                        check(Notebook(page, port, name + ".ipynb"), folder)
            except BaseException:
                page.screenshot(path=folder / "failed.png")
                raise
            finally:
                browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


class Notebook:
    """A notebook that is open in the only tab of a fresh workspace."""

    def __init__(self, page, port, name):
        self.page = page
        page.goto(f"http://127.0.0.1:{port}/lab/tree/{name}?token=t&reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.cells = page.locator(".jp-Notebook .jp-CodeCell")
        wait(f"{name} is open", lambda: "Livespike (Go)" in page.locator(".jp-KernelName").inner_text())
        wait("its kernel is idle", self.idle)

    def idle(self):
        return self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').count() > 0

    def text(self, i):
        return "".join(self.cells.nth(i).locator(".jp-OutputArea-output").all_inner_texts())

    def menu(self, *path):
        self.page.locator(f'.lm-MenuBar-itemLabel:text-is("{path[0]}")').click()
        self.page.locator(f'.lm-Menu-itemLabel:text-is("{path[1]}")').click()


def tour(nb, folder):
    """Each kind of value has its form."""
    nb.menu("Run", "Run All Cells")
    for i, (what, selector) in enumerate([
        ("a tensor as a table", "table"), ("a large one as its ends", "table"), ("a state that folds", "details"),
        ("a module that folds", "details"), ("a recording", "table"), ("a figure", "img"),
    ]):
        wait(what, lambda: nb.cells.nth(i).locator(f".jp-OutputArea-output :is({selector})").count() > 0)
    nb.page.screenshot(path=folder / "rich.png")


def edges_again(nb, folder):
    """The edge notebook: all cells, its figures, restart and run all."""
    nb.menu("Run", "Run All Cells")
    figures = lambda: nb.page.locator(".jp-OutputArea-output img").count()
    wait("the figures of the edge notebook", lambda: figures() >= 2)
    wait("it ends", nb.idle)
    seen = figures()
    nb.page.screenshot(path=folder / "edges.png")
    nb.menu("Kernel", "Restart Kernel and Run All Cells…")
    nb.page.locator('.jp-Dialog-button:has-text("Restart")').click()
    wait("outputs are gone", lambda: figures() < seen)
    wait("and come again", lambda: figures() == seen)


COUNT = """cell => {
    window.frames_seen = 0
    new MutationObserver(list => {
        for (const m of list) {
            if (m.type == 'attributes' ? m.target.tagName == 'IMG' : [...m.addedNodes].some(n => n.querySelector && (n.tagName == 'IMG' || n.querySelector('img')))) window.frames_seen++
        }
    }).observe(cell, {subtree: true, childList: true, attributes: true, attributeFilter: ['src']})
}"""


def live(nb, folder):
    """Frames a second, pause, stop, the last picture in the file; then a million lines."""
    page, cell = nb.page, nb.cells.first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    wait("a live view", lambda: cell.locator("img").count() == 1)
    cell.evaluate(COUNT)
    seen = lambda: page.evaluate("window.frames_seen")
    began, before = time.time(), seen()
    time.sleep(5)
    rate = (seen() - before) / (time.time() - began)
    print(f"ok   640x480 pictures: {rate:.1f} a second arrive", flush=True)
    page.screenshot(path=folder / "live.png")
    cell.locator('button:has-text("pause")').click()
    held = -1

    def still():  # a browser that is behind first draws what has been sent
        nonlocal held
        before, held = held, seen()
        time.sleep(1)
        return before == held == seen()

    wait("the picture is held", still)
    cell.locator('button:has-text("pause")').click()
    wait("it moves again", lambda: seen() > held + 3)
    cell.locator('button:has-text("stop")').click()
    wait("the cell ends", lambda: "steps/s" in nb.text(0))
    print("    ", nb.text(0).strip().splitlines()[-1], flush=True)
    last = cell.locator("img").get_attribute("src")
    page.keyboard.press("Control+s")

    def saved():
        stored = nbformat.read(folder / "live.ipynb", as_version=4).cells[0].outputs
        pictures = [o.data["image/png"] for o in stored if "image/png" in o.get("data", {})]
        return len(pictures) == 1 and last.endswith(pictures[0].replace("\n", ""))

    wait("the last picture is in the file", saved)

    nb.cells.nth(1).locator(".cm-content").click()
    began = time.time()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+Enter")
    slowest, end = 0, time.time() + PATIENCE
    while "42" not in nb.text(2) and time.time() < end:
        at = time.time()
        page.evaluate("new Promise(done => requestAnimationFrame(done))")
        slowest = max(slowest, time.time() - at)
    wait("the cell after a million lines", lambda: "42" in nb.text(2))
    assert "left out" in nb.text(1), "nothing is said of the lines that are left out"
    print(f"     a million lines: {time.time() - began:.1f} s, the page stood still for {slowest:.1f} s at most", flush=True)
    page.screenshot(path=folder / "million.png")


def drive(nb, folder):
    """The whole way of a first notebook."""
    page, cells, idle, menu = nb.page, nb.cells, nb.idle, nb.menu
    text = lambda i: [nb.text(i)]
    menu("Run", "Run All Cells")
    wait("a result", lambda: "42" in "".join(text(0)))
    wait("a stream, then a state", lambda: "printed 40" in "".join(text(1)) and "LICell" in "".join(text(1)))
    wait("a figure", lambda: cells.nth(2).locator("img").count() == 1)
    size = cells.nth(2).locator("img").evaluate("i => [i.naturalWidth, i.width]")
    print("     figure is", size)
    wait("rich HTML", lambda: page.locator("#rich").count() == 1)
    frames = set()

    def moving():
        source = cells.nth(4).locator("img")
        if source.count():
            frames.add(source.first.get_attribute("src"))
        return len(frames) > 5

    wait("a live view that moves", moving)
    wait("the view's count", lambda: "drawn" in "".join(text(4)))
    print("     ", "".join(text(4)).strip().splitlines()[-1])
    wait("an error with its place", lambda: f"In[{ERROR + 1}]:1" in "".join(text(ERROR)))
    wait("the name of the kernel", lambda: "Livespike (Go)" in page.locator(".jp-KernelName").inner_text())
    widgets = cells.nth(5)
    wait("a slider, a button, a picture", lambda: all(
        widgets.locator(c).count() == 1 for c in (".widget-slider", "button.widget-button", "img.widget-image")))
    wait("the picture's bytes", lambda: widgets.locator("img.widget-image").evaluate("i => i.naturalWidth") == 40)
    page.screenshot(path=folder / "run-all.png")

    def fill(code):
        editor = cells.last.locator(".cm-content")
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.type(code)

    fill("for !stop.Pressed() {\ntime.Sleep(time.Millisecond)\n}\ngain.Value()")
    page.keyboard.press("Control+Enter")
    wait("a loop that waits for the button", lambda: "[*]" in cells.last.inner_text())
    widgets.locator(".noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    time.sleep(0.3)
    widgets.locator("button.widget-button").click()
    wait("the slider's value after the button", lambda: "1.3" in "".join(text(ERROR)))

    fill("for {}")
    page.keyboard.press("Control+Enter")
    wait("a loop runs", lambda: "[*]" in cells.last.inner_text())
    time.sleep(0.5)
    menu("Kernel", "Interrupt Kernel")
    wait("it is interrupted", lambda: "interrupted" in "".join(text(ERROR)))
    wait("the kernel is idle again", idle)

    fill('display.Input("name? ")')
    page.keyboard.press("Control+Enter")
    wait("an input box", lambda: page.locator(".jp-Stdin-input").count() == 1)
    page.locator(".jp-Stdin-input").fill("Ada")
    page.keyboard.press("Enter")
    wait("the answer", lambda: '"Ada"' in "".join(text(ERROR)) or "Ada\n" in "".join(text(ERROR)))

    fill("fmt.Fpri")
    page.keyboard.press("Tab")
    wait("a completer", lambda: "Fprintln" in "".join(page.locator(".jp-Completer").all_inner_texts()))
    page.screenshot(path=folder / "completer.png")
    page.keyboard.press("Escape")
    fill("fmt.Println(")
    page.keyboard.press("Shift+Tab")
    wait("a tooltip", lambda: "func Println" in "".join(page.locator(".jp-Tooltip").all_inner_texts()))
    page.screenshot(path=folder / "tooltip.png")
    page.keyboard.press("Escape")
    fill("n = 1 // after a reload\ntime.Sleep(3 * time.Second)\nn")
    page.keyboard.press("Control+Enter")
    time.sleep(0.3)

    fill('panic("wanted again")')
    menu("Kernel", "Restart Kernel and Run All Cells…")
    page.locator('.jp-Dialog-button:has-text("Restart")').click()
    wait("the last cell of the second run", lambda: "wanted again" in "".join(text(ERROR)))
    wait("counts begin again", lambda: "[1]" in cells.first.inner_text())
    page.screenshot(path=folder / "restarted.png")


CHECKS = {"browser": drive, "rich": tour, "edges": edges_again, "live": live}

if __name__ == "__main__":
    main(*sys.argv[1:])
