r"""Restores LaTeX that a model wrote into JSON with single backslashes.

In JSON "\nu" is a line break and "u", "\boxed" a backspace and "oxed", and "\cdot" an error. These
rules decide where a backslash is LaTeX's own; there it is doubled.

1. Before b, f, u without four digits, and all that JSON does not know: always. Nobody writes
   backspaces. (An escaped apostrophe is an apostrophe.)
2. Before n, t and r: where all letters that follow make a command of `_COMMANDS`. "\nabla" is one;
   "\nTo", "\nreturn" and "\ttab" are none and stay what they are.
3. Where the rest of a command is a word by itself ("\nu", "\to", "\nless"), more must speak for
   LaTeX: a brace or "^" behind it, an open "$", or another command with one backslash in the same
   text. Else it is what stands before: the text's beginning, one blank, a bracket, an operator, or
   a single letter, as in "E = h\nu". English words ("\nless") need more: a single letter or a
   number and a blank before them, or another command and a blank. Where the text's other commands
   have two backslashes, it is a line break or a tab.
4. Two backslashes before a blank, a digit or "&" are a row break, where the text has commands with
   one backslash and none with two.
"""

import re
from functools import cached_property

_NAMES = """
nLeftarrow nLeftrightarrow nRightarrow nVDash nVdash nabla nameref natural ncong nearrow neq
newblock newcommand newcounter newenvironment newfont newlength newline newpage newsavebox
newtheorem ngeq ngeqq ngeqslant ngtr nicefrac nleftarrow nleftrightarrow nleq nleqq nleqslant
nobreak nobreakspace nocite noindent nolimits nolinebreak nonfrenchspacing nonumber nopagebreak
norm normalcolor normalfont normalsize not notag notin notni nprec npreceq nrightarrow nshortmid
nshortparallel nsubset nsubseteq nsubseteqq nsucc nsucceq nsupset nsupseteq nsupseteqq
ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq numberline numberwithin nvDash
nvdash nwarrow raggedbottom raggedleft raggedright raisebox rangle rank rbrace rbrack rceil real
ref renewcommand renewenvironment resizebox restriction rfloor rgroup rhd rho right rightarrow
rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightrightarrows
rightsquigarrow rightthreetimes risingdotseq rlap rm rmfamily rmoustache root rotatebox rowcolor
rtimes rule rVert rvert tabcolsep tableofcontents tabularnewline tag tanh tbinom tensor
textasciicircum textasciitilde textbackslash textbar textbf textbullet textcircled textcolor
textcopyright textdegree textdollar textellipsis textemdash textendash texteuro textgreater
textheight textit textless textmd textnormal textohm textperiodcentered textquotedbl textquoteleft
textquoteright textregistered textrm textsc textsf textsl textsterling textstyle textsubscript
textsuperscript texttimes texttrademark texttt textunderscore textup textvisiblespace textwidth
tfrac thanks thepage therefore theta thickapprox thicksim thickspace thinspace thispagestyle tikz
tilde times tiny title today topmargin toprule triangle triangledown triangleleft trianglelefteq
triangleq triangleright trianglerighteq ttfamily twocolumn twoheadleftarrow twoheadrightarrow
"""
_COMMANDS = frozenset(_NAMES.split())
_BEFORE_A_WORD = {"ne", "neg", "nu", "tan", "tau", "text", "tg", "th", "to", "top", "tr", "tt"}
"""Their rest is a variable's name, or a word of some language."""

_BEFORE_AN_ENGLISH_WORD = {"nexists", "ni", "nless", "nmid", "nparallel", "nsim", "num"}
_TEXT = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)  # up to a quote that is not escaped
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[a-zA-Z]+|.)", re.DOTALL)
_DOUBLED_COMMAND = re.compile(r"\\\\(?:[a-zA-Z]{2}|[(\[])")
_ROW_ENDS = re.compile(r"[\s0-9&]|\\[nt]|\\hline|\Z")
_ARGUMENT = re.compile(r"\s?[{^]")
_ASSIGNED = re.compile(r"\s*[-+*/]?=|[.(\[]\w|\\t")
_BLANK = re.compile(r"[^\s] \Z|[({\[$^=+\-/<&]\Z")
_LETTER = re.compile(r"(?<!\\)(?<![^\W\d_])[a-zA-Z]\Z")
_NUMBER = re.compile(r"(?<![^\s({])(?:[a-zA-Z]|[0-9]{1,9}) \Z")
_LOOK_BACK = 12


def with_latex_escaped(text: str) -> str:
    """Return the JSON text with the backslashes of its LaTeX doubled."""
    return _TEXT.sub(lambda part: _Part(part[0]).escaped(), text) if "\\" in text else text


class _Part:
    """A part of a JSON text that holds one string, or what stands between two."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._dollars = self._counted = 0

    def escaped(self) -> str:
        return _ESCAPE.sub(self._replaced, self._text) if "\\" in self._text else self._text

    def _replaced(self, escape: re.Match[str]) -> str:
        body = escape[0][1:]
        if body == "'":
            return r"\u0027"
        if not self._is_latex(body, escape.start(), escape.end()):
            return escape[0]
        return escape[0] * 2 if body == "\\" else f"\\{escape[0]}"

    def _is_latex(self, body: str, start: int, end: int) -> bool:
        if body == "\\":
            return self._single and not self._double and bool(_ROW_ENDS.match(self._text, end))
        if body[0] in "ntr":
            return self._is_command(body, start, end)
        return body[0] not in '"/u' or (body[0] == "u" and not _is_code(body))

    def _is_command(self, name: str, start: int, end: int) -> bool:
        """Apply rules 2 and 3 to n, t or r and the letters behind it."""
        english = name in _BEFORE_AN_ENGLISH_WORD
        if not english and name not in _BEFORE_A_WORD:
            return name in _COMMANDS
        if _ARGUMENT.match(self._text, end) or self._in_dollars(start):
            return True
        before = self._text[max(0, start - _LOOK_BACK) : start]
        blank = not before or bool(_BLANK.search(before))
        if self._single or self._double:
            return self._single and (blank or not english)
        if english:
            return bool(_NUMBER.search(before))
        letter = _LETTER.search(before) and not _ASSIGNED.match(self._text, end)
        return blank or bool(letter)

    def _in_dollars(self, position: int) -> bool:
        """Whether a "$" before the position is open; positions come in rising order."""
        self._dollars += self._text.count("$", self._counted, position)
        self._counted = position
        return self._dollars % 2 == 1

    @cached_property
    def _single(self) -> bool:
        """Whether a command that nobody can mistake stands in it with one backslash."""
        return any(_is_plain(escape[0][1:]) for escape in _ESCAPE.finditer(self._text))

    @cached_property
    def _double(self) -> bool:
        return bool(_DOUBLED_COMMAND.search(self._text))


def _is_plain(body: str) -> bool:
    if body[0] in "ntr":
        return body in _COMMANDS
    return len(body) > 1 and body.isalpha() and not _is_code(body)


def _is_code(body: str) -> bool:
    return bool(re.fullmatch(r"u[0-9a-fA-F]{4}", body))
