"""Words that mean something to Python, PyTorch, C, CUDA or generated code, by where they do."""

import builtins
import keyword

from torch import nn

import templates.snn_runtime.fused.joined.module
import templates.snn_runtime.fused.module
import templates.snn_runtime.fused.recurrent.module
from snnc.emit.names import taken_names

_BASES = (
    templates.snn_runtime.fused.module.FusedNeuron,
    templates.snn_runtime.fused.joined.module.JoinedNeuron,
    templates.snn_runtime.fused.recurrent.module.RecurrentNeuron,
)
_MODULES = """torch torchgen functorch sys os re math cmath random typing types abc ast io json time
datetime pathlib functools itertools collections dataclasses warnings platform ctypes struct
subprocess tempfile threading queue signal socket select ssl email html http logging inspect
importlib pickle copy csv enum glob hashlib heapq numbers operator shutil statistics string
textwrap token tokenize trace traceback unittest uuid weakref numpy scipy sympy jinja2 networkx
pydantic snnc tqdm matplotlib tests training pictures conversion fused model kernels data train
visualize convert ann"""
_C = """auto break case char const continue default do double else enum extern float for goto if
inline int long register restrict return short signed sizeof static struct switch typedef union
unsigned void volatile while asm typeof bool true false nullptr alignas alignof constexpr
static_assert thread_local catch class delete dynamic_cast explicit export friend mutable namespace
new noexcept operator private protected public reinterpret_cast static_cast template this throw try
typeid typename using virtual wchar_t char8_t char16_t char32_t concept requires co_await co_return
co_yield consteval constinit decltype and and_eq bitand bitor compl not not_eq or or_eq xor xor_eq
final override import module unix linux i386"""
_LIBRARY = """
exp expf log logf log1p expm1 sqrt sqrtf sin sinf cos cosf tan tanh tanhf pow powf fabs
fabsf fmin fmax floor floorf ceil rint rintf round trunc erf gamma lgamma tgamma j0 j1 jn y0 y1 yn
signgam matherr abs labs div ldiv rand srand random exit abort malloc free calloc realloc memcpy
memset memmove memcmp strlen strcpy index rindex bcopy bzero ffs printf puts gets getc putc stdin
stdout stderr errno environ main NULL EOF RAND_MAX INFINITY NAN HUGE_VAL M_PI M_E INT_MAX BUFSIZ
size_t ssize_t ptrdiff_t int8_t int32_t uint64_t intptr_t wchar FILE DIR va_list va_start va_end
va_arg offsetof assert setjmp longjmp signal raise sigset_t pid_t off_t time_t clock_t clock tm
open close read write pipe fork dup stat link unlink kill wait alarm pause sleep sync nice select
socket bind listen accept connect send recv environ daemon optarg optind isnan isinf isfinite
signbit omp_get_thread_num omp_set_num_threads omp_get_num_threads omp_lock_t complex I"""
_CUDA = """threadIdx blockIdx blockDim gridDim warpSize half half2 bfloat16 float2 float4 double2
dim3 uint3 cudaError_t cudaStream_t cudaMalloc clock64 atomicAdd rsqrt rsqrtf sinpi cospi norm3df
saturate tex1D surf1Dread texture surface assert trap brkpt CUDART_VERSION"""
_PRINTED = """i64 real io R F EXP LOG SQRT LOAD STORE STORED NORMED EACH SIMD STEP BLOCK ROWS WIDE
LANES THREAD PARALLEL_FOR IO_FLOAT64 part part_of run_of fill_terms add_up count_parts count_runs
feed spread piece lanes take combine statistics lines slopes finish spread_rows first m in at t j i
n out mine kept steps stride threads begin segment segments step output fed fired fired_first weight
back width more cell channels chosen height parts pooled center chunk chunks chunk_stop scale shift
scales shifts scaled shifted sums total who left row rows high wide top place line to channel n_out
v v_ v_2 v_at v_start v_end x_data g_v g_x g_output d_v d_h x_now x_sum v_kept tau_inverse own_v
own_output own_double part2 base exp_of sigmoid_of u slope last last2 last_ merged feedback h s x
x_ x2 y z a b tau tau_raw tau_start v_reset v_threshold soft hard reset detach_reset surrogate
initial kind name source when repeat from_ repeats inputs states stem fires ports role gradient
parameters learnable value values range per uniform seed call_seed state time_steps batch steps_done
answer after answers index count shape size start above low high terms starts graph node nodes
reference Net NetOutput NetANN net Z Q Bb zz"""

WORDS: dict[str, tuple[str, ...]] = {
    "attributes of nn.Module": tuple(n for n in dir(nn.Module()) if not n.startswith("_")),
    "attributes of neurons": tuple(
        sorted({n for base in _BASES for n in [*dir(base), *base.__annotations__] if n[0] != "_"})
    ),
    "builtins": tuple(n for n in dir(builtins) if not n.startswith("_")),
    "keywords": (*keyword.kwlist, *keyword.softkwlist),
    "modules": tuple(_MODULES.split()),
    "defined by generated code": tuple(sorted(taken_names())),
    "words of C": tuple(_C.split()),
    "C's and POSIX's library": tuple(_LIBRARY.split()),
    "words of CUDA": tuple(_CUDA.split()),
    "printed by snnc": tuple(_PRINTED.split()),
}


def every() -> tuple[str, ...]:
    """Each word once, in a fixed order."""
    found = dict.fromkeys(word for words in WORDS.values() for word in words)
    return tuple(word for word in found if word[0].isalpha())
