"""The built-in sample data: what their README says of them holds, digit by digit."""

from __future__ import annotations

import csv
import tomllib

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import elements, samples

METALS = (
    "Li Be Na Mg Al K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Sr Y Zr Nb Mo Ru Rh Pd Ag Cd In Sn La Ce Pr Nd Gd Er Hf Ta W "
    "Re Os Ir Pt Au Hg Tl Pb Bi"
)


def test_diffusion_is_what_the_readme_says():
    data = samples.diffusion()
    energy, measured = data.numpy("activation_energy"), data.outcome_is("accepted")
    assert data.names() == ("host", "solute", "activation_energy", "outcome", "reason")
    assert len(data) == 408
    assert len(set(data.numpy("host"))) == 15
    assert len(set(data.numpy("solute"))) == 58
    assert measured.sum() == 393
    assert energy[measured].std(ddof=1) == pytest.approx(0.482, abs=5e-4)
    assert (energy.min(), energy.max()) == pytest.approx((-0.939, 1.936), abs=5e-4)


def test_anchors_are_the_self_pairs_and_zero():
    data = samples.diffusion()
    anchors = data.outcome_is("anchor")
    np.testing.assert_array_equal(anchors, data.numpy("host") == data.numpy("solute"))
    assert anchors.sum() == 15
    assert (data.numpy("activation_energy")[anchors] == 0.0).all()
    assert set(data.numpy("reason")[anchors]) == {"zero by definition: host = solute"}
    assert set(data.numpy("reason")[~anchors]) == {None}


def test_roles_and_units_come_with_the_data():
    data = samples.diffusion()
    assert {name: quantity.role for name, quantity in data.quantities.items()} == {
        "host": "group",
        "solute": "note",
        "activation_energy": "target",
        "outcome": "outcome",
        "reason": "reason",
    }
    assert data.quantity("activation_energy").unit == "eV"
    assert "160054" in data.quantity("activation_energy").source


def test_energies_are_read_digit_by_digit():
    with samples.path("diffusion.csv").open(encoding="utf-8", newline="") as file:
        written = [float(row["activation_energy [eV]"]) for row in csv.DictReader(file)]
    np.testing.assert_array_equal(samples.diffusion().numpy("activation_energy"), written)


def test_pairs_are_elements_and_stand_once():
    data = samples.diffusion()
    pairs = list(zip(data.numpy("host"), data.numpy("solute"), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert {symbol for pair in pairs for symbol in pair} <= set(elements.symbols())


def test_candidates_are_all_other_pairs_of_hosts_and_metals():
    known, free = samples.diffusion(), samples.diffusion_candidates()
    hosts = set(known.numpy("host"))
    taken = set(zip(known.numpy("host"), known.numpy("solute"), strict=True))
    everything = {(host, metal) for host in hosts for metal in METALS.split()}
    assert set(zip(free.numpy("host"), free.numpy("solute"), strict=True)) == everything - taken
    assert len(free) == len(everything - taken) == 356


@pytest.mark.parametrize("name", ["diffusion.csv", "diffusion_candidates.csv"])
def test_sidecar_describes_every_column(name):
    with samples.path(name).open(encoding="utf-8") as file:
        header = [column.partition(" [")[0] for column in file.readline().strip().split(",")]
    sidecar = tomllib.loads(samples.path(name).with_name(f"{name}.toml").read_text(encoding="utf-8"))
    assert list(sidecar["columns"]) == header
    assert samples.path(name).with_name("diffusion.README.md").is_file()


def test_unknown_sample_is_named():
    with pytest.raises(InputError, match=r"no sample file 'difusion.csv'.*Did you mean 'diffusion.csv'"):
        samples.path("difusion.csv")
