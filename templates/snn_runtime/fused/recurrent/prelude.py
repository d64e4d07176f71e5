"""The two products with the weight in C, for a block of at most ROWS samples.

Every sum is made in ascending order of the neuron that it comes from, whatever the number
of threads. ``feed`` leaves out neurons whose output is 0, as most are at most steps: with
finite weights the sum is the same to the bit.
"""

ROWS = 4  # samples that a thread works on at a time: it loads the weight once for all
LANES_BYTES = 64  # computed side by side: the weight is cut into strips of that width

PRELUDE_RECURRENT = (
    rf"""
#define ROWS {ROWS}
#define WIDE (ROWS * BLOCK)
#define LANES ((int)({LANES_BYTES} / sizeof(real)))
typedef real lanes
    __attribute__((vector_size({LANES_BYTES}), aligned(sizeof(real)), may_alias));
"""
    + r"""
STEP lanes piece(const real *restrict weight, int row, int at, int width)
{
    return *(const lanes *)(weight + (i64)at * width + row * LANES);
}

STEP void feed(const real *restrict weight, const real *restrict fired, int m, int width,
    real *restrict fed)
{
    for (int first = 0; first < m; first += width) {
        const real *mine = fired + first;
        int who[BLOCK], count = 0, at = 0;
        for (int j = 0; j < width; ++j) {
            who[count] = j;
            count += mine[j] != R(0.0);
        }
        for (; at + 3 * LANES < width; at += 4 * LANES) {
            lanes sum[4] = {{R(0.0)}};
            for (int k = 0; k < count; ++k) {
                const real value = mine[who[k]];
                for (int l = 0; l < 4; ++l)
                    sum[l] += value * piece(weight, who[k], at + l * LANES, width);
            }
            memcpy(fed + first + at, sum, sizeof sum);
        }
        for (; at < width; at += LANES) {
            lanes sum = {R(0.0)};
            for (int k = 0; k < count; ++k)
                sum += mine[who[k]] * piece(weight, who[k], at, width);
            memcpy(fed + first + at, &sum, sizeof sum);
        }
    }
}

STEP void spread_rows(const real *restrict weight, const real *restrict grad, int rows,
    int width, int at, real *restrict more)
{
    const int left = width - at < LANES ? width - at : LANES;
    lanes sum[ROWS] = {{R(0.0)}};
    for (int k = 0; k < width; ++k) {
        const lanes row = piece(weight, k, at, width);
        for (int r = 0; r < rows; ++r) sum[r] += grad[r * width + k] * row;
    }
    for (int r = 0; r < rows; ++r)
        memcpy(more + r * width + at, &sum[r], left * sizeof(real));
}

STEP void spread(const real *restrict weight, const real *restrict grad, int m, int width,
    real *restrict more)
{
    for (int at = 0; at < width; at += LANES) {
        if (m == ROWS * width) {
            spread_rows(weight, grad, ROWS, width, at, more);
            continue;
        }
        for (int first = 0; first < m; first += width)
            spread_rows(weight, grad + first, 1, width, at, more + first);
    }
}
"""
)
