"""Runs one tlsfuzzer script unchanged and writes a line per conversation.

usage: observe.py run|dry SEED FILE SCRIPT [argument...]

run: FILE receives, tab separated: name, "ok" or "bad", the error, what was expected at that point.
dry: no connection is made and every conversation counts as passed; FILE receives the names.

Sampling (-n) and the probes that scripts make up are seeded, so that every server meets the same
conversations. What the script prints and its exit status stay the verdict.
"""
import os
import random
import runpy
import sys
import time

mode, seed, path, script = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(script))))

from tlsfuzzer.runner import Runner  # noqa: E402

out = open(path, "w", buffering=1, encoding="utf-8")


def put(*cells):
    out.write("\t".join(" ".join(str(c).split()) for c in cells) + "\n")


def conversation_name():
    frame = sys._getframe(2)
    for _ in range(4):
        if frame is None:
            break
        if "c_name" in frame.f_locals:
            return frame.f_locals["c_name"]
        frame = frame.f_back
    return "(unnamed)"


def expectation(error):
    """The node of the conversation at which it broke, from the frame of Runner.run."""
    node, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "run":
            names = trace.tb_frame.f_locals
            node = names.get("node") or names.get("old_node") or node
        trace = trace.tb_next
    words = [type(node).__name__]
    for name in ("level", "description"):
        if getattr(node, name, None) is not None:
            words.append("%s=%s" % (name, getattr(node, name)))
    return " ".join(words)


real_run = Runner.run


def observed(self):
    name, start = conversation_name(), time.time()
    try:
        real_run(self)
    except Exception as error:
        put(name, "bad", "%s: %s (after %d ms)" % (type(error).__name__, str(error)[:300],
                                                   1000 * (time.time() - start)), expectation(error))
        raise
    put(name, "ok", "", "")


def dry(self):
    put(conversation_name(), "ok", "", "")


class Seeded(random.Random):
    """Stands in for random.SystemRandom."""

    made = 0

    def __init__(self, *_):
        Seeded.made += 1
        super().__init__(seed + Seeded.made)


Runner.run = dry if mode == "dry" else observed
random.SystemRandom = Seeded
random.seed(seed)
sys.argv = sys.argv[4:]
runpy.run_path(script, run_name="__main__")
