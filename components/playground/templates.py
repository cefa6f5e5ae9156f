"""Prompts with variables: {name} stands for a value, {{name}} for the text {name} itself, and nothing else is touched.

Braces of JSON and of code stay as they are, since only a name alone between braces is a variable.
"""

import re
from collections.abc import Mapping

_NAMED = re.compile(r"\{\{([^\W\d]\w*)\}\}|\{([^\W\d]\w*)\}")


def variables(text: str) -> tuple[str, ...]:
    """The names of the variables in `text`, each once, in the order in which they first stand there."""
    names = (match[2] for match in _NAMED.finditer(text) if match[2])
    return tuple(dict.fromkeys(names))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with the value of each variable in its place and {{name}} as {name}; values are not looked into again.

    Values without a variable are passed over. Raises ValueError, naming them, for variables without a value.
    """
    missing = [f"{{{name}}}" for name in variables(text) if name not in values]
    if missing:
        raise ValueError(f"The template has no value for {', '.join(missing)}.")
    return _NAMED.sub(lambda match: f"{{{match[1]}}}" if match[1] else values[match[2]], text)


def escaped(text: str) -> str:
    """A template that `fill` turns into `text` as it is, whatever braces it has."""
    return re.sub(r"\{([^\W\d]\w*)\}", r"{{\1}}", text)
