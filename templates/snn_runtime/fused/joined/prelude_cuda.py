"""Batch normalisation around a neuron's kernel, in CUDA.

A thread adds up elements of one channel: their distances from the first of them, so that no digit
is lost far from zero. One thread a channel adds the parts up in float64, always in one order.
"""

PRELUDE_NORMED_CUDA = r"""
#define OVER_MINE(place) \
    if (me.inner == 1) { \
        _Pragma("unroll 8") for (i64 o = me.group; o < me.outer; o += chunks) \
            place((o * me.channels + me.channel)); \
    } else { \
        for (i64 o = me.group; o < me.outer; o += chunks) \
            _Pragma("unroll 8") for (i64 e = me.lane; e < me.inner; e += span) \
                place(((o * me.channels + me.channel) * me.inner + e)); \
    }

#ifdef MAKE_statistics
extern "C" __global__ void statistics(
    const io *restrict x, double *restrict parts, i64 n, i64 inner, i64 channels, i64 span,
    i64 chunks)
{
    const worker me = worker_of(n, span, inner, channels, 1, 1, 1);
    if (me.group >= chunks) return;
    const real first = LOAD(x[(me.group * channels + me.channel) * me.inner + me.lane]);
    real sum = R(0.0), squares = R(0.0);
    i64 count = 0;
#define TAKE(at) \
    { \
        const real away = LOAD(x[at]) - first; \
        sum += away; \
        squares += away * away; \
        ++count; \
    }
    OVER_MINE(TAKE)
    double *mine = parts + (me.group * span + me.lane) * 3 * channels + me.channel;
    const double off = (double)sum / (double)count;
    const double square = (double)squares - (double)sum * off;
    mine[0] = (double)count;
    mine[channels] = first + off;
    mine[2 * channels] = square > 0.0 || square != square ? square : 0.0;
}
#endif

#ifdef MAKE_lines
extern "C" __global__ void lines(
    const double *restrict parts, const real *restrict known_mean, const real *restrict known_var,
    const real *restrict weight, const real *restrict bias, real *restrict mean,
    real *restrict var, real *restrict scale, real *restrict shift, real *restrict center,
    i64 count, i64 channels, i64 eps)
{
    const i64 c = THREAD;
    if (c >= channels) return;
    double middle, spread;
    if (parts) {
        double all = 0.0, sum = 0.0, squares = 0.0;
#pragma unroll 8
        for (i64 i = 0; i < count; ++i) {
            const double *its = parts + i * 3 * channels + c;
            all += its[0];
            sum += its[0] * its[channels];
        }
        middle = sum / all;
#pragma unroll 8
        for (i64 i = 0; i < count; ++i) {
            const double *its = parts + i * 3 * channels + c, off = its[channels] - middle;
            squares += its[2 * channels] + its[0] * off * off;
        }
        spread = squares / all;
        mean[c] = (real)middle;
        var[c] = (real)spread;
    } else {
        middle = known_mean[c];
        spread = known_var[c];
    }
    const double slope = (weight ? weight[c] : R(1.0)) / sqrt(spread + __longlong_as_double(eps));
    scale[c] = (real)slope;
    shift[c] = (real)((bias ? bias[c] : R(0.0)) - middle * slope);
    center[c] = (real)middle;
}
#endif

#ifdef MAKE_slopes
extern "C" __global__ void slopes(
    const double *restrict sums, const real *restrict mean, const real *restrict var,
    const real *restrict weight, real *restrict rows, real *restrict g_weight,
    real *restrict g_bias, i64 parts, i64 count, i64 channels, i64 eps)
{
    const i64 c = THREAD;
    if (c >= channels) return;
    double sum = 0.0, away = 0.0;
#pragma unroll 8
    for (i64 i = 0; i < parts; ++i) {
        sum += sums[i * 2 * channels + c];
        away += sums[(i * 2 + 1) * channels + c];
    }
    const double steep = 1.0 / sqrt(var[c] + __longlong_as_double(eps));
    const double scale = (weight ? weight[c] : R(1.0)) * steep;
    g_weight[c] = (real)(steep * away);
    g_bias[c] = (real)sum;
    rows[c] = (real)scale;
    rows[channels + c] = (real)(count ? -scale * steep * steep * away / (double)count : 0.0);
    rows[2 * channels + c] = (real)(count ? -scale * sum / (double)count : 0.0);
    rows[3 * channels + c] = mean[c];
}
#endif

#ifdef MAKE_finish
extern "C" __global__ void finish(
    const io *restrict x, const io *restrict g, const real *restrict rows, io *restrict g_x,
    i64 n, i64 inner, i64 channels, i64 span, i64 chunks)
{
    const worker me = worker_of(n, span, inner, channels, 1, 1, PACK);
    if (me.group >= chunks) return;
    reals a, b, d, center;
    EACH {
        const i64 c = inner == 1 ? me.channel * PACK + j : me.channel;
        a.a[j] = rows[c];
        b.a[j] = rows[channels + c];
        d.a[j] = rows[2 * channels + c];
        center.a[j] = rows[3 * channels + c];
    }
#define PASS(at) \
    { \
        const pack its = *(const pack *)(x + at * PACK), grad = *(const pack *)(g + at * PACK); \
        pack to; \
        EACH STORE(to.a[j], a.a[j] * LOAD(grad.a[j]) \
            + b.a[j] * (LOAD(its.a[j]) - center.a[j]) + d.a[j]); \
        *(pack *)(g_x + at * PACK) = to; \
    }
    OVER_MINE(PASS)
}
#endif
"""
