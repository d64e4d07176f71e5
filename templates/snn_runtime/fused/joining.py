"""Macros by which one C text of a neuron is each of its forms, with layers joined to it.

WITH_NORM puts a normalisation before it, WITH_MAX or WITH_AVG pooling over DOWN x ACROSS elements
behind it. Numbers of a normalisation are those of ``channels``, of which each has ``inner``
elements side by side. Images of pooled neurons lie as planes here, [height, width]: a run is a few
rows of one, so that a window is never divided.
"""

JOINING = r"""
#if defined(IO_BFLOAT16) || defined(IO_FLOAT16)
#define STORED(a) io_load(io_store(a))
#else
#define STORED(a) (a)
#endif
#ifdef __clang__
#define EACH _Pragma("unroll")
#else
#define EACH _Pragma("GCC unroll 16")
#endif
#ifdef _OPENMP
#define SIMD_SUM _Pragma("omp simd reduction(+ : sum)")
#else
#define SIMD_SUM
#endif
#if defined(WITH_MAX) || defined(WITH_AVG)
#define POOLED
#endif

typedef struct {
    i64 first, to, n_out;
    int m, rows;
} run;

STEP i64 count_runs(i64 n, i64 span, i64 height, i64 width)
{
#ifdef POOLED
    const i64 rows = BLOCK / (DOWN * width) * DOWN;
    return n / (height * width) * ((height + rows - 1) / rows);
#else
    return (n + span - 1) / span;
#endif
}

STEP run run_of(i64 i, i64 n, i64 span, i64 height, i64 width)
{
    run at;
#ifdef POOLED
    const i64 high = height / DOWN, wide = width / ACROSS;
    const i64 rows = BLOCK / (DOWN * width) * DOWN, blocks = (height + rows - 1) / rows;
    const i64 plane = i / blocks, top = i % blocks * rows;
    at.rows = height - top < rows ? (int)(height - top) : (int)rows;
    at.first = (plane * height + top) * width;
    at.to = (plane * high + top / DOWN) * wide;
    at.n_out = n / (height * width) * high * wide;
    at.m = (int)(at.rows * width);
#else
    at.first = at.to = i * span;
    at.n_out = n;
    at.m = n - at.first < span ? (int)(n - at.first) : (int)span;
    at.rows = 0;
#endif
    return at;
}

/* numbers of the elements from `first` on: where they are, or in `room` */
STEP const real *terms_of(
    real *room, const real *from, i64 size, i64 stride, i64 first, int m)
{
    if (stride == 1 && first % size + m <= size) return from + first % size;
    fill_terms(room, from, size, stride, first, m);
    return room;
}

STEP void add_terms(
    double *restrict to, const real *restrict from, i64 size, i64 stride, i64 first, int m)
{
    if (stride == 1 && first % size + m <= size) {
        to += first % size;
        for (int j = 0; j < m; ++j) to[j] += from[j];
        return;
    }
    for (int j = 0; j < m;) {
        const i64 at = (first + j) / stride, end = (at + 1) * stride - first;
        const int stop = end < m ? (int)end : m;
        double sum = 0.0;
        SIMD_SUM
        for (int k = j; k < stop; ++k) sum += from[k];
        to[at % size] += sum;
        j = stop;
    }
}

STEP void add_up(double *restrict sums, i64 chunks, i64 size)
{
    for (i64 chunk = 1; chunk < chunks; ++chunk)
        for (i64 i = 0; i < size; ++i) sums[i] += sums[chunk * size + i];
}

#ifdef WITH_NORM
#define BY_CHANNEL(name) \
    real name##_room[BLOCK]; \
    const real *name##_here = terms_of(name##_room, name, channels, inner, first, m);
#define NORM_BEGIN BY_CHANNEL(scale) BY_CHANNEL(shift)
#define NORM_HERE const real *scale_here = scale + at.channel, *shift_here = shift + at.channel;
#define NORMED(a) (scale_here[j] * (a) + shift_here[j])
#define ZEROS \
    real shifts[BLOCK], scales[BLOCK]; \
    for (int j = 0; j < at.m; ++j) shifts[j] = scales[j] = R(0.0);
#define NORM_SUMS BY_CHANNEL(center) ZEROS
#define NORM_SUMS_HERE const real *center_here = center + at.channel; ZEROS
#define NORM_ADD(now, a) \
    shifts[j] += now; \
    scales[j] += now * (a - center_here[j]);
#define NORM_CELLS real shifted = R(0.0), scaled = R(0.0);
#define NORM_CELL(now, a) \
    shifted += now; \
    scaled += now * (a - center_here[j]);
#define NORM_ADD_CELLS \
    shifts[j] += shifted; \
    scales[j] += scaled;
#define TOTAL(k, from, inner, first) \
    add_terms(sums + (2 * chunk + k) * channels, from, channels, inner, first, at.m);
#define NORM_TOTAL TOTAL(0, shifts, inner, first) TOTAL(1, scales, inner, first)
#define NORM_TOTAL_HERE TOTAL(0, shifts, 1, at.channel) TOTAL(1, scales, 1, at.channel)
#define NORM_END add_up(sums, chunks, 2 * channels);
#else
#define NORM_BEGIN
#define NORM_HERE
#define NORMED(a) (a)
#define NORM_SUMS
#define NORM_SUMS_HERE
#define NORM_ADD(now, a)
#define NORM_CELLS
#define NORM_CELL(now, a)
#define NORM_ADD_CELLS
#define NORM_TOTAL
#define NORM_TOTAL_HERE
#define NORM_END
#endif

#ifdef POOLED
#define CELL ((row + cell / ACROSS) * width + i * ACROSS + cell % ACROSS)

STEP void pool(io *restrict to, const io *restrict fired, int rows, i64 width)
{
    const i64 wide = width / ACROSS;
    for (int row = 0; row + DOWN <= rows; row += DOWN, to += wide)
        for (i64 i = 0; i < wide; ++i) {
#ifdef WITH_MAX
            real pooled = -INFINITY;
            EACH
            for (int cell = 0; cell < DOWN * ACROSS; ++cell)
                pooled = LOAD(fired[CELL]) > pooled ? LOAD(fired[CELL]) : pooled;
            STORE(to[i], pooled);
#else
            real pooled = R(0.0);
            EACH
            for (int cell = 0; cell < DOWN * ACROSS; ++cell) pooled += LOAD(fired[CELL]);
            STORE(to[i], pooled / R(DOWN * ACROSS));
#endif
        }
}

/* the gradient of every element, from those of windows; of equals the first is the largest */
STEP void share(
    real *restrict to, const real *restrict fired, const io *restrict g, int m, int rows, i64 width)
{
    const i64 wide = width / ACROSS;
    for (int j = 0; j < m; ++j) to[j] = R(0.0);
    for (int row = 0; row + DOWN <= rows; row += DOWN, g += wide)
        for (i64 i = 0; i < wide; ++i) {
#ifdef WITH_MAX
            real pooled = -INFINITY;
            i64 chosen = row * width + i * ACROSS;
            EACH
            for (int cell = 0; cell < DOWN * ACROSS; ++cell) {
                chosen = fired[CELL] > pooled ? CELL : chosen;
                pooled = fired[CELL] > pooled ? fired[CELL] : pooled;
            }
            to[chosen] = LOAD(g[i]);
#else
            EACH
            for (int cell = 0; cell < DOWN * ACROSS; ++cell)
                to[CELL] = STORED(LOAD(g[i]) / R(DOWN * ACROSS));
#endif
        }
}

#define FIRED io fired[BLOCK];
#define OUTPUT fired
#define GIVE pool(output + t * at.n_out + at.to, fired, at.rows, width);
#define GIVEN real given[BLOCK];
#define SHARE(kept) \
    share(given, kept, g_output + t * at.n_out + at.to, at.m, at.rows, width);
#define GRADIENT given[j]
#else
#define FIRED
#define OUTPUT (output + t * n + first)
#define GIVE
#define GIVEN
#define SHARE(kept)
#define GRADIENT LOAD(g_output[t * n + first + j])
#endif
#ifdef WITH_MAX
#define KEEP(place) (place) = STORED(out)
#else
#define KEEP(place)
#endif
"""
