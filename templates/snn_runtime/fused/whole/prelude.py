"""Products in C, for the rows of a block: all its samples at all time steps.

Every sum is made in ascending order, whatever the number of threads and the width of vectors.
"""

SERIAL = """
#undef PARALLEL_FOR
#undef THREAD
#define PARALLEL_FOR
#define THREAD 0
"""

PRELUDE_WHOLE = r"""
#ifdef _OPENMP
#define PARALLEL_CHUNKS _Pragma("omp parallel for schedule(static) num_threads((int)threads)")
#define MINE omp_get_thread_num()
#else
#define PARALLEL_CHUNKS
#define MINE 0
#endif
#define ABOVE(count) (((count) + LANES - 1) / LANES * LANES)

/* room for so many numbers and a vector more, which may be read and overwritten */
STEP real *take(real **at, i64 count)
{
    real *found = *at;
    *at += ABOVE(count) + LANES;
    return found;
}

/* b[k][o] of a matrix in strips of LANES columns, filled up with zeros, each row by row */
static const real *pack(real **at, const real *b, int depth, i64 down, int out, i64 along)
{
    real *to = take(at, (i64)ABOVE(out) * depth);
    for (int o = 0; o < ABOVE(out); ++o)
        for (int k = 0; k < depth; ++k)
            to[(o / LANES * (i64)depth + k) * LANES + o % LANES]
                = o < out ? b[k * down + o * along] : R(0.0);
    return to;
}

/* a few rows and one or two strips of to[r][o] = (first[o] or to[r][o]) + sum of a[r][k] b[k][o] */
STEP void tile(const int rows, const int strips, i64 depth, const real *a, i64 row, i64 step,
    const real *b, i64 next, i64 strip, const real *first, i64 gap, int left, int more, real *to)
{
    lanes sum[8][2];
    for (int r = 0; r < rows; ++r)
        for (int s = 0; s < strips; ++s) {
            if (more) sum[r][s] = *(const lanes *)(to + r * gap + s * LANES);
            else if (first) sum[r][s] = *(const lanes *)(first + s * LANES);
            else sum[r][s] = (lanes){R(0.0)};
        }
    for (i64 k = 0; k < depth; ++k)
        for (int s = 0; s < strips; ++s) {
            const lanes now = *(const lanes *)(b + k * next + s * strip);
            for (int r = 0; r < rows; ++r) sum[r][s] += a[r * row + k * step] * now;
        }
    for (int r = 0; r < rows; ++r)
        for (int s = 0; s < strips; ++s)
            if (s < strips - 1 || !left) *(lanes *)(to + r * gap + s * LANES) = sum[r][s];
            else memcpy(to + r * gap + s * LANES, &sum[r][s], left * sizeof(real));
}

/* all rows and columns; what overhangs a row is overwritten by the next, if one pass makes it */
static void multiply(i64 rows, i64 depth, int out, const real *a, i64 row, i64 step,
    const real *b, i64 next, i64 strip, const real *first, i64 gap, int more, real *to)
{
    const int passes = (out + 2 * LANES - 1) / (2 * LANES);
    for (i64 r = 0, m; r < rows; r += m) {
        m = rows - r >= 8 ? 8 : rows - r >= 4 ? 4 : 1;
        for (int p = 0; p < passes; ++p) {
            const int at = p * 2 * LANES, two = out - at > LANES;
            const int left = passes > 1 && gap < at + (1 + two) * LANES ? out % LANES : 0;
#define TILE(m, strips) \
    tile(m, strips, depth, a + r * row, row, step, b + at / LANES * strip, next, strip, \
        first ? first + at : 0, gap, left, more, to + r * gap + at)
            if (m == 8 && two) TILE(8, 2);
            else if (m == 8) TILE(8, 1);
            else if (m == 4 && two) TILE(4, 2);
            else if (m == 4) TILE(4, 1);
            else if (two) TILE(1, 2);
            else TILE(1, 1);
        }
    }
}

/* z = x W^T + bias, of rows side by side; W as it is packed */
STEP void product(const real *x, i64 rows, int in, const real *weight, const real *bias, int out,
    real *z)
{
    multiply(rows, in, out, x, in, 1, weight, LANES, (i64)in * LANES, bias, out, 0, z);
}

/* z = x + bias */
STEP void shift(const real *restrict x, i64 rows, const real *bias, int out, real *restrict z)
{
    for (i64 r = 0; r < rows; ++r)
        for (int o = 0; o < out; ++o) z[r * out + o] = x[r * out + o] + (bias ? bias[o] : R(0.0));
}

/* what rows of inputs and of gradients add to the gradient of a weight, which is [in][out] here */
STEP void learn(const real *x, const real *g, i64 rows, int in, int out, real *sum)
{
    multiply(in, rows, out, x, 1, in, g, out, LANES, 0, ABOVE(out), 1, sum);
}

/* the same where all inputs are 1 */
STEP void add_rows(const real *g, i64 rows, int out, real *sum)
{
    static const real one = R(1.0);
    multiply(1, rows, out, &one, 0, 0, g, out, LANES, 0, ABOVE(out), 1, sum);
}

/* the sums of all chunks in order, as [out][in] */
static void collect(const real *sums, i64 chunks, i64 size, int in, int out, real *to)
{
    for (int i = 0; i < in; ++i)
        for (int o = 0; o < out; ++o) {
            real sum = R(0.0);
            for (i64 c = 0; c < chunks; ++c) sum += sums[c * size + i * ABOVE(out) + o];
            to[(i64)o * in + i] = sum;
        }
}

/* m samples of x[t][b][i], from the first on, which then lie together; and back */
static real *gather(real **at, const real *x, i64 steps, i64 over, i64 next, i64 along,
    i64 first, i64 m, int width)
{
    real *to = take(at, steps * m * width);
    if (along == 1) {
        for (i64 t = 0; t < steps; ++t)
            for (i64 r = 0; r < m; ++r)
                memcpy(to + (t * m + r) * width, x + t * over + (first + r) * next,
                    width * sizeof(real));
        return to;
    }
    for (i64 r = 0; r < m; ++r)
        for (int i = 0; i < width; ++i)
            for (i64 t = 0; t < steps; ++t)
                to[(t * m + r) * width + i] = x[t * over + (first + r) * next + i * along];
    return to;
}

STEP void scatter(const real *x, i64 steps, i64 n, i64 first, i64 m, real *to)
{
    for (i64 t = 0; t < steps; ++t) memcpy(to + t * n + first, x + t * m, m * sizeof(real));
}

/* the places whose word is below its limit; what is behind them may be overwritten */
STEP int listed(const u32 *word, const u32 *limit, const int *place, int m, int *list)
{
    int count = 0;
#ifdef __AVX512F__
    for (int j = 0; j < m; j += 16) {
        const __m512i high = _mm512_srli_epi32(_mm512_loadu_si512(word + j), 8);
        const unsigned some = m - j < 16 ? (1u << (m - j)) - 1 : 0xFFFF;
        const __mmask16 fired
            = (__mmask16)(_mm512_cmplt_epu32_mask(high, _mm512_loadu_si512(limit + j)) & some);
        const __m512i who = _mm512_maskz_compress_epi32(fired, _mm512_loadu_si512(place + j));
        _mm512_storeu_si512(list + count, who);
        count += __builtin_popcount(fired);
    }
#else
    for (int j = 0; j < m; ++j) {
        list[count] = place[j];
        count += word[j] >> 8 < limit[j];
    }
#endif
    return count;
}

/* who fires at each step of m samples x[b][i], in ascending order, and where each list ends */
static i64 *draw(real **at, const real *x, i64 key, i64 begin, i64 steps, i64 first, i64 m,
    int width, int **who)
{
    const i64 parts = (width + BLOCK - 1) / BLOCK;
    i64 *ends = (i64 *)take(at, 2 * steps * m), count = 0;
    int *place = (int *)take(at, width), *list = *who = (int *)take(at, steps * m * width);
    u32 *limit = (u32 *)take(at, width), (*words)[4][BLOCK] = (void *)take(at, parts * 4 * BLOCK);
    for (i64 r = 0; r < m; ++r) {
        const int most = possible(x + (first + r) * width, width, place, limit);
        for (i64 block = begin / 4; block * 4 < begin + steps; ++block) {
            for (int from = 0; from < most; from += BLOCK) {
                const int some = most - from < BLOCK ? most - from : BLOCK;
                u64 where[BLOCK];
                for (int j = 0; j < BLOCK; ++j)
                    where[j] = (u64)((first + r) * width + (j < some ? place[from + j] : 0));
                philox(where, some, block, key, words[from / BLOCK]);
            }
            for (int word = 0; word < 4; ++word) {
                const i64 t = block * 4 + word - begin;
                if (t < 0 || t >= steps) continue;
                for (int from = 0; from < most; from += BLOCK) {
                    const int some = most - from < BLOCK ? most - from : BLOCK;
                    count += listed(
                        words[from / BLOCK][word], limit + from, place + from, some, list + count);
                }
                ends[r * steps + t] = count;
            }
        }
    }
    return ends;
}

/* product() of spikes: the columns of W whose input fired, four sums side by side */
static void add_fired(const int *who, const i64 *ends, i64 steps, i64 m, int in, const real *weight,
    const real *bias, int out, real *z)
{
    for (i64 r = 0, at = 0; r < m; ++r)
        for (i64 t = 0; t < steps; ++t) {
            const i64 end = ends[r * steps + t];
            for (int o = 0; o < out; o += LANES) {
                const real *strip = weight + (i64)o * in;
                lanes sum[4] = {{R(0.0)}}, all;
                i64 k = at;
                for (; k + 3 < end; k += 4)
                    for (int i = 0; i < 4; ++i)
                        sum[i] += *(const lanes *)(strip + (i64)who[k + i] * LANES);
                for (; k < end; ++k) sum[0] += *(const lanes *)(strip + (i64)who[k] * LANES);
                all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
                if (bias) all += *(const lanes *)(bias + o);
                const int left = out - o < LANES ? out - o : LANES;
                memcpy(z + (t * m + r) * out + o, &all, left * sizeof(real));
            }
            at = end;
        }
}

/* learn() of spikes */
static void learn_fired(const int *who, const i64 *ends, i64 steps, i64 m, const real *g, int out,
    real *sum)
{
    for (i64 r = 0, at = 0; r < m; ++r)
        for (i64 t = 0; t < steps; ++t) {
            const i64 end = ends[r * steps + t];
            for (int o = 0; o < out; o += LANES) {
                const lanes now = *(const lanes *)(g + (t * m + r) * out + o);
                for (i64 k = at; k < end; ++k)
                    *(lanes *)(sum + (i64)who[k] * ABOVE(out) + o) += now;
            }
            at = end;
        }
}

/* the sum over the steps from `first` on, divided; and its gradient */
STEP void add_up(const real *restrict y, i64 first, i64 steps, i64 n, real share, real *restrict to)
{
    for (i64 j = 0; j < n; ++j) to[j] = R(0.0);
    for (i64 t = first; t < steps; ++t)
        for (i64 j = 0; j < n; ++j) to[j] += y[t * n + j];
    for (i64 j = 0; j < n; ++j) to[j] /= share;
}

STEP void share_out(const real *restrict g, i64 first, i64 steps, i64 n, real share, real *restrict to)
{
    for (i64 t = 0; t < steps; ++t)
        for (i64 j = 0; j < n; ++j) to[t * n + j] = t < first ? R(0.0) : g[j] / share;
}
"""
