r"""LaTeX with single backslashes in JSON comes back as written; line breaks and tabs stay."""

import json
import time

import pytest

from prompts.latex import with_latex_escaped
from prompts.parse import parse_records

LATEX = r"""
\frac{1}{2} \ne 0, x \rightarrow y, \nu = 3, \tilde{x}, \textrm{a}, \tag{1}, \tanh x, \newline
\nu
E = h\nu
Let \nu be the frequency.
x \ne y
a\ne b
\neg p \to q
f: A\to B
\tan x
\sin x/\tan x
\nabla \times f = 0
x \not\in A
x^\top A x
A^{\top}, {\rm d}x, {\tt a}
\bar{x}, \beta, \binom{n}{k}, \forall x, \underline{a}, \uparrow, \url{http}
3 \nmid 10
a \nless b
$a \nparallel b$ and $\nexists x$
\alpha x \nsim y
\num{3}
g_{\mu\nu}, \rho\ne 0, \theta\to 0, \lvert x \rvert, \left( x \right)
\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
x &= 1 \\ \nonumber y &= 2 \notag
\(x \neq y\), \[x \rangle \]
a \neq b, \therefore \triangle ABC, \text{cm}, \texttt{x}, \textcolor{red}{x}
\d+\s*\w and \bword\b
C:\Users\bob\file
""".strip().splitlines()

ESCAPED = r"""
a\nTo be
one\nnew line\n\nno\nnot\nnow\nneither\nnever
def f():\n\treturn x
def f():\n\top = 1\n\tt = 2\n\ttext = 3\n\tto = 4
x\ttab
x = 1\nu = 2\ne = 3
amore,\ne la luna
kuća\nu gradu
a\tan\tb
more\nless
a word\nmid sentence
a.\nnot b
loop\rright
a\rnext
5\nneither
\nthe\ntext\ntimes\nright\nto
print(\"a\nb\")\nnode = 1\nnum = 2\nname = 3
h\u00e9 \u4e2d\u6587
a\/b and \"q\"
it costs $5\nno, $6\nyes
a \\(x\\)\nu = 3
\\frac{1}{2} \\ne 0\nthen\tx
\\frac{a}{b} \\\\ c\n\\nu
\\begin{matrix}1 \\\\ 2\\end{matrix}\n\nu
C:\\new\\table
""".strip().splitlines()


def decoded(string: str) -> str:
    text: str = json.loads(with_latex_escaped(f'{{"a": "{string}"}}'))["a"]
    return text


@pytest.mark.parametrize("latex", LATEX)
def test_latex_with_single_backslashes_is_restored(latex: str) -> None:
    assert decoded(latex) == latex


@pytest.mark.parametrize("string", [*ESCAPED, *(json.dumps(latex)[1:-1] for latex in LATEX)])
def test_what_is_escaped_rightly_stays(string: str) -> None:
    assert decoded(string) == json.loads(f'"{string}"')


def test_an_escaped_apostrophe_is_one() -> None:
    assert decoded(r"don\'t, \\'") == r"don't, \'"


def test_code_and_latex_in_one_answer_are_told_apart() -> None:
    records = r"""[{"instruction": "Code.", "output": "x = 1\nu = 2\n\treturn x"},
        {"instruction": "Math.", "output": "We have \alpha.\nThen \nu \ne 0.\nTo be shown."}]"""
    code, math = parse_records(records, asked=2).items
    assert code.output == "x = 1\nu = 2\n\treturn x"
    assert math.output == "We have \\alpha.\nThen \\nu \\ne 0.\nTo be shown."


@pytest.mark.parametrize("unit", ["\\", "\\nu", "$\\nu ", '"\\', '\\"', "\\ne \\frac ", "\\\\ "])
def test_backslashes_without_end_are_read_in_bounded_time(unit: str) -> None:
    began = time.process_time()
    with_latex_escaped(unit * (400_000 // len(unit)))
    assert time.process_time() - began < 2
