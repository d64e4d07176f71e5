"""Philox4x32-10 in CUDA (Salmon et al., SC 2011): the numbers that C and PyTorch draw."""

# A thread has one place and all of its steps; four steps are one counter.
PHILOX_CUDA = r"""
typedef unsigned int u32;
typedef unsigned long long u64;

STEP void philox(i64 place, i64 block, i64 key, u32 *c)
{
    u32 k0 = (u32)key, k1 = (u32)((u64)key >> 32);
    c[0] = (u32)place;
    c[1] = (u32)((u64)place >> 32);
    c[2] = (u32)block;
    c[3] = 0;
#pragma unroll
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        const u64 p0 = (u64)c[0] * 0xD2511F53u, p1 = (u64)c[2] * 0xCD9E8D57u;
        c[0] = (u32)(p1 >> 32) ^ c[1] ^ k0;
        c[1] = (u32)p1;
        c[2] = (u32)(p0 >> 32) ^ c[3] ^ k1;
        c[3] = (u32)p0;
    }
}
STEP real number(u32 word) { return (real)(int)(word >> 8) * R(0x1p-24); }

extern "C" __global__ void uniform(
    const i64 *restrict seed, io *restrict output, i64 key, i64 first, i64 steps, i64 n)
{
    const i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x;
    if (i >= n) return;
    for (i64 t = -(first % 4); t < steps; t += 4) {
        u32 words[4];
        philox(i, (first + t) / 4, seed[0] ^ key, words);
#pragma unroll
        for (int word = 0; word < 4; ++word)
            if (t + word >= 0 && t + word < steps)
                STORE(output[(t + word) * n + i], number(words[word]));
    }
}

/* Nothing is drawn where x is 0. */
extern "C" __global__ void bernoulli(
    const i64 *restrict seed, const io *restrict x, io *restrict output, i64 key, i64 first,
    i64 steps, i64 n)
{
    const i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x;
    if (i >= n) return;
    const real chance = LOAD(x[i]);
    for (i64 t = -(first % 4); t < steps; t += 4) {
        u32 words[4];
        if (chance > R(0.0)) philox(i, (first + t) / 4, seed[0] ^ key, words);
#pragma unroll
        for (int word = 0; word < 4; ++word)
            if (t + word >= 0 && t + word < steps) {
                const bool fires = chance > R(0.0) && number(words[word]) < chance;
                STORE(output[(t + word) * n + i], fires ? R(1.0) : R(0.0));
            }
    }
}
"""
