"""Models: the contract of a backend, recurrent inference, model files and the library.

Python puts a subpackage in the place of a function of the same name as soon as it is imported. So
this one passes a call on: `charplay.models()` lists the models of the library, whichever it finds.
"""

import sys
from types import ModuleType
from typing import Any

import charplay


class _CallablePackage(ModuleType):
    def __call__(self, **options: Any) -> Any:
        return charplay.__getattr__("models")(**options)  # type: ignore[operator]


sys.modules[__name__].__class__ = _CallablePackage
