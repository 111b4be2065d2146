"""Return whether emitted Python compiles, with every warning of the compiler counted as a fault."""

from __future__ import annotations

import ast
import warnings

from agentcore_connect.core.problem import Problem


def check_source(text: str, path: str) -> list[Problem]:
    """Compile a module as `python -W error` does; it is not run.

    In: the source, and the file's name for the messages.
    Out: one problem, at file:line, for the first thing that the compiler refuses, or for each that it warns of.
    """
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(text, path)
            compile(tree, path, "exec", dont_inherit=True, optimize=0)
        except SyntaxError as error:
            where = f"{path}:{error.lineno}" if error.lineno else path
            return [Problem("error", "syntax", where, f"this is not Python: {error.msg}")]
        except ValueError as error:  # a null character
            return [Problem("error", "syntax", path, f"this is not Python: {error}")]
        except (RecursionError, MemoryError):
            return [Problem("error", "syntax", path, "this is nested too deeply for Python's compiler")]
    lines = dict.fromkeys((one.lineno, str(one.message)) for one in warned)
    return [Problem("error", "warning", f"{path}:{line}", f"the compiler warns: {message}") for line, message in lines]
