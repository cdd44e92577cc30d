"""The kernels are compiled to machine code of a graphics card, which needs none: the interpreter is more lenient."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="needs the extra gpu")
pytest.importorskip("triton", reason="needs the extra gpu")

PROGRAM = """
import sys
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from matgenes.sisso._gpu import _kernels
from matgenes.sisso.search import _gpu as l0
from matgenes.sisso.space import _gpu as screening

kernel, capability = getattr(_kernels, sys.argv[1]), int(sys.argv[2])
tile = {"pair_hits": l0.PAIR_TILE, "triple_hits": l0.TRIPLE_TILE}.get(sys.argv[1], screening.TILE)
sizes = {"WIDTH": 1024, **tile}
types = {"count": "*i64", "found": "*i64", "starts": "*i32"} | dict.fromkeys(_kernels.CHANGING, "i32")
names = kernel.arg_names
source = ASTSource(
    kernel,
    {name: "constexpr" if name in sizes else types.get(name, "*fp32") for name in names},
    {(names.index(name),): value for name, value in sizes.items() if name in names},
)
options = {"num_warps": tile["num_warps"]} if "num_warps" in tile else {}
made = triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options)
assert made.asm["cubin"]
print(made.asm["ptx"])
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Triton compiles on Linux")
@pytest.mark.parametrize("kernel", ["pair_hits", "triple_hits", "product_hits", "sum_hits"])
@pytest.mark.parametrize("capability", [80, 90])
def test_a_kernel_is_compiled(kernel, capability):
    plain = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    command = [sys.executable, "-c", PROGRAM, kernel, str(capability)]
    done = subprocess.run(command, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "mma" not in done.stdout, "tensor cores would round to fewer digits than the margins allow for"
