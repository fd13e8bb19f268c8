"""Random commands, descriptions, expressions and outputs, each in a process of its own that is measured.

    python tests/fuzz.py --seconds 1800 --jobs 2 --seed 1

A case fails if it ends with another exit code than 0, 1 or 2, if an error is not one sentence, if it is a fault of
gdviz itself, if it takes more than 5 seconds of CPU or 1 GB of memory, if it has not ended after a minute, if a refused
one wrote something, or if what is not gdviz's own is no longer as it was. Cases that fail are printed with a number:
the same seed and number make the same case (`--only NUMBER`).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shlex
import shutil
import signal
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CPU, MEMORY, PATIENCE = 5.0, 1_000_000_000, 60.0
BYTES_A_SECOND = 20e6  # what it takes to write a file of hundreds of megabytes that was asked for
PRECIOUS = b"somebody's own"

NAMES = ["sphere", "himmelblau", "rosenbrock", "easom", "bukin-n6", "shubert", "drop-wave", "parabola", "saddle"]
UNARY = ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "sqrt", "abs", "sign"]
NEW = ["sin", "log10", "log2", "floor", "ceil", "sigmoid", "relu", "softplus", "erf", "np.arctan", "math.exp"]
NUMBERS = ["0", "1", "2", "3", "0.5", "-1", "10", "100", "1e10", "1e100", "1e308", "1e-300", "pi", "e", "1/3", "1e400"]
JUNK = [
    "",
    " ",
    "#",
    "^",
    "**",
    "(",
    ")",
    ",",
    "x",
    "y",
    "z",
    "é",
    "\u200b",
    "\t",
    "\n",
    "\0",
    "'",
    '"',
    "[",
    "{",
    "=",
    ".",
    "_",
]
WORDS = [
    "nan",
    "inf",
    "-inf",
    "0",
    "-1",
    "1e308",
    "1e-320",
    "9" * 30,
    "9" * 5000,
    "true",
    "",
    " ",
    "é",
    "x,y",
    "1,2",
    "0x10",
]


@dataclass(frozen=True)
class Case:
    """A command, and the files that are there when it is typed."""

    arguments: list[str]
    files: dict[str, bytes]
    things: dict[str, str]


def expression(rng: random.Random, depth: int = 0) -> str:
    if depth > 7 or rng.random() < 0.2:
        return rng.choice(["x", "y", "x", "y", rng.choice(NUMBERS), f"{rng.uniform(-20, 20):.3g}"])
    kind, inner = rng.random(), depth + 1
    if kind < 0.55:
        sign = rng.choice(["+", "-", "*", "/", "^", "**"])
        return f"({expression(rng, inner)}){sign}({expression(rng, inner)})"
    if kind < 0.9:
        return f"{rng.choice(UNARY)}({expression(rng, inner)})"
    if kind < 0.94:
        return f"{rng.choice(['min', 'max', 'hypot', 'mod'])}({expression(rng, inner)},{expression(rng, inner)})"
    return as_people_write(rng, inner)


def as_people_write(rng: random.Random, inner: int) -> str:
    """Return an expression in signs and shapes that Python does not have."""
    shape = rng.choice(
        [
            "2({})({})", "3x{}", "x({})", "xy({})", "({})²", "|{}|", "2|{}||{}|", "√({})", "√2 ({})", "π({})",
            "({})·({})", "({}) − ({})", "sin {}", "sin 2x {}", "sin^2({})", "cos² ({})", "1/2({})", "e^2x + {}",
            "where({} > 0, {}, {})", "({} if {} <= 1 else {})", "piecewise({} < 0, {}, {})", "(0 < {} < 1)({})",
            r"\frac{{{}}}{{{}}}", r"\sqrt{{{}}}", r"\left({}\right)^{{2}}", r"\sin {}",
            r"\frac12 {}", r"\sqrt[3]{{{}}}", r"\log_{{2}} {}", r"\left\lvert {} \right\rvert", "⌊{}⌋", "∛{}",
            "½{}", "sin -{}", r"\begin{{cases}} {} & {} > 0 \\ {} & \text{{otherwise}} \end{{cases}}",
            r"({}) \bmod ({})", r"\sin^{{{}}} {}",
            *(f"{name}({{}})" for name in NEW),
        ]
    )  # fmt: skip
    return shape.format(*(expression(rng, inner + 1) for _ in range(4)))


def tower(rng: random.Random) -> str:
    """Return what grows quickly when it is expanded or differentiated."""
    text = rng.choice(["x", "3*x", "x+y", "10000*x", "x*y+1", "sin(x)", "x^x"])
    for _ in range(rng.randint(2, 9)):
        shape = rng.choice(["({})^{}", "exp({})", "({})*({})", "sqrt({})+{}", "abs({})^{}", "({})/({}+1)", "1/({})"])
        parts = [text, rng.choice([text, "100", "0.5", "x", "-3"]), text][: shape.count("{}")]
        text = shape.format(*parts) if len(text) < 900 else text
    return text


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(0, 3)):
        at = rng.randint(0, len(text))
        cut = rng.choice([0, 0, 1, 3])
        text = text[:at] + rng.choice([*JUNK, *NUMBERS]) * rng.choice([1, 1, 2, 50]) + text[at + cut :]
    return text


def function(rng: random.Random) -> str:
    kind = rng.random()
    text = rng.choice(NAMES) if kind < 0.2 else tower(rng) if kind < 0.4 else expression(rng)
    return mutated(rng, text) if rng.random() < 0.25 else text


def value(rng: random.Random, depth: int = 0) -> str:
    """Return a TOML value of any kind."""
    kind = rng.random()
    if depth < 3 and kind < 0.2:
        return "[" + ", ".join(value(rng, depth + 1) for _ in range(rng.randint(0, 4))) + "]"
    if depth < 3 and kind < 0.3:
        return "{ " + ", ".join(f"{key(rng)} = {value(rng, depth + 1)}" for _ in range(rng.randint(0, 3))) + " }"
    if kind < 0.6:
        return rng.choice(
            ["0", "1", "-1", "2", "64", "1e9", "1e300", "nan", "inf", "0.5", "9" * rng.choice([3, 20, 5000])]
        )
    if kind < 0.8:
        quote = rng.choice(['"', "'", '"""', "'''"])
        return (
            quote
            + rng.choice([*WORDS[9:], *NAMES, "deep", "log", "surface", "curve"])
            + quote
            + '"' * rng.choice([0, 0, 2])
        )
    return rng.choice(
        ["true", "false", "1979-05-27", "07:32:00", "0x" + "f" * 40, "1_000", "+1", "[" * 200 + "]" * 200]
    )


def key(rng: random.Random) -> str:
    keys = [
        "function",
        "title",
        "view",
        "starts",
        "starts.points",
        "starts.grid",
        "starts.random",
        "learning_rate",
        "fps",
    ]
    keys += [
        "tolerance",
        "max_iterations",
        "domain",
        "extent",
        "size",
        "timing.descent",
        "timing.hold",
        "camera",
        "height",
    ]
    keys += ["point_color", "palette", "caption", "output", "seed", "palete", '""', "a.b.c.d.e.f", '"é"', "x" * 500]
    return rng.choice(keys)


def description(rng: random.Random) -> bytes:
    lines = [f'function = "{function(rng)}"' if rng.random() < 0.9 else f"function = {value(rng)}"]
    lines += ["size = [64, 64]", "fps = 5", "timing = { approach = 0, hold = 0, descent = 0.4, finish = 0 }"]
    lines += ["starts = { grid = 3 }"] if rng.random() < 0.7 else []
    lines += [f"{key(rng)} = {value(rng)}" for _ in range(rng.choice([0, 0, 1, 2, 5]))]
    if rng.random() < 0.2:
        lines.append(
            rng.choice(["[[camera]]\nat = 0\nazimuth = 1\nelevation = 9", "[camera]", "[[a.b]]" * 50, "[" * 99])
        )
    if rng.random() < 0.1:
        lines.append("\n".join(f"k{number} = {value(rng)}" for number in range(rng.choice([10, 1000, 20000]))))
    content = "\n".join(lines).encode()
    kind = rng.random()
    if kind < 0.05:
        return rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]) + content
    if kind < 0.1:
        return content.decode().encode(rng.choice(["utf-16", "utf-32", "utf-16-le"]))
    if kind < 0.2:
        at = rng.randint(0, len(content))
        return content[:at] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 40))) + content[at:]
    return content


def flags(rng: random.Random, command: str) -> list[str]:
    offered: dict[str, list[str]] = {
        "--start": ["1,1", "0,0", "1e300,0", "5", "-1,-1", "nan,1"],
        "--grid": ["3", "2x3", "1", "0", "1000x1000", "3x"],
        "--random": ["3", "0", "1000000"],
        "--seed": ["1", "-1", "9" * 30],
        "--lr": ["0.1", "1e-300", "1e300", "0", "nan"],
        "--optimizer": ["adam", "newton", "bfgs", "adam:beta1=0.5,learning_rate=0.1", "lion:beta1=2", "gd:noise=1"],
        "--schedule": ["step", "cosine", "stp"],
        "--noise": ["0.5", "1e300", "-1"],
        "--tolerance": ["1e-3", "0", "1e300", "-1"],
        "--max-iterations": ["10", "0", "1000", "100001", "-1"],
        "--domain": ["-1,1,-1,1", "-1,1", "0,0,0,0"],
        "--view": ["surface", "curve", "slices", "-2,2,-2,2", "-1e300,1e300,0,1", "1,2"],
        "--set": [f"{key(rng)}={value(rng)}", "palette=dusk", "=", "a", "caption=false", "camera.0.zoom=3"],
    }
    if command in ("render", "still"):
        offered |= {"--size": ["64x64", "1x1", "66x64", "9" * 9], "--fps": ["5", "0.1", "120", "nan"]}
        offered |= {"--seconds": ["0.4", "0", "1e300", "-1"]}
    chosen: list[str] = []
    for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
        flag = rng.choice(list(offered))
        text = rng.choice(offered[flag]) if rng.random() < 0.8 else rng.choice(WORDS)
        chosen.append(f"{flag}={text}")
    return [each for each in chosen if "\0" not in each]


def output(rng: random.Random, command: str) -> str:
    suffixes = {"render": [".mp4", ".gif", ".webm", "/%d.png", "%03d.png", ".apng", ".webp", ".mov"], "still": [".png"]}
    suffixes |= {"descend": [".csv", ".npz"], "formula": [".png", ".svg"]}
    stem = rng.choice(
        [
            "film",
            "link",
            "loop",
            "pipe",
            "away",
            "sub/film",
            "none/film",
            "é",
            "x" * 251,
            "-o",
            "a\nb",
            "\udcff",
            ".",
            "",
        ]
    )
    return stem + (
        rng.choice(suffixes[command]) if rng.random() < 0.9 else rng.choice([".txt", "", ".toml", "%d%d.png"])
    )


def case(rng: random.Random) -> Case:
    files, things = {"x.toml": description(rng), "sub/holiday.png": PRECIOUS}, {}
    command = rng.choice(
        ["render", "render", "still", "descend", "descend", "formula", "functions", "optimizers", "batch", "presets"]
    )
    target = "x.toml" if rng.random() < 0.5 else function(rng)
    arguments = [command, *([target] if command != "batch" else ["x.toml", *([target] if rng.random() < 0.3 else [])])]
    if command in ("render", "still", "descend"):
        arguments += flags(rng, command)
        arguments += ["--jobs=1"] if command == "render" else []
    if command in ("render", "still") and not target.endswith(".toml"):
        arguments += ["--size=64x64", "--set=timing={descent=0.3}", "--fps=5"]
    if command in ("render", "still", "descend", "formula") and rng.random() < 0.7:
        arguments += [
            f"--output={output(rng, command)}" for _ in range(rng.choice([1, 1, 2]) if command == "render" else 1)
        ]
    if command == "batch":
        arguments += [f"--directory={rng.choice(['media', '.', 'sub', 'x.toml', 'none/deep', 'loop'])}"]
        arguments += rng.choice([[], [], ["--check"], ["--force"], ["-f", "gif"], ["-f", "png"]])
        arguments += ["--jobs=1", "--set=size=[64,64]", "--set=timing={descent=0.3}", "--set=fps=5"]
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        suffix = rng.choice([".mp4", ".png", ".csv", ".gif"])
        name = rng.choice(
            [f"film{suffix}", f".film{suffix}.gdviz", f"x{suffix}", "media", f"loop{suffix}", "0.png", "media/x.mp4"]
        )
        things[name] = rng.choice(["fifo", "link", "loop", "folder", "file", "dangling"])
    arguments += ["--json"] if rng.random() < 0.2 and command != "formula" else []
    return Case([each.replace("\0", "") for each in arguments], files, things)


def prepared(folder: Path, made: Case) -> None:
    for name, content in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for name, kind in made.things.items():
        path = folder / name
        if os.path.lexists(path) or not path.parent.is_dir():
            continue
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
            (path / "own.txt").write_bytes(PRECIOUS)
        elif kind == "file":
            path.write_bytes(PRECIOUS)
        else:
            path.symlink_to({"link": "sub", "loop": path.name, "dangling": "sub/nothing"}[kind])


def snapshot(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        name = str(path.relative_to(folder))
        found[name] = (
            path.read_bytes()
            if stat.S_ISREG(mode)
            else str(path.readlink())
            if path.is_symlink()
            else stat.S_IFMT(mode)
        )
    return found


def typed(folder: Path, arguments: list[str]) -> None:
    """Be the process that runs the command; never returns."""
    os.setsid()
    os.chdir(folder)
    for number, name in enumerate(("out", "err"), start=1):
        os.dup2(os.open(folder.parent / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    sys.argv = ["gdviz", *arguments]
    from gdviz.__main__ import main

    try:
        main()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def faults(root: Path, made: Case) -> tuple[list[str], float, int]:
    """Type a case's command; return what is wrong, and its seconds of CPU and bytes of memory."""
    folder = root / "place"
    folder.mkdir()
    prepared(folder, made)
    before = snapshot(folder)
    pid = os.fork()
    if pid == 0:
        typed(folder, made.arguments)
    ended, status, used = 0, 0, None
    began = time.monotonic()
    while not ended and time.monotonic() - began < PATIENCE:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        time.sleep(0.002)
    wrong = []
    if not ended:
        os.killpg(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        wrong.append(f"has not ended after {PATIENCE:g} s")
    code = os.waitstatus_to_exitcode(status)
    said = (root / "err").read_bytes().decode(errors="replace")
    after = snapshot(folder)
    complaints = [line for line in said.splitlines() if line.startswith("gdviz: ") and " is read as " not in line]
    if code not in (0, 1, 2):
        wrong.append(f"ended with {code}")
    if code == 1 and made.arguments[0] not in ("batch",):
        wrong.append("failed")
    if code in (1, 2) and not (complaints or re.search(r"^(Usage|Error)|╭─ Error", said, re.MULTILINE)):
        wrong.append("says nothing")
    if "fault of gdviz" in said + (root / "out").read_bytes().decode(errors="replace") or "Traceback" in said:
        wrong.append("is a fault")
    if len(said) > 3000 or (len(complaints) > 1 and made.arguments[0] != "batch"):
        wrong.append("says much")
    if code == 2 and made.arguments[0] != "batch" and before != after:
        wrong.append("wrote although it refused")
    given = {name for name in before if name not in written(made)}
    if any(after.get(name) != before[name] for name in given):
        wrong.append("changed what is not its own")
    assert used is not None
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    output = sum(len(content) for content in after.values() if isinstance(content, bytes))
    wrong += [f"took {cpu:.1f} s of CPU"] if cpu > CPU + output / BYTES_A_SECOND else []
    wrong += [f"took {memory / 1e6:.0f} MB"] if memory > MEMORY else []
    return [*wrong, *([said.strip()[-400:]] if wrong else [])], cpu, memory


def written(made: Case) -> set[str]:
    """Return the names that the user said may be replaced."""
    names = {each.partition("=")[2] for each in made.arguments if each.startswith("--output=")}
    names |= {"sub/nothing"}
    if made.arguments[0] == "batch":
        names |= {name for name in made.things if made.things[name] == "file"}
    return names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    asked = parser.parse_args()
    import gdviz.cli.commands  # imported once, for all cases
    import gdviz.rendering
    import gdviz.stage.surface  # noqa: F401  # imported once, for all cases

    workers: list[int] = []
    while asked.only is None and len(workers) < asked.jobs and 0 not in workers:
        workers.append(os.fork())
    if workers and 0 not in workers:
        return max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers)
    until, number, bad, total = time.monotonic() + asked.seconds, len(workers) - 1, 0, 0.0
    slowest, largest = 0.0, 0
    while time.monotonic() < until:
        number = asked.only if asked.only is not None else number + asked.jobs
        made = case(random.Random(f"{asked.seed} {number}"))
        root = Path(tempfile.mkdtemp(prefix="fuzz-"))
        wrong, cpu, memory = faults(root, made)
        total, slowest, largest = total + cpu, max(slowest, cpu), max(largest, memory)
        if wrong:
            bad += 1
            print(f"{number}: {shlex.join(['gdviz', *made.arguments])[:600]}\n    {'; '.join(wrong)}", flush=True)
        if asked.only is not None:
            print(made.files["x.toml"].decode(errors="backslashreplace")[:3000], made.things, root)
            return bool(wrong)
        shutil.rmtree(root, ignore_errors=True)
    print(
        f"{number} cases or so, {total:.0f} s of CPU; the slowest {slowest:.1f} s, the largest "
        f"{largest / 1e6:.0f} MB; {bad} bad"
    )
    sys.stdout.flush()
    os._exit(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
