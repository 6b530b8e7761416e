"""Loads a script of tools/ as a module."""

import importlib.machinery
import importlib.util
import pathlib


def load(name):
    path = pathlib.Path(__file__).resolve().parents[2] / "tools" / name
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module
