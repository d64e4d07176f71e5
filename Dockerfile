# A network that answers in a container: its package, its kernels, no snnc and no data.
#
#     docker build -t digits .
#     docker build -t digits --build-arg PIP_INDEX_URL=… .    # an index with the CPU build of torch
#
# In a project of your own: the folder that `snnc build` wrote, and its runtime.
FROM python:3.13-slim

# The compiler stays: its version is part of a kernel's name.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

ARG PIP_INDEX_URL
RUN pip install --no-cache-dir "torch>=2.6"

WORKDIR /app
COPY specs/digits_conv digits_conv
COPY specs/snn_runtime snn_runtime

# Compiled for this kind of processor; another kind compiles its own at the first call.
ENV XDG_CACHE_HOME=/app/cache
RUN python -m digits_conv.kernels --build

CMD ["python", "-c", "import torch, digits_conv; print(digits_conv.DigitsConv().eval()(torch.rand(1, 1, 8, 8)))"]
