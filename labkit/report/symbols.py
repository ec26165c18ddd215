r"""Formulas in written answers, made readable as text: `\Delta(s) \le 2^{k}` → Δ(s) ≤ 2^k.

A reader understands them; typesetting them is not what this is for.
"""

import re

NAMES = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω", "sum": "∑", "prod": "∏",
    "times": "×", "cdot": "·", "odot": "⊙", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "to": "→", "rightarrow": "→", "in": "∈",
    "pm": "±", "infty": "∞", "partial": "∂", "nabla": "∇", "ldots": "…", "dots": "…",
    "quad": " ", "left": "", "right": "", "displaystyle": "", "%": "%", ",": "\u2009", "!": "",
}  # fmt: skip
FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
WRAPPED = re.compile(r"\\(?:text|mathrm|mathbf|operatorname|textbf|textit)\s*\{([^{}]*)\}")
ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
NAME = re.compile(r"\\([A-Za-z]+|[%,!])")
SHORT_GROUP = re.compile(r"([_^])\{(\w)\}")
GROUP = re.compile(r"([_^])\{([^{}]*)\}")


def readable(formula: str) -> str:
    """A TeX formula as plain text; what is not known stays as it is typed."""
    text = formula
    for _ in range(3):  # nested ones
        text = GROUP.sub(r"\1(\2)", SHORT_GROUP.sub(r"\1\2", text))
        text = WRAPPED.sub(r"\1", text)
        text = FRACTION.sub(lambda f: f"{_bracketed(f.group(1))}/{_bracketed(f.group(2))}", text)
        text = ROOT.sub(r"√(\1)", text)
    text = NAME.sub(lambda found: NAMES.get(found.group(1), found.group()), text)
    return re.sub(r"[ \n]+", " ", text)


def _bracketed(term: str) -> str:
    return term if re.fullmatch(r"\w+(?:_\w)?", term.strip()) else f"({term.strip()})"
