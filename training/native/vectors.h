// What loops with the processor's vectors share.
#pragma once

#include <cstdint>
#include <vector>

// Functions that are inlined into one that may use more of the processor's instructions, and then use them too.
#define STAGED_STUDY_INLINE inline __attribute__((always_inline))

namespace staged_study {

// Vectors that begin with a cache line are read twice as fast as others.
struct alignas(64) CacheLine {
  static constexpr int kFloats = 16;
  float values[kFloats];
};

inline float* resized(std::vector<CacheLine>& lines, int64_t floats) {
  lines.resize((floats + CacheLine::kFloats - 1) / CacheLine::kFloats);
  return lines.data()->values;
}

inline bool has_avx512() { return __builtin_cpu_supports("avx512f"); }
inline bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

}  // namespace staged_study
