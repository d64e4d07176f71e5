"""What C and CUDA texts are compiled behind: `real` computes, `io` is what is stored."""

PRELUDE = r"""
typedef long long i64;
#define R(constant) ((real)(constant))
#ifdef IO_FLOAT64
typedef double real;
#define F(name) name
#else
typedef float real;
#define F(name) name##f
#endif
#define EXP(a) F(exp)(a)
#define LOG(a) F(log)(a)
#define SQRT(a) F(sqrt)(a)
#define TANH(a) F(tanh)(a)
#define SIN(a) F(sin)(a)
#define COS(a) F(cos)(a)
#define FLOOR(a) F(floor)(a)
#define RINT(a) F(rint)(a)
#define ABS(a) F(fabs)(a)
#if defined(IO_BFLOAT16) || defined(IO_FLOAT16)
typedef unsigned short io;
#define LOAD(a) io_load(a)
#define STORE(a, value) ((a) = io_store(value))
#else
typedef real io;
#define LOAD(a) (a)
#define STORE(a, value) ((a) = (value))
#endif
"""

PRELUDE_C = r"""
#include <math.h>
#include <string.h>
#define STEP static inline __attribute__((always_inline))
#ifdef _OPENMP
#include <omp.h>
#define PARALLEL_FOR _Pragma("omp parallel for schedule(static) num_threads((int)threads)")
#define SIMD _Pragma("omp simd")
#define THREAD omp_get_thread_num()
#else
#define PARALLEL_FOR
#define SIMD
#define THREAD 0
#endif
/* terms of the elements from `first` on: each is that of `stride` elements, then the next's */
STEP void fill_terms(real *to, const real *from, i64 size, i64 stride, i64 first, int m)
{
    int j = 0;
    if (size == 1)
        for (; j < m; ++j) to[j] = from[0];
    else if (stride == 1)
        for (i64 at = first % size; j < m; at = 0)
            for (; at < size && j < m; ++at, ++j) to[j] = from[at];
    else
        for (i64 at = first / stride, end = (at + 1) * stride - first; j < m; ++at, end += stride)
            for (const real one = from[at % size]; j < end && j < m; ++j) to[j] = one;
}
#if defined(__x86_64__) && defined(__GLIBC__) && defined(_OPENMP) && !defined(__clang__)
__attribute__((simd("notinbranch"))) extern float expf(float);
__attribute__((simd("notinbranch"))) extern double exp(double);
#endif
#ifdef IO_BFLOAT16
STEP float io_load(io a)
{
    const unsigned bits = (unsigned)a << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}
STEP io io_store(float value)
{
    unsigned bits;
    memcpy(&bits, &value, 4);
    return value != value ? 0x7fc0 : (io)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
#endif
#ifdef IO_FLOAT16
STEP float io_load(io a)
{
    _Float16 value;
    memcpy(&value, &a, 2);
    return (float)value;
}
STEP io io_store(float value)
{
    const _Float16 half = (_Float16)value;
    io bits;
    memcpy(&bits, &half, 2);
    return bits;
}
#endif
"""

PRELUDE_CUDA = r"""
#define STEP __device__ __forceinline__
#define restrict __restrict__
/* K steps make a block, REST a shorter last one; a thread has PACK neighbours, read and written at
   once; a STATIC input is the same at every step, so that the next one's is no further on */
#define STRIDE (STATIC ? 0 : n)
#define EACH _Pragma("unroll") for (int j = 0; j < PACK; ++j)
#if defined(WITH_MAX) || defined(WITH_AVG) /* then those of a window: joining_cuda.py */
struct pack { io a[PACK]; };
struct reals { real a[PACK]; };
#else
struct alignas(sizeof(io) * PACK) pack { io a[PACK]; };
struct alignas(sizeof(real) * PACK) reals { real a[PACK]; };
#endif
#ifdef IO_BFLOAT16
STEP float io_load(io a) { return __uint_as_float((unsigned)a << 16); }
#if __CUDA_ARCH__ >= 800
STEP io io_store(float value)
{
    io bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
#else
STEP io io_store(float value)
{
    const unsigned bits = __float_as_uint(value);
    return value != value ? 0x7fc0 : (io)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
#endif
#endif
#ifdef IO_FLOAT16
STEP float io_load(io a)
{
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(a));
    return value;
}
STEP io io_store(float value)
{
    io bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
#endif
"""
