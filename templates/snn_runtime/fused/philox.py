"""Philox4x32-10 in C (Salmon et al., SC 2011): four words of 32 bits for each counter.

It consists of products of two 32-bit numbers with all 64 bits. Processors have an instruction
for eight or four of them, which compilers do not find by themselves; without it, the same words
come out of arrays.
"""

PHILOX = r"""
typedef unsigned int u32;
typedef unsigned long long u64;
#define KEY_STEP_0 0x9E3779B9u
#define KEY_STEP_1 0xBB67AE85u
#define FACTOR_0 0xD2511F53u
#define FACTOR_1 0xCD9E8D57u

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#ifdef __AVX512F__
#define LANES64 8
#define PRODUCT(a, b) (words64)_mm512_mul_epu32((__m512i)(a), _mm512_set1_epi64(b))
#else
#define LANES64 4
#define PRODUCT(a, b) (words64)_mm256_mul_epu32((__m256i)(a), _mm256_set1_epi64x(b))
#endif
#define CHAINS 4 /* computed in turns: a product is there only some cycles later */
typedef u64 words64 __attribute__((vector_size(8 * LANES64)));
typedef u32 words32 __attribute__((vector_size(4 * LANES64)));

/* The lower halves are the words; the upper ones are never read. */
STEP void philox_rounds(words64 (*c)[CHAINS], u32 k0, u32 k1)
{
    for (int round = 0; round < 10; ++round, k0 += KEY_STEP_0, k1 += KEY_STEP_1)
        for (int i = 0; i < CHAINS; ++i) {
            const words64 p0 = PRODUCT(c[0][i], FACTOR_0), p1 = PRODUCT(c[2][i], FACTOR_1);
            c[0][i] = (p1 >> 32) ^ c[1][i] ^ k0;
            c[1][i] = p1;
            c[2][i] = (p0 >> 32) ^ c[3][i] ^ k1;
            c[3][i] = p0;
        }
}

STEP void philox(const u64 *at, int m, i64 block, i64 key, u32 (*words)[BLOCK])
{
    for (int j = 0; j < m; j += CHAINS * LANES64) {
        words64 c[4][CHAINS];
        for (int i = 0; i < CHAINS; ++i) {
            memcpy(&c[0][i], at + j + i * LANES64, sizeof(words64));
            c[1][i] = c[0][i] >> 32;
            c[2][i] = (words64){0} + (u32)block;
            c[3][i] = (words64){0};
        }
        philox_rounds(c, (u32)key, (u32)(key >> 32));
        for (int word = 0; word < 4; ++word)
            for (int i = 0; i < CHAINS; ++i) {
                const words32 low = __builtin_convertvector(c[word][i], words32);
                memcpy(words[word] + j + i * LANES64, &low, sizeof low);
            }
    }
}
#else
STEP void philox(const u64 *at, int m, i64 block, i64 key, u32 (*words)[BLOCK])
{
    u32 *c0 = words[0], *c1 = words[1], *c2 = words[2], *c3 = words[3];
    for (int j = 0; j < m; ++j) {
        c0[j] = (u32)at[j];
        c1[j] = (u32)(at[j] >> 32);
        c2[j] = (u32)block;
        c3[j] = 0;
    }
    u32 k0 = (u32)key, k1 = (u32)(key >> 32);
    for (int round = 0; round < 10; ++round, k0 += KEY_STEP_0, k1 += KEY_STEP_1) {
        SIMD
        for (int j = 0; j < m; ++j) {
            const u64 p0 = (u64)c0[j] * FACTOR_0, p1 = (u64)c2[j] * FACTOR_1;
            c0[j] = (u32)(p1 >> 32) ^ c1[j] ^ k0;
            c1[j] = (u32)p1;
            c2[j] = (u32)(p0 >> 32) ^ c3[j] ^ k1;
            c3[j] = (u32)p0;
        }
    }
}
#endif
"""

POSSIBLE = r"""
/* Where x is above 0, and the least number of 24 bits that is no spike there. */
STEP int possible(const io *restrict x, int m, int *restrict where, u32 *restrict limit)
{
    int count = 0;
    for (int j = 0; j < m; ++j) {
        const real scaled = LOAD(x[j]) * R(0x1p24);
        const int whole = scaled < R(0x1p24) ? (int)scaled : 1 << 24;
        where[count] = j;
        limit[count] = (u32)whole + ((real)whole < scaled);
        count += scaled > R(0.0);
    }
    return count;
}
"""

# Four steps are one counter, so they are drawn together.
LOOPS = r"""
void uniform(io *restrict output, i64 key, i64 first, i64 steps, i64 n, i64 threads)
{
    const i64 parts = (n + BLOCK - 1) / BLOCK, begin = first / 4;
    const i64 blocks = (first + steps - 1) / 4 - begin + 1;
    PARALLEL_FOR
    for (i64 part = 0; part < parts * blocks; ++part) {
        const i64 from = part % parts * BLOCK, block = begin + part / parts;
        const int m = n - from < BLOCK ? (int)(n - from) : BLOCK;
        u64 at[BLOCK];
        u32 words[4][BLOCK];
        for (int j = 0; j < BLOCK; ++j) at[j] = (u64)(from + j);
        philox(at, m, block, key, words);
        for (int word = 0; word < 4; ++word) {
            const i64 t = block * 4 + word - first;
            if (t < 0 || t >= steps) continue;
            SIMD
            for (int j = 0; j < m; ++j)
                output[t * n + from + j] = (real)(int)(words[word][j] >> 8) * R(0x1p-24);
        }
    }
}

void bernoulli(
    const io *restrict x, int *restrict where, u32 *restrict limits, io *restrict output,
    i64 key, i64 first, i64 steps, i64 n, i64 threads)
{
    const i64 parts = (n + BLOCK - 1) / BLOCK, begin = first / 4;
    const i64 blocks = (first + steps - 1) / 4 - begin + 1;
    int *counts = where + n;
    io zero, one;
    STORE(zero, R(0.0));
    STORE(one, R(1.0));
    PARALLEL_FOR
    for (i64 part = 0; part < parts; ++part) {
        const i64 from = part * BLOCK;
        const int m = n - from < BLOCK ? (int)(n - from) : BLOCK;
        counts[part] = possible(x + from, m, where + from, limits + from);
    }
    PARALLEL_FOR
    for (i64 part = 0; part < parts * blocks; ++part) {
        const i64 from = part % parts * BLOCK, block = begin + part / parts;
        const int m = n - from < BLOCK ? (int)(n - from) : BLOCK;
        const int count = counts[part % parts], *place = where + from;
        const u32 *limit = limits + from;
        u64 at[BLOCK];
        u32 words[4][BLOCK], spikes[BLOCK] = {0}; /* a bit for each of four steps */
        for (int j = 0; j < count; ++j) at[j] = (u64)(from + place[j]);
        philox(at, count, block, key, words);
        SIMD
        for (int j = 0; j < count; ++j)
            words[0][j] = (words[0][j] >> 8 < limit[j]) | (words[1][j] >> 8 < limit[j]) << 1
                | (words[2][j] >> 8 < limit[j]) << 2 | (words[3][j] >> 8 < limit[j]) << 3;
        for (int j = 0; j < count; ++j) spikes[place[j]] = words[0][j];
        for (int word = 0; word < 4; ++word) {
            const i64 t = block * 4 + word - first;
            if (t < 0 || t >= steps) continue;
            SIMD
            for (int j = 0; j < m; ++j)
                output[t * n + from + j] = spikes[j] >> word & 1 ? one : zero;
        }
    }
}
"""
