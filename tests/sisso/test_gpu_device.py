"""What is said where there is no such device, no graphics card, or not the extra."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from matgenes._core.errors import InputError, MissingExtraError
from matgenes.sisso import SISSORegressor
from matgenes.sisso._gpu import _device

X = np.random.default_rng(0).uniform(1, 2, size=(9, 2))


def test_a_clone_keeps_the_device():
    assert clone(SISSORegressor(device="cuda")).device == "cuda"


def test_an_unknown_device_is_named():
    with pytest.raises(InputError, match=r"device is 'cud'; it can be 'cpu' or 'cuda'. Did you mean 'cuda'\?"):
        SISSORegressor(rung=0, dimension=1, device="cud").fit(X, X[:, 0])


def test_a_missing_extra_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'matgenes\[gpu\]'"):
        SISSORegressor(rung=0, dimension=1, device="cuda").fit(X, X[:, 0])


def test_no_graphics_card_is_one_line(monkeypatch):
    torch = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: False))
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "triton", torch)
    with pytest.raises(InputError, match="needs a graphics card that PyTorch can use, and it finds none"):
        _device.check("cuda")


def test_a_matrix_that_does_not_fit_is_refused():
    torch = SimpleNamespace(cuda=SimpleNamespace(mem_get_info=lambda place: (1e10, 2e10)))
    card = SimpleNamespace(type="cuda")
    _device.refuse_above_free(torch, card, 7e9, "triples of 40,000 features")
    with pytest.raises(InputError, match=r"triples of 50,000 features need 10 GB .* has 8 GB to give; lower n_sis"):
        _device.refuse_above_free(torch, card, 1e10, "triples of 50,000 features")
