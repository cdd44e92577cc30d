"""How the documentation is built: ``make docs``. Nothing is fetched while building or reading it."""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("MPLBACKEND", "Agg")

project = "matgenes"
author = "The matgenes developers"
copyright = "2026, the matgenes developers"  # noqa: A001  the name that Sphinx reads
release = version = installed_version("matgenes")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "gallery/*.ipynb", "gallery/*.py", "gallery/*.md5"]
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# The reference is made from the public names of each room (its __all__); their docstrings are in NumPy form.
autosummary_generate = True
autosummary_imported_members = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "set_fit_request, set_predict_request, set_score_request"}
napoleon_google_docstring = False
napoleon_use_rtype = False
python_maximum_signature_line_length = 100

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("_scraper.scrape",),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "remove_config_comments": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "matgenes"
html_static_path = ["_static"]
html_css_files = ["matgenes.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "matgenes"},
    "navbar_persistent": ["search-button"],
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
# The single pages need no side bar.
PAGES = "quickstart data handbooks study genes rules uncertainty discovery records catalogue long gpu"
SINGLE = f"{PAGES} contributing changelog"
html_sidebars = {page: [] for page in SINGLE.split()}


def keep_equations(app: object, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Show the indented lines of a module's docstring as they stand: they are equations in plain text."""
    if what == "module":
        text = re.sub(r"\n\n(?= {2,}\S)", "\n\n::\n\n", "\n".join(lines))
        lines[:] = text.split("\n")


def setup(app: Any) -> None:
    app.connect("autodoc-process-docstring", keep_equations)
