"""Crystal structures: round trips that change no digit, known crystals, files, and bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import DummySpecies, Lattice, Structure
from pymatgen.core import Species as Ion

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.data import structures as st_
from matgenes.data.crystals._crystal import plain
from matgenes.data.structures import Crystal, Site, Species

ase = pytest.importorskip("ase", reason="ASE is an extra")

CUBE = ((4.0, 0.0, 0.0), (0.0, 4.0, 0.0), (0.0, 0.0, 4.0))
IRON = Structure.from_spacegroup("Im-3m", Lattice.cubic(2.87), ["Fe"], [[0, 0, 0]])
SALT = Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
RICH = Structure(
    Lattice.from_parameters(4.1, 5.2, 6.3, 81.0, 92.0, 103.0),
    [{Ion("Fe", 2, spin=5): 0.3, Ion("Ni", 2): 0.7}, {"O": 0.85}],
    [[0.1, -0.2, 1 / 3], [2 / 3, 0.5, 1.25]],
    site_properties={"magmom": [1.5, 0.0], "force": [[0.1, 0.2, 0.3], [0.0, 0.0, -0.4]]},
    labels=["M1", "O1"],
    charge=1.0,
    properties={"phase": "made up"},
)
CIF = """data_solid_solution
_symmetry_space_group_name_H-M 'F m -3 m'
_cell_length_a 3.60
_cell_length_b 3.60
_cell_length_c 3.60
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_Int_Tables_number 225
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
M1 Ni 0 0 0 0.8
M2 Cr 0 0 0 0.2
"""
OPTIMADE = {
    "id": "42",
    "type": "structures",
    "attributes": {
        "lattice_vectors": [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]],
        "dimension_types": [1, 1, 1],
        "cartesian_site_positions": [[0.0, 0.0, 0.0], [2.0, 2.0, 2.0]],
        "species_at_sites": ["Ti", "anion"],
        "species": [
            {"name": "Ti", "chemical_symbols": ["Ti"], "concentration": [1.0]},
            {"name": "anion", "chemical_symbols": ["N", "vacancy"], "concentration": [0.9, 0.1]},
        ],
    },
}


def cell(*sites: Site, **more) -> Crystal:
    return Crystal(CUBE, sites, **more)


@pytest.mark.parametrize("structure", [IRON, SALT, RICH], ids=["iron", "salt", "rich"])
def test_pymatgen_round_trip_changes_nothing(structure):
    text = st_.to_text(structure)
    back = st_.to_pymatgen(text)
    assert back == structure
    assert back.labels == structure.labels
    assert back.properties == structure.properties
    assert back._charge == structure._charge
    np.testing.assert_array_equal(back.lattice.matrix, structure.lattice.matrix)
    np.testing.assert_array_equal(back.frac_coords, structure.frac_coords)
    assert [site.properties for site in back] == [site.properties for site in structure]
    assert st_.to_text(back) == text


def test_ase_round_trip_changes_nothing():
    from ase.build import bulk, fcc111

    copper = bulk("Cu", cubic=True)
    copper.set_initial_magnetic_moments([1.0, 0.5, 0.0, -1.0])
    copper.set_tags([0, 1, 2, 3])
    copper.positions += 0.1 / 3
    copper.info["run"] = {"energy": -3.5, "converged": True}
    for atoms in (copper, fcc111("Pt", (1, 2, 3), vacuum=7.0)):
        text = st_.to_text(atoms)
        back = st_.to_ase(text)
        assert back == atoms  # positions, numbers, cell and periodicity, exactly
        assert plain(back.info, "info") == plain(atoms.info, "info")  # arrays in it come back as lists
        assert set(back.arrays) == set(atoms.arrays)
        assert all((back.arrays[name] == atoms.arrays[name]).all() for name in atoms.arrays)
        assert st_.to_text(back) == text


def test_ase_keeps_shared_sites():
    crystal = cell(
        Site((Species("Ni", 0.8), Species("Cr", 0.2)), (0.0, 0.0, 0.0), "M"),
        Site((Species("Al"),), (2.0, 2.0, 2.0)),
        coordinates="cartesian",
    )
    atoms = st_.to_ase(crystal)
    assert atoms.get_chemical_symbols() == ["Ni", "Al"]
    assert atoms.info["occupancy"] == {"0": {"Cr": 0.2, "Ni": 0.8}, "1": {"Al": 1.0}}
    assert st_.crystal(atoms) == crystal


def test_cif_through_ase_and_pymatgen_agree(tmp_path):
    file = tmp_path / "alloy.cif"
    file.write_text(CIF)
    ours, theirs = st_.read_cif(file), st_.crystal(ase.io.read(file))
    for crystal in (ours, theirs):
        features = st_.structure_features([crystal]).to_pandas().iloc[0]
        assert len(crystal.sites) == 4
        assert all(site.species == (Species("Cr", 0.2), Species("Ni", 0.8)) for site in crystal.sites)
        assert features["formula"] == "Cr0.2Ni0.8"
        assert features["mean_coordination"] == pytest.approx(12)
    assert theirs.properties["spacegroup"] == 225


def test_optimade_entry():
    crystal = st_.crystal(OPTIMADE)
    assert crystal.sites[0] == Site((Species("Ti"),), (0.0, 0.0, 0.0))
    assert crystal.sites[1] == Site((Species("N", 0.9),), (2.0, 2.0, 2.0), "anion")
    assert crystal.properties == {"id": "42"}
    assert st_.to_pymatgen(crystal).composition.get_el_amt_dict() == {"Ti": 1.0, "N": 0.9}
    assert st_.crystal(OPTIMADE["attributes"]).sites == crystal.sites


numbers = st.floats(-20, 20, allow_subnormal=False)
names = st.text("aB1+'_ é", max_size=5)
species = st.builds(
    Species, st.sampled_from(["Fe", "O", "U", "D"]), st.floats(0.01, 0.3), st.none() | st.floats(-4, 7), st.none()
)
sites = st.builds(
    Site,
    st.lists(species, min_size=1, max_size=3).map(tuple),
    st.tuples(numbers, numbers, numbers),
    names,
    st.dictionaries(names, st.none() | st.booleans() | numbers | st.lists(numbers, max_size=3)),
)


@given(st.lists(sites, min_size=1, max_size=4).map(tuple), st.sampled_from(["fractional", "cartesian"]), numbers)
def test_text_round_trip_changes_nothing(several, coordinates, charge):
    crystal = Crystal(CUBE, several, coordinates, (True, False, True), charge, {"note": "ß"})
    text = crystal.to_text()
    assert Crystal.from_text(text) == crystal
    assert Crystal.from_text(text).to_text() == text


def test_equal_structures_have_equal_text():
    one = cell(Site((Species("Ni", 0.8), Species("Cr", 0.2)), (0.0, 0.0, 0.0)))
    other = cell(Site((Species("Cr", 0.2), Species("Ni", 0.8)), (0.0, -0.0, 0.0)))
    assert one.to_text() == other.to_text()


@pytest.mark.parametrize(
    ("group", "lattice", "species", "positions", "coordination", "density", "volume"),
    [
        pytest.param("Fm-3m", Lattice.cubic(3.615), ["Cu"], [[0, 0, 0]], 12, 8.93, 11.81, id="fcc"),
        pytest.param("Im-3m", Lattice.cubic(2.866), ["Fe"], [[0, 0, 0]], 8, 7.88, 11.77, id="bcc"),
        pytest.param(
            "P6_3/mmc", Lattice.hexagonal(3.209, 5.211), ["Mg"], [[1 / 3, 2 / 3, 0.25]], 12, 1.737, 23.24, id="hcp"
        ),
        pytest.param("Fd-3m", Lattice.cubic(5.431), ["Si"], [[0, 0, 0]], 4, 2.329, 20.02, id="diamond"),
        pytest.param(
            "Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5] * 3], 6, 2.164, 22.43, id="rock salt"
        ),
        pytest.param("Pm-3m", Lattice.cubic(4.12), ["Cs", "Cl"], [[0, 0, 0], [0.5] * 3], 8, 4.00, 34.97, id="CsCl"),
    ],
)
def test_known_crystals(group, lattice, species, positions, coordination, density, volume):
    structure = Structure.from_spacegroup(group, lattice, species, positions)
    primitive = structure.get_primitive_structure()
    features = st_.structure_features([structure, structure * (2, 1, 1), primitive])
    np.testing.assert_allclose(features.numpy("mean_coordination"), coordination)
    np.testing.assert_allclose(features.numpy("density"), density, rtol=1e-3)
    np.testing.assert_allclose(features.numpy("volume_per_atom"), volume, rtol=1e-3)
    assert features.quantity("density").unit == "g/cm^3"
    assert features.quantity("volume_per_atom").unit == "angstrom^3"


def test_partial_occupancy_counts_by_its_share():
    full = cell(Site((Species("Po"),), (0.0, 0.0, 0.0)))
    half = cell(Site((Species("Po", 0.5),), (0.0, 0.0, 0.0)))
    features = st_.structure_features([full, half])
    np.testing.assert_allclose(features.numpy("volume_per_atom"), [64.0, 128.0])
    np.testing.assert_allclose(features.numpy("mean_coordination"), [6.0, 3.0])
    np.testing.assert_allclose(np.divide(*features.numpy("density")), 2.0)


def test_split_positions_are_no_neighbours():
    split = [Site((Species("Po", 0.5),), (x, 0.0, 0.0)) for x in (-0.01, 0.01)]
    np.testing.assert_allclose(st_.coordination_numbers(cell(*split)), 6.0)


def test_slab_has_coordination_but_no_density():
    from ase.build import fcc111

    features = st_.structure_features([fcc111("Cu", (1, 1, 3), vacuum=8.0)]).to_pandas().iloc[0]
    assert features["mean_coordination"] == pytest.approx((9 + 12 + 9) / 3)
    assert np.isnan(features["density"])
    assert np.isnan(features["volume_per_atom"])


def test_lone_atom_in_a_box_has_no_neighbours():
    atom = cell(Site((Species("Ar"),), (0.5, 0.5, 0.5)), periodic=(False, False, False))
    np.testing.assert_array_equal(st_.coordination_numbers(atom), [0.0])


def test_structures_are_a_column(tmp_path):
    column = Quantity("structure", role="structure")
    data = Dataset.from_columns({column: [st_.to_text(IRON), st_.to_text(RICH)]})
    data.write(tmp_path / "crystals.parquet")
    back = Dataset.read(tmp_path / "crystals.parquet")
    assert back.id == data.id
    assert st_.to_pymatgen(back.numpy("structure")[1]) == RICH
    assert len(st_.structure_features(back.numpy("structure"))) == 2


class Volumes:
    """A featurizer in matminer's manner."""

    def featurize(self, structure):
        if structure.composition.reduced_formula == "NaCl":
            raise ValueError("no salt")
        return [structure.volume, len(structure)]

    def feature_labels(self):
        return ["cell volume", "sites"]


class Count:
    """A featurizer of compositions in matminer's manner."""

    def featurize(self, composition):
        return [len(composition.elements)]

    def feature_labels(self):
        return ["elements"]


def test_featurizer_of_structures():
    features = st_.featurize([IRON, st_.to_text(RICH)], Volumes(), {"cell volume": "angstrom^3", "sites": ""})
    np.testing.assert_allclose(features.numpy("cell volume"), [IRON.volume, RICH.volume])
    assert features.quantity("cell volume").unit == "angstrom^3"
    assert features.quantity("sites").source.endswith("Volumes")


def test_featurizer_of_compositions():
    features = st_.featurize([IRON, SALT], Count(), "", reads="composition")
    np.testing.assert_array_equal(features.numpy("elements"), [1.0, 2.0])


def test_dscribe():
    descriptors = pytest.importorskip("dscribe.descriptors", reason="dscribe is an extra")
    options = {"species": ["Na", "Cl"], "r_cut": 5.0, "n_max": 2, "l_max": 1, "periodic": True}
    features = st_.featurize([SALT, SALT * (1, 1, 2)], descriptors.SOAP(**options, average="inner"), "")
    assert features.names()[:2] == ("SOAP 0", "SOAP 1")
    np.testing.assert_allclose(*features.to_pandas().to_numpy(), atol=1e-6)
    with pytest.raises(InputError, match=r"shape \(8, .*choose averaging"):
        st_.featurize([SALT], descriptors.SOAP(**options), "")


def text_with(**changes) -> str:
    return json.dumps(json.loads(st_.to_text(IRON)) | changes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: st_.crystal(3), "a int is no structure", id="type"),
        pytest.param(lambda: st_.crystal("Fe2O3"), "no valid JSON", id="no json"),
        pytest.param(lambda: st_.crystal("[" * 100_000), "no valid JSON", id="deep"),
        pytest.param(lambda: st_.crystal('{"@class": "Structure", "@module": "os"}'), 'it lacks "format"', id="class"),
        pytest.param(lambda: st_.crystal(text_with(sites=3)), "the text is no structure: TypeError", id="sites"),
        pytest.param(lambda: st_.crystal(text_with(latice=3)), "'latice' has no meaning.*'lattice'", id="key"),
        pytest.param(lambda: st_.crystal(text_with(lattice=[[1, 0, 0]] * 3)), "the cell has no volume", id="flat"),
        pytest.param(lambda: st_.crystal(text_with(lattice=[[1e999, 0, 0]] * 3)), "not finite", id="infinite"),
        pytest.param(lambda: st_.crystal(text_with(coordinates="polar")), "not 'polar'", id="coordinates"),
        pytest.param(lambda: st_.crystal(text_with(sites=[])), "has no atoms", id="empty"),
        pytest.param(lambda: cell(Site((Species("Fe", 1.5),), (0, 0, 0))), "occupancy 1.5 of Fe", id="occupancy"),
        pytest.param(
            lambda: cell(Site((Species("Fe", 0.7), Species("Ni", 0.7)), (0, 0, 0))), "add up to 1.4", id="crowded"
        ),
        pytest.param(lambda: Species("Xx"), "'Xx' is no element", id="element"),
        pytest.param(lambda: Site((), (0, 0, 0)), "holds no species", id="vacant"),
        pytest.param(
            lambda: cell(Site((Species("Fe"),), (0, 0, 0), properties={"f": object()})).to_text(),
            "cannot be kept as plain data",
            id="property",
        ),
        pytest.param(
            lambda: st_.to_text(Structure(Lattice.cubic(3), [DummySpecies("X")], [[0, 0, 0]])),
            "dummy species",
            id="dummy",
        ),
        pytest.param(lambda: st_.crystal(ase.Atoms("H2", [[0, 0, 0], [0, 0, 1]])), "no volume", id="molecule"),
        pytest.param(lambda: st_.to_ase(cell(Site((Species("D"),), (0, 0, 0)))), "no symbol 'D'", id="isotope"),
        pytest.param(lambda: st_.crystal({"attributes": {}}), "lacks lattice_vectors, cartesian", id="optimade"),
        pytest.param(lambda: st_.read_cif("nowhere.cif"), "nowhere.cif: the file cannot be read", id="no file"),
        pytest.param(
            lambda: st_.structure_features([IRON, "nonsense"], column="crystal"),
            "row 3, column 'crystal': the text is no structure",
            id="row",
        ),
        pytest.param(lambda: st_.featurize([IRON], object(), ""), "a object is no featurizer", id="featurizer"),
        pytest.param(
            lambda: st_.featurize([IRON, SALT], Volumes(), ""),
            "row 3, column 'structure': Volumes fails.*no salt",
            id="fails",
        ),
        pytest.param(lambda: st_.featurize([IRON], Volumes(), {"sites": ""}), "'cell volume': '\\?'", id="units"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "holds no structure", id="empty"),
        pytest.param(CIF.replace("3.60", "wide"), "holds no structure", id="numbers"),
        pytest.param(CIF + CIF.replace("solid_solution", "again"), "holds 2 structures", id="two"),
    ],
)
def test_bad_cif_is_named(tmp_path, text, message):
    file = tmp_path / "bad.cif"
    file.write_text(text)
    with pytest.raises(InputError, match=f"bad.cif: the CIF {message}"):
        st_.read_cif(file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"species_at_sites": ["Ti", "N"]}, "species 'N', which it does not describe", id="species"),
        pytest.param(
            {"species": [{"name": "Ti", "chemical_symbols": ["Ti"], "concentration": [1.0], "attached": ["H"]}]},
            "attached atoms",
            id="attached",
        ),
        pytest.param({"cartesian_site_positions": [[0.0, 0.0, 0.0]]}, "1 positions for 2 sites", id="length"),
    ],
)
def test_bad_optimade_entry_is_named(change, message):
    with pytest.raises(InputError, match=message):
        st_.crystal({"attributes": OPTIMADE["attributes"] | change})
