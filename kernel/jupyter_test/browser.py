"""JupyterLab in a headless Chromium: run a notebook, see a figure, interrupt a loop, answer a question, restart and run all.

usage: python browser.py FOLDER    (screenshots and the notebook go there)
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
from playwright.sync_api import TimeoutError, sync_playwright

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


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serve(folder, port):
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ServerApp.token=t", "--allow-root",
         "--ServerApp.port_retries=0", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
        cwd=folder, stdout=open(folder / "server.log", "w"), stderr=subprocess.STDOUT,
    )
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t")
            return server
        except OSError:
            time.sleep(0.25)
    server.terminate()
    raise SystemExit((folder / "server.log").read_text())


def wait(what, condition, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            print("ok  ", what, flush=True)
            return
        time.sleep(0.05)
    raise AssertionError(f"not seen within {seconds} s: {what}")


def main(folder):
    folder = pathlib.Path(folder).resolve()
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nb.metadata["kernelspec"] = {"name": "livespike", "display_name": "Livespike (Go)", "language": "go"}
    nb.cells[-1].metadata["tags"] = ["raises-exception"]
    nbformat.write(nb, folder / "browser.ipynb")
    port = free_port()
    server = serve(folder, port)
    try:
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1500})
            try:
                drive(page, port, folder)
            except BaseException:
                page.screenshot(path=folder / "failed.png")
                raise
            finally:
                browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


def drive(page, port, folder):
    page.goto(f"http://127.0.0.1:{port}/lab/tree/browser.ipynb?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60000)
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    text = lambda i: cells.nth(i).locator(".jp-OutputArea-output").all_inner_texts()
    idle = lambda: page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').count() > 0

    def menu(*path):
        page.locator(f'.lm-MenuBar-itemLabel:text-is("{path[0]}")').click()
        page.locator(f'.lm-Menu-itemLabel:text-is("{path[1]}")').click()

    try:  # a fresh workspace may ask for the kernel, with ours in front
        page.locator('.jp-Dialog-button:has-text("Select")').click(timeout=4000)
        time.sleep(1)
    except TimeoutError:
        pass
    wait("the kernel is idle", idle, 30)
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
    wait("it is interrupted", lambda: "interrupted" in "".join(text(ERROR)), 5)
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
    wait("the last cell of the second run", lambda: "wanted again" in "".join(text(ERROR)), 30)
    wait("counts begin again", lambda: "[1]" in cells.first.inner_text())
    page.screenshot(path=folder / "restarted.png")


if __name__ == "__main__":
    main(sys.argv[1])
