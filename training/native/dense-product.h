// The product of a batch and the weights of a dense layer.
//
// A block of rows of the weights is multiplied by all examples before the next block, so that the weights are read in the order of the
// memory. The second-level cache holds the block, and meanwhile fetches the next one. A panel of the block, a few columns wide, is
// copied to where the first-level cache holds it, and multiplied by a few examples at a time.
//
// Each value is computed by one chain of fused operations, in the order of the layer's inputs. So its bits depend neither on the
// processor's vectors nor on how columns are shared among threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "vectors.h"

namespace staged_study {

// Columns `first_column` to `end_column` are computed.
struct DenseProduct {
  const float* x;        // [batch, in]
  const float* weights;  // [in, out]
  float* y;              // [batch, end_column - first_column]
  int64_t batch, in, out;
  int64_t first_column, end_column;
};

// Adds the products of `depth` inputs to the sums of `Examples` examples. x: [depth, Examples]; panel: [depth, Vectors · Lanes];
// sums: [Examples, Vectors · Lanes].
template <int Lanes, int Examples, int Vectors>
STAGED_STUDY_INLINE void add_products(const float* x, const float* panel, int64_t depth, float* sums) {
  typedef float Vector __attribute__((vector_size(4 * Lanes)));
  Vector y[Examples][Vectors];
#pragma GCC unroll 8
  for (int example = 0; example < Examples; ++example) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) std::memcpy(&y[example][v], sums + (example * Vectors + v) * Lanes, sizeof y[example][v]);
  }
  for (int64_t row = 0; row < depth; ++row) {
    Vector w[Vectors];
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) std::memcpy(&w[v], panel + (row * Vectors + v) * Lanes, sizeof w[v]);
#pragma GCC unroll 8
    for (int example = 0; example < Examples; ++example) {
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) y[example][v] += w[v] * x[row * Examples + example];
    }
  }
#pragma GCC unroll 8
  for (int example = 0; example < Examples; ++example) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) std::memcpy(sums + (example * Vectors + v) * Lanes, &y[example][v], sizeof y[example][v]);
  }
}

// Columns `first` to `end` of x in groups of `Examples` examples: [group][column][Examples]. Zeros complete the last group.
template <int Examples>
STAGED_STUDY_INLINE void pack_examples(const float* x, int64_t batch, int64_t in, int64_t first, int64_t end, float* to) {
  const int64_t columns = end - first;
  for (int64_t example = 0; example < batch; example += Examples) {
    const float* from = x + example * in + first;
    const int64_t examples = std::min<int64_t>(Examples, batch - example);
    // A loop of known length is unrolled.
    if (examples == Examples) {
      for (int64_t column = 0; column < columns; ++column) {
        for (int each = 0; each < Examples; ++each) to[column * Examples + each] = from[each * in + column];
      }
    } else {
      std::memset(to, 0, 4 * Examples * columns);
      for (int64_t column = 0; column < columns; ++column) {
        for (int64_t each = 0; each < examples; ++each) to[column * Examples + each] = from[each * in + column];
      }
    }
    to += Examples * columns;
  }
}

// Copies a panel of `rows` rows and `columns` columns of the weights. Zeros complete its columns.
template <int Lanes, int Vectors>
STAGED_STUDY_INLINE void copy_panel(const float* weights, int64_t out, int64_t rows, int64_t columns, float* to) {
  typedef float Vector __attribute__((vector_size(4 * Lanes)));
  constexpr int kColumns = Lanes * Vectors;
  if (columns < kColumns) std::memset(to, 0, 4 * rows * kColumns);
  for (int64_t row = 0; row < rows; ++row) {
    const float* from = weights + row * out;
    if (columns < kColumns) {
      std::memcpy(to + row * kColumns, from, 4 * columns);
      continue;
    }
    // Compilers copy a whole row with shorter vectors.
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      Vector copied;
      std::memcpy(&copied, from + v * Lanes, sizeof copied);
      std::memcpy(to + row * kColumns + v * Lanes, &copied, sizeof copied);
    }
  }
}

// Fetches rows of `width` values, `out` values apart, a cache line at a time.
struct Fetcher {
  const float* row;
  int64_t width, out;
  int64_t column = 0;

  void fetch(int64_t lines) {
    for (int64_t line = 0; line < lines; ++line) {
      __builtin_prefetch(row + column);
      column += CacheLine::kFloats;
      if (column < width) continue;
      column = 0;
      row += out;
    }
  }
};

template <int Lanes, int Examples, int Vectors>
STAGED_STUDY_INLINE void multiply_blocks(const DenseProduct& product) {
  constexpr int kColumns = Lanes * Vectors;
  constexpr int64_t kFloatsOfBlock = 48 * 1024, kLeastRows = 8, kMostRows = 96;
  static thread_local std::vector<CacheLine> x_lines, panel_lines, sums_lines;
  const int64_t width = product.end_column - product.first_column;
  const int64_t groups = (product.batch + Examples - 1) / Examples, panels = (width + kColumns - 1) / kColumns;
  const int64_t rows_of_block = std::max(kLeastRows, std::min(kMostRows, kFloatsOfBlock / width));
  float* x = resized(x_lines, groups * Examples * rows_of_block);
  float* panel = resized(panel_lines, rows_of_block * kColumns);
  // [panel][groups · Examples][kColumns]
  float* sums = resized(sums_lines, panels * groups * Examples * kColumns);
  std::memset(sums, 0, 4 * panels * groups * Examples * kColumns);
  for (int64_t row = 0; row < product.in; row += rows_of_block) {
    const int64_t rows = std::min(rows_of_block, product.in - row), next_rows = std::min(rows_of_block, product.in - row - rows);
    const float* weights = product.weights + row * product.out + product.first_column;
    Fetcher next = {weights + rows * product.out, width, product.out};
    const int64_t lines = next_rows * ((width + CacheLine::kFloats - 1) / CacheLine::kFloats);
    const int64_t lines_at_once = (lines + panels * groups - 1) / (panels * groups);
    pack_examples<Examples>(product.x, product.batch, product.in, row, row + rows, x);
    for (int64_t column = 0; column < width; column += kColumns) {
      copy_panel<Lanes, Vectors>(weights + column, product.out, rows, std::min<int64_t>(kColumns, width - column), panel);
      for (int64_t group = 0; group < groups; ++group) {
        next.fetch(lines_at_once);
        add_products<Lanes, Examples, Vectors>(x + group * Examples * rows, panel, rows,
                                               sums + (column * groups + group * kColumns) * Examples);
      }
    }
  }
  for (int64_t column = 0; column < width; column += kColumns) {
    const int64_t columns = std::min<int64_t>(kColumns, width - column);
    for (int64_t example = 0; example < product.batch; ++example) {
      std::memcpy(product.y + example * width + column, sums + column * groups * Examples + example * kColumns, 4 * columns);
    }
  }
}

__attribute__((target("avx512f,fma"))) inline void multiply_with_avx512(const DenseProduct& product) {
  multiply_blocks<16, 4, 4>(product);
}

__attribute__((target("avx2,fma"))) inline void multiply_with_avx2(const DenseProduct& product) {
  multiply_blocks<8, 3, 4>(product);
}

// Processors without fused operations, from before 2013, compute other bits.
inline void multiply_with_sse(const DenseProduct& product) { multiply_blocks<4, 4, 2>(product); }

// Multiplies with the widest vectors that the processor has.
inline void multiply(const DenseProduct& product) {
  if (product.batch == 0 || product.first_column == product.end_column) return;
  if (has_avx512()) return multiply_with_avx512(product);
  if (has_avx2()) return multiply_with_avx2(product);
  multiply_with_sse(product);
}

}  // namespace staged_study
