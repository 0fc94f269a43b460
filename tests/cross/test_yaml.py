# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cairn reads out of a YAML text against what others read: sigs.k8s.io/yaml (kubectl and the apiserver) for values,
PyYAML for structure and texts. Needs Go (or what the lab installed of it) and the module proxy; no cluster.

Where two readers both take a text, they must say the same. Cairn may refuse more than they do."""

import json
import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import binaries  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

GO = Path(__file__).resolve().parent / "go"
READ = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "tests/cross/cairn_yaml_read"

SCALARS = """y n Y N yes No ON off true False TRUE null Null ~ 0 00 08 012 0o17 0O17 0b11 0B1 0x1F 0X1f -0x10 1_000 1__0 1_ _1 -1_0
0x_1 +1 -1 1. 1.0 3.0 .5 +.5 -.5 1e3 1E5 1e+3 1.e3 0.1e-2 .5e3 1_0.5 1e3_0 . .e3 ._5 e3 - -- + +_1 1:30 190:20:30 2026-01-02
2026-01-02T03:04:05Z 9223372036854775807 -9223372036854775808 18446744073709551615 99999999999999999999 123456789012345678901
1.2.3 1.2.3.4 v1 0b 0x 0o8 0b12 = <x> a:b a#b @x `x %x -a ?a :a a? a: x,y [a {a ]a !x &x *x 'it''s' "\\u0041" "\\x41" '' "" .inf .NaN
+.inf -.Inf 1e999 tRUE oN nULL 0777777777777777777777777 0x8000000000000000 -0x8000000000000000 檢 é""".split()

TEXTS = [
    "a: 1", "a:\n- b\n- c", "- - a\n  - b", "a: |\n  x\n   y\n", "a: |-\n  x\n", "a: |+\n  x\n\n", "a: >\n\n x\n\n y\n", "a: |2\n   x",
    "a: 'x\n  y'", "a: \"x\n\n  y\"", "a: x\n  y", "{a, b: 1}", "[a: 1, b]", "a: &x 1\nb: *x", "x: &x {p: 1}\nb:\n  <<: *x\n  q: 2",
    "x: &x {p: 1}\nb:\n  p: 3\n  <<: *x", "x: &x {p: 1, q: 1}\nz: &z {p: 2, r: 2}\nb:\n  <<: [*x, *z]", "\"<<\": {a: 1}", "- a\n-\n- b", "? a\n: b",
    "? |\n  k\n: v", "!!str 1: 2", "a: !!int \"12\"", "a: !!str 012", "a: !!float 1", "a: ! x", "a: # c\n  b", "'a': 1", "a: {x:1}", "a: {\"x\":1}",
    "{\"a\":1}", "%YAML 1.1\n---\na: 1", "--- \na: 1\n...\n", "--- a", "\ufeffa: 1", "a:\t1", "a: \t# x", "a: [\n\t1]", "a: {b: 1,}", "{}", "[]",
    "a: -x", "a: ?x", "a: [-]", "{-a: 1}", "{a::x}", "a: b\n c: d", "a: 1\na: 2", "a: *x", "a: @x", "[a]: 1", "~: 1", "a: [1,,2]", "a: 'b'c",
    "a: \"x\" y", "\t", "a: 1 b: 2", "a: |\n\tb", "- \t- a", "a: b: c", "key: [a,\nb]", "a: &x\nb: 1", "&a b: *a", "\"a\": {\"b\": \"\\ud83d\\ude00\"}",
    "a: \"tab\there\"", "a: x # c", "a: x#c", "a:  'x' # c", "#c\na: 1\n#d", "a: 1\r\nb: 2\r\n", "a: |\r\n  x\r\n", "- a: 1\n  b: 2\n- c: 3",
    "a:\n  - b\n  -   c: 1\n      d: 2", "a: >-\n  x\n    y\n  z\n", "a: \"x \\\n   y\"", "a: \"\\e\\0\\N\\_\\L\\P\\U0001F600\"",
]


def written(rng, value, column=0):
    """A value in one of the ways people write it: what follows a key, a dash or nothing."""
    pad = " " * column
    if isinstance(value, dict) and value and rng.random() < 0.8:
        lines = []
        for key, each in value.items():
            name = rng.choice([key, f'"{key}"', f"'{key}'"])
            lines.append(f"{pad}{name}:{after(rng, each, column, True)}")
            if rng.random() < 0.15:
                lines.append(pad + "# remark")
        return "\n".join(lines)
    if isinstance(value, list) and value and rng.random() < 0.8:
        return "\n".join(f"{pad}-{after(rng, each, column, False)}" for each in value)
    return pad + flow(rng, value)


def after(rng, value, column, in_map):
    if isinstance(value, (dict, list)) and value:
        deeper = column + rng.choice([2, 2, 4])
        text = written(rng, value, deeper)
        if in_map and isinstance(value, list) and rng.random() < 0.4:
            text = "\n".join(f"{' ' * column}-{after(rng, each, column, False)}" for each in value)
        if not in_map and rng.random() < 0.5 and deeper == column + 2:
            return " " + text.lstrip(" ")
        return (rng.choice(["", "  # below"]) + "\n" + text)
    if isinstance(value, str) and "\n" in value and value.strip() == value.rstrip("\n") and rng.random() < 0.6 and not value.endswith("\n\n"):
        body = "\n".join(" " * (column + 2) + line if line else "" for line in value.rstrip("\n").split("\n"))
        return f" |{'' if value.endswith(chr(10)) else '-'}\n{body}"
    return " " + flow(rng, value) + rng.choice(["", "", "  # end"])


def flow(rng, value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {flow(rng, v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(rng, v) for v in value) + "]"
    if isinstance(value, str) and rng.random() < 0.3 and "\n" not in value:
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=rng.random() < 0.3 and all(ord(c) < 0x10000 for c in str(value)))


def random_value(rng, depth):
    kind = rng.randrange(7 if depth else 4)
    if kind == 0:
        return rng.choice([0, 1, -5, 12.5, True, False, None, 2**53, 1e21])
    if kind < 4:
        return rng.choice(["a", "two words", "yes", "1", "x: y", "line\nbreak\n", "#c", "", "'", '"', "- d", "檢", "a, [b]", " lead", "tail ", "x\n\ny", "{", "~", "😀"])
    if kind == 4:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {f"k{rng.randrange(8)}": random_value(rng, depth - 1) for _ in range(rng.randrange(4))}


def broken(rng, text):
    """The text after a few slips of the hand."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        if rng.random() < 0.4:
            text = text[:at] + text[at + rng.randrange(1, 3):]
        else:
            text = text[:at] + rng.choice([" ", "\n", ":", "-", "- ", "#", "'", '"', "[", "]", "{", "}", ",", "&a ", "*a", "!", "|", ">", "?", "  ", ": ", "%", "\t", "~"]) + text[at:]
    return text


def plain(value):
    """Numbers as JSON compares them."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return value


def ask(program, texts):
    done = subprocess.run([program], input=json.dumps(texts).encode(), stdout=subprocess.PIPE, check=True, timeout=600)
    return json.loads(done.stdout)


def by_pyyaml(text):
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def has_other_keys(value):
    """Keys that go-yaml makes something else of than what is written: Cairn keeps the text (manifest/Yaml.h)."""
    if isinstance(value, dict):
        return any(not k.startswith("k") and k not in "abpqrzxcd" for k in value) or any(map(has_other_keys, value.values()))
    return isinstance(value, list) and any(map(has_other_keys, value))


class Yaml(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lab = Lab.at("light")
        binaries.ensure(lab, ["yamlcross"], GO)
        cls.go = binaries.binary(lab, "yamlcross", GO)

    def both(self, texts):
        return zip(texts, ask(READ, texts), ask(self.go, texts), strict=True)

    def test_scalars_mean_what_they_mean_to_kubectl(self):
        texts = [f"a: {s}" for s in SCALARS] + [f"- {s}" for s in SCALARS] + [f"[{s}, b]" for s in SCALARS]
        for text, ours, theirs in self.both(texts):
            with self.subTest(text=text):
                if "error" in ours:
                    # A number that no double holds is text to go-yaml; a person who writes it means a number. Tags of
                    # one's own are refused, and what brackets do to ? and : is left to who likes riddles.
                    self.assertTrue("error" in theirs or "1e999" in text or "!x" in text or text.startswith("["), (ours, theirs))
                elif "error" not in theirs:
                    self.assertEqual(plain(ours["json"]), plain(theirs["json"]))

    def test_well_formed_texts_are_read_alike(self):
        rng = random.Random(7)
        values = [random_value(rng, 4) for _ in range(3000)]
        values = [v for v in values if isinstance(v, (dict, list))]
        texts = [written(rng, v) + "\n" for v in values]
        self.assertGreater(len(texts), 1000)
        for value, (text, ours, theirs) in zip(values, self.both(texts), strict=True):
            with self.subTest(text=text):
                self.assertNotIn("error", ours)
                self.assertEqual(plain(ours["json"]), plain(value))
                if "error" not in theirs:  # pairs of escaped surrogates are JSON, not YAML
                    self.assertEqual(plain(theirs["json"]), plain(value))
                self.assertEqual(ours["texts"], by_pyyaml(text))

    def test_other_texts(self):
        for text, ours, theirs in self.both(TEXTS):
            with self.subTest(text=text):
                if "error" not in ours and "error" not in theirs:
                    self.assertEqual(plain(ours["json"]), plain(theirs["json"]))

    def test_slips_of_the_hand_are_never_read_in_two_ways(self):
        rng = random.Random(11)
        texts = []
        while len(texts) < 6000:
            value = random_value(rng, 3)
            if isinstance(value, (dict, list)):
                texts.append(broken(rng, written(rng, value)))
        both = 0
        for text, ours, theirs in self.both(texts):
            if "error" in ours or "error" in theirs or has_other_keys(ours["json"]) or "\n---" in text or text.startswith("---"):
                continue
            both += 1
            with self.subTest(text=text):
                self.assertEqual(plain(ours["json"]), plain(theirs["json"]))
        self.assertGreater(both, 1000)


if __name__ == "__main__":
    unittest.main()
