"""The same macros in CUDA: one text of a neuron is each of its forms.

A thread has PACK neighbours or, with pooling, the DOWN x ACROSS elements of one window; PLACE is
where they are. On the way back behind a normalisation it goes over several PLACES of one channel
and adds their sums up: SPAN threads share the elements of a channel side by side, and CHUNKS of
them the rest, both by sizes alone.
"""

JOINING_CUDA = r"""
#if defined(WITH_MAX) || defined(WITH_AVG)
#define POOLED 1
#define WIDE 1
#else
#define POOLED 0
#define WIDE PACK
#define DOWN 1
#define ACROSS 1
#endif

/* where the elements of a thread are in what is full-size, in the output and in what it keeps */
struct place { i64 in, to, own, n_out, n_own, line, next; };

STEP i64 offset(int j, const place &at)
{
    return POOLED ? j / ACROSS * at.line + j % ACROSS * at.next : j;
}

STEP place place_of(i64 i, i64 n, i64 inner, i64 channels, i64 height, i64 width)
{
    place at;
    if (!POOLED) {
        at.in = at.to = at.own = i * PACK;
        at.n_out = at.n_own = n;
        at.line = at.next = 0;
        return at;
    }
    const i64 high = height / DOWN, wide = width / ACROSS;
    at.next = inner == 1 ? channels : 1;
    at.line = width * at.next;
    const i64 spot = i / at.next, row = spot / wide;
    const i64 top = row / high * height + row % high * DOWN;
    at.in = (top * width + spot % wide * ACROSS) * at.next + i % at.next;
    at.to = i;
    at.own = i * PACK;
    at.n_out = n / (height * width) * high * wide;
    at.n_own = at.n_out * PACK;
    return at;
}

template <class T, class P> STEP T take(const P *from, const place &at)
{
#if POOLED
    T found;
    EACH found.a[j] = from[offset(j, at)];
    return found;
#else
    return *(const T *)from;
#endif
}

template <class T, class P> STEP void put(P *to, const T &found, const place &at)
{
#if POOLED
    EACH to[offset(j, at)] = found.a[j];
#else
    *(T *)to = found;
#endif
}

STEP void give(io *to, const pack &fired)
{
#ifdef WITH_MAX
    real pooled = LOAD(fired.a[0]);
    EACH pooled = LOAD(fired.a[j]) > pooled ? LOAD(fired.a[j]) : pooled;
    STORE(*to, pooled);
#elif defined(WITH_AVG)
    real pooled = R(0.0);
    EACH pooled += LOAD(fired.a[j]);
    STORE(*to, pooled / R(PACK));
#else
    *(pack *)to = fired;
#endif
}

STEP pack arrived(const io *g)
{
#if POOLED
    pack found;
    EACH found.a[j] = *g;
    return found;
#else
    return *(const pack *)g;
#endif
}

/* the gradient of every element; of equals the first is the largest */
STEP void share(pack &g, const pack &fired)
{
#ifdef WITH_MAX
    real pooled = LOAD(fired.a[0]);
    int chosen = 0;
    EACH {
        chosen = LOAD(fired.a[j]) > pooled ? j : chosen;
        pooled = LOAD(fired.a[j]) > pooled ? LOAD(fired.a[j]) : pooled;
    }
    EACH g.a[j] = j == chosen ? g.a[j] : (io)0;
#elif defined(WITH_AVG)
    EACH STORE(g.a[j], LOAD(g.a[j]) / R(PACK));
#endif
}

/* the part of a thread in sums by channel: which channel, and which of its elements */
struct worker { i64 lane, channel, group, inner, channels, outer; };

STEP worker worker_of(
    i64 n, i64 span, i64 inner, i64 channels, i64 height, i64 width, i64 wide)
{
    const i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x;
    const i64 side = POOLED ? height / DOWN * (width / ACROSS) : inner;
    const i64 count = POOLED ? n / (height * width) * side : n;
    worker me;
    me.inner = inner == 1 ? 1 : side / wide;
    me.channels = inner == 1 ? channels / wide : channels;
    me.outer = count / wide / (me.inner * me.channels);
    me.lane = i % span;
    me.channel = i / span % me.channels;
    me.group = i / span / me.channels;
    return me;
}

#define THREAD (blockIdx.x * (i64)blockDim.x + threadIdx.x)
#define PLACE \
    if (const place at = place_of(THREAD, n, inner, channels, height, width); at.to < at.n_out)
#define ELEMENT (at.in + offset(j, at))
#ifdef WITH_NORM
/* the elements of a window are all of one channel; neighbours may be of two */
struct normal { real scale[WIDE], shift[WIDE], center[WIDE], shifts[WIDE], scales[WIDE]; };
#define OWN (j % WIDE)
#define EACH_OWN _Pragma("unroll") for (int j = 0; j < WIDE; ++j)
#define NORM_BEGIN \
    normal norm; \
    EACH_OWN { \
        const i64 c = ELEMENT / inner % channels; \
        norm.scale[j] = scale[c]; \
        norm.shift[j] = shift[c]; \
        norm.center[j] = center ? center[c] : R(0.0); \
        norm.shifts[j] = norm.scales[j] = R(0.0); \
    }
#define NORMED(x) (norm.scale[OWN] * (x) + norm.shift[OWN])
#define NORM_ADD(now, x) \
    norm.shifts[OWN] += now; \
    norm.scales[OWN] += now * (x - norm.center[OWN]);
#define NORM_SUMS \
    const worker me = worker_of(n, span, inner, channels, height, width, WIDE); \
    double shifted[WIDE], scaled[WIDE]; \
    EACH_OWN shifted[j] = scaled[j] = 0.0;
#define PLACES \
    for (i64 o = me.group; o < me.outer && me.group < chunks; o += chunks) \
        for (i64 e = me.lane; e < me.inner; e += span) \
            if (const place at = place_of((o * me.channels + me.channel) * me.inner + e, n, \
                inner, channels, height, width); true)
#define NORM_PART \
    EACH_OWN shifted[j] += norm.shifts[j]; \
    EACH_OWN scaled[j] += norm.scales[j];
#define NORM_TOTAL \
    if (me.group < chunks) \
        total(sums + (me.group * span + me.lane) * 2 * channels, shifted, scaled, inner, me, \
            channels);

STEP void total(double *sums, const double *shifted, const double *scaled, i64 inner,
    const worker &me, i64 channels)
{
    if (inner == 1) {
        EACH_OWN sums[me.channel * WIDE + j] = shifted[j];
        EACH_OWN sums[channels + me.channel * WIDE + j] = scaled[j];
        return;
    }
    double shift = 0.0, scale = 0.0;
    EACH_OWN shift += shifted[j];
    EACH_OWN scale += scaled[j];
    sums[me.channel] = shift;
    sums[channels + me.channel] = scale;
}
#else
struct normal {};
#define NORM_BEGIN normal norm;
#define NORMED(x) (x)
#define NORM_ADD(now, x)
#define NORM_SUMS
#define PLACES PLACE
#define NORM_PART
#define NORM_TOTAL
#endif
"""
