"""What every room needs and nothing of materials: errors, files, units, long computations, kernels, progress.

It imports nothing else of matgenes. Import from the file that you need, for instance
``from matgenes._core.errors import InputError``.
"""
