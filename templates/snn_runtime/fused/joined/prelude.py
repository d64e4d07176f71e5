"""Batch normalisation around a neuron's kernel, in C: what comes before it, and after its way back.

Where channels lie innermost, ``inner`` is 1 and data are rows of ``channels`` numbers; several rows
are handed over as one where there are few channels. Elsewhere data are planes of ``inner`` numbers,
one a channel. Sums are made over fixed chunks and these are added in order, so that the
number of threads changes no bit. Variances are those of a few rows around their own mean,
combined in double (Chan, Golub and LeVeque, Algorithms for computing the sample variance, 1983).
"""

CHUNKS = 64  # at most: the rows of one are summed by one thread
FEW = 16  # rows that are read twice, the second time from the cache

PRELUDE_NORMED = (
    rf"""
#define FEW {FEW}
#ifdef _OPENMP
#define SIMD_SUMS _Pragma("omp simd reduction(+ : sum, off)")
#else
#define SIMD_SUMS
#endif
"""
    + r"""
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

STEP void take_plane(const io *restrict x, i64 inner, double *before, double *mean, double *away)
{
    for (i64 first = 0; first < inner; first += BLOCK) {
        const int m = inner - first < BLOCK ? (int)(inner - first) : BLOCK;
        real sum = R(0.0), off = R(0.0);
        SIMD_SUM
        for (int j = 0; j < m; ++j) sum += LOAD(x[first + j]);
        const real center = sum / (real)m;
        sum = R(0.0);
        SIMD_SUMS
        for (int j = 0; j < m; ++j) {
            const real d = LOAD(x[first + j]) - center;
            off += d;
            sum += d * d;
        }
        const double part = (double)off / m;
        combine(mean, away, *before, m, center + part, sum - m * part * part);
        *before += m;
    }
}

STEP void plane_statistics(const io *restrict x, double *restrict mean, double *restrict var,
    double *restrict parts, i64 n, i64 channels, i64 inner, i64 chunks, i64 threads)
{
    const i64 planes = n / (channels * inner);
    PARALLEL_FOR
    for (i64 task = 0; task < chunks * channels; ++task) {
        const i64 chunk = task / channels, c = task % channels;
        double *its = parts + chunk * 2 * channels + c, *away = its + channels, before = 0.0;
        *its = *away = 0.0;
        for (i64 i = chunk * planes / chunks; i < (chunk + 1) * planes / chunks; ++i)
            take_plane(x + (i * channels + c) * inner, inner, &before, its, away);
    }
    for (i64 c = 0; c < channels; ++c) {
        double before = 0.0;
        mean[c] = var[c] = 0.0;
        for (i64 chunk = 0; chunk < chunks; ++chunk) {
            const double *its = parts + chunk * 2 * channels + c;
            const double more = (double)((chunk + 1) * planes / chunks - chunk * planes / chunks);
            if (more > 0) combine(&mean[c], &var[c], before, more * inner, its[0], its[channels]);
            before += more * inner;
        }
        var[c] /= before;
    }
}

void statistics(const io *restrict x, double *restrict mean, double *restrict var,
    double *restrict parts, i64 n, i64 wide, i64 channels, i64 inner, i64 chunks, i64 threads)
{
    if (inner > 1) {
        plane_statistics(x, mean, var, parts, n, channels, inner, chunks, threads);
        return;
    }
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
    double *g_weight, double *g_bias, i64 count, i64 n, i64 span, i64 summed, i64 wide,
    i64 channels, i64 inner, i64 threads)
{
    slopes(sums, mean, spread, weight, rows, g_weight, g_bias, count, summed, wide, channels);
    const i64 parts = (n + span - 1) / span;
    PARALLEL_FOR
    for (i64 i = 0; i < parts; ++i) {
        const i64 first = i * span;
        const int m = n - first < span ? (int)(n - first) : (int)span;
        real room[4][BLOCK];
        const real *row[4];
        for (int k = 0; k < 4; ++k)
            row[k] = terms_of(room[k], rows + k * wide, wide, inner, first, m);
        const real *a = row[0], *b = row[1], *d = row[2], *center = row[3];
        SIMD
        for (int j = 0; j < m; ++j) {
            const real away = LOAD(x[first + j]) - center[j];
            STORE(g_x[first + j], a[j] * LOAD(g_x[first + j]) + b[j] * away + d[j]);
        }
    }
}
"""
)
