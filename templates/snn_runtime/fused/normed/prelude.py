"""Batch normalisation around a neuron's kernel, in C: what comes before it, and after its way back.

Data lies in memory as rows of ``channels`` numbers; several rows are handed over as one where
there are few channels. Sums are made over fixed chunks and these are added in order, so that the
number of threads changes no bit. Variances are those of a few rows around their own mean,
combined in double (Chan, Golub and LeVeque, Algorithms for computing the sample variance, 1983).
"""

CHUNKS = 64  # at most: the rows of one are summed by one thread
FEW = 16  # rows that are read twice, the second time from the cache

PRELUDE_NORMED = (
    rf"""
#define FEW {FEW}
"""
    + r"""
#define NORMED(a, at) (scale[at] * (a) + shift[at])

STEP i64 count_runs(i64 n, i64 channels)
{
    return (n + channels - 1) / channels * ((channels + BLOCK - 1) / BLOCK);
}

STEP part run_of(i64 i, i64 n, i64 channels)
{
    const i64 blocks = (channels + BLOCK - 1) / BLOCK, begin = i % blocks * BLOCK;
    const i64 row = i / blocks * channels, end = row + channels < n ? row + channels : n;
    part at;
    at.first = at.to = row + begin;
    at.line = 0;
    at.n_out = n;
    at.channel = begin;
    at.m = end - at.first < BLOCK ? (int)(end - at.first) : BLOCK;
    return at;
}

STEP void add_up(double *restrict sums, i64 chunks, i64 size)
{
    for (i64 chunk = 1; chunk < chunks; ++chunk)
        for (i64 i = 0; i < size; ++i) sums[i] += sums[chunk * size + i];
}

STEP void combine(double *mean, double *away, double before, double more, double of, double off)
{
    const double delta = of - *mean, part = more / (before + more);
    *mean += delta * part;
    *away += off + delta * delta * before * part;
}

STEP void take(const io *restrict x, i64 channels, int m, int few, double before,
    double *restrict mean, double *restrict away)
{
    real center[BLOCK], first[BLOCK], second[BLOCK];
    SIMD
    for (int j = 0; j < m; ++j) {
        real sum = R(0.0), off = R(0.0), square = R(0.0);
        for (int k = 0; k < few; ++k) sum += LOAD(x[k * channels + j]);
        center[j] = sum / (real)few;
        for (int k = 0; k < few; ++k) {
            const real d = LOAD(x[k * channels + j]) - center[j];
            off += d;
            square += d * d;
        }
        first[j] = off;
        second[j] = square;
    }
    SIMD
    for (int j = 0; j < m; ++j) {
        const double off = (double)first[j] / few;
        combine(&mean[j], &away[j], before, few, center[j] + off, second[j] - few * off * off);
    }
}

void statistics(const io *restrict x, double *restrict mean, double *restrict var,
    double *restrict parts, i64 n, i64 wide, i64 channels, i64 chunks, i64 threads)
{
    const i64 rows = n / wide, blocks = (wide + BLOCK - 1) / BLOCK;
    PARALLEL_FOR
    for (i64 task = 0; task < chunks * blocks; ++task) {
        const i64 chunk = task / blocks, begin = task % blocks * BLOCK;
        const i64 first = chunk * rows / chunks, last = (chunk + 1) * rows / chunks;
        const int m = wide - begin < BLOCK ? (int)(wide - begin) : BLOCK;
        double *its = parts + chunk * 2 * wide + begin, *away = its + wide;
        for (int j = 0; j < m; ++j) its[j] = away[j] = 0.0;
        i64 row = first;
        for (; row + FEW <= last; row += FEW)
            take(x + row * wide + begin, wide, m, FEW, row - first, its, away);
        if (row < last)
            take(x + row * wide + begin, wide, m, last - row, row - first, its, away);
    }
    for (i64 j = 0; j < channels; ++j) {
        double before = 0.0;
        mean[j] = var[j] = 0.0;
        for (i64 chunk = 0; chunk < chunks; ++chunk) {
            const double more = (chunk + 1) * rows / chunks - chunk * rows / chunks;
            const double *its = parts + chunk * 2 * wide;
            for (i64 i = j; more > 0 && i < wide; i += channels, before += more)
                combine(&mean[j], &var[j], before, more, its[i], its[wide + i]);
        }
        for (i64 i = rows * wide + j; i < n; i += channels, before += 1.0)
            combine(&mean[j], &var[j], before, 1.0, LOAD(x[i]), 0.0);
        var[j] /= before;
    }
}

void lines(const double *mean, const double *spread, const double *weight,
    const double *bias, real *scale, real *shift, real *center, i64 channels, i64 wide,
    i64 threads)
{
    for (i64 i = 0; i < wide; ++i) {
        const i64 c = i % channels;
        const double slope = (weight ? weight[c] : 1.0) / sqrt(spread[c]);
        scale[i] = slope;
        shift[i] = (bias ? bias[c] : 0.0) - mean[c] * slope;
        center[i] = mean[c];
    }
}

STEP void slopes(const double *sums, const double *mean, const double *spread,
    const double *weight, real *rows, double *g_weight, double *g_bias, i64 count,
    i64 summed, i64 wide, i64 channels)
{
    for (i64 c = 0; c < channels; ++c) {
        const real center = mean[c];
        const double off = center - mean[c], steep = 1.0 / sqrt(spread[c]);
        const double scale = weight ? weight[c] * steep : steep;
        double sum = 0.0, away = 0.0;
        for (i64 i = c; i < summed; i += channels) {
            sum += sums[i];
            away += sums[summed + i];
        }
        away += off * sum;
        g_weight[c] = steep * away;
        g_bias[c] = sum;
        const double b = count ? -scale * steep * steep * away / count : 0.0;
        for (i64 i = c; i < wide; i += channels) {
            rows[i] = scale;
            rows[wide + i] = b;
            rows[2 * wide + i] = count ? b * off - scale * sum / count : 0.0;
            rows[3 * wide + i] = center;
        }
    }
}

void finish(const io *restrict x, io *restrict g_x, const double *sums, const double *mean,
    const double *spread, const double *weight, real *restrict rows,
    double *g_weight, double *g_bias, i64 count, i64 n, i64 summed, i64 wide, i64 channels,
    i64 threads)
{
    slopes(sums, mean, spread, weight, rows, g_weight, g_bias, count, summed, wide, channels);
    const i64 parts = count_runs(n, wide);
    PARALLEL_FOR
    for (i64 i = 0; i < parts; ++i) {
        const part at = run_of(i, n, wide);
        const real *a = rows + at.channel, *b = a + wide, *d = b + wide, *center = d + wide;
        SIMD
        for (int j = 0; j < at.m; ++j) {
            const real away = LOAD(x[at.first + j]) - center[j];
            STORE(g_x[at.first + j], a[j] * LOAD(g_x[at.first + j]) + b[j] * away + d[j]);
        }
    }
}
"""
)
