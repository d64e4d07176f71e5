// Lets a C++ compiler take the CUDA text as it is and run it, one thread after the other.
#include <cmath>
#include <cstring>
using std::isnan;
#define __device__
#define __global__
#define __forceinline__ inline
struct Index { unsigned x; };
static Index blockIdx, blockDim, threadIdx;
static float __uint_as_float(unsigned a) { float b; std::memcpy(&b, &a, 4); return b; }
static unsigned __float_as_uint(float a) { unsigned b; std::memcpy(&b, &a, 4); return b; }
static double __longlong_as_double(long long a) { double b; std::memcpy(&b, &a, 8); return b; }
