"""The searches of SISSO on a graphics card: kernels in Triton, data in PyTorch (extra ``gpu``).

``_kernels`` walks through all tuples or features in single precision and keeps those that may matter, ``_device`` says
where the work is done; ``search._gpu`` and ``space._gpu`` are the faces that the searches on the processor have.
Nothing here decides a result: what a kernel keeps is computed again in double precision by the code that all share.
"""
