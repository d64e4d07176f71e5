"""Where the parts of an image are, in C: the channels of one place of the pooled image.

An image lies in memory as [height, width, channels]. What is left over at its lower and right
edges belongs to no window.
"""

PLACES = r"""
typedef struct {
    i64 first, line, to, n_out, channel;
    int m;
} part;

STEP i64 count_parts(
    i64 n, i64 height, i64 width, i64 channels, i64 down, i64 across)
{
    const i64 places = n / (height * width * channels) * (height / down) * (width / across);
    return places * ((channels + BLOCK - 1) / BLOCK);
}

STEP part part_of(
    i64 i, i64 n, i64 height, i64 width, i64 channels, i64 down, i64 across)
{
    const i64 high = height / down, wide = width / across;
    const i64 blocks = (channels + BLOCK - 1) / BLOCK, begin = i % blocks * BLOCK;
    const i64 place = i / blocks, row = place / wide;
    const i64 top = row / high * height + row % high * down;
    part at;
    at.first = (top * width + place % wide * across) * channels + begin;
    at.line = width * channels;
    at.to = place * channels + begin;
    at.channel = begin;
    at.n_out = n / (height * width) * high * wide;
    at.m = channels - begin < BLOCK ? (int)(channels - begin) : BLOCK;
    return at;
}
"""
