// The gradient of a dense layer's weights and an optimizer's update of them, in one pass over the weights. The gradient is never
// stored: it is as large as the weights, and to write and read it takes about as long as to compute it.
//
// A tile of the weights is small enough for the gradient to stay in registers while the sum over the batch grows. Tiles follow each
// other in the order of the memory, and a tile is fetched while those before it are computed.
//
// Each weight is computed by one chain of fused operations, in the order of the batch's examples. So its bits depend neither on the
// processor's vectors nor on how rows are shared among threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "update-rules.h"
#include "vectors.h"

namespace staged_study {

// Rows `first_row` to `end_row` are updated.
struct DenseLayer {
  float* weights;                // [in, out]
  float* slots[kMostSlots];      // what the optimizer keeps, each [in, out]
  const float* x;                // [batch, in]
  const float* dy;               // [batch, out]
  int64_t batch, in, out;
  int64_t first_row, end_row;
  const float* numbers;          // what the rule computes with
};

// A part of the weights and slots, whose rows lie `stride` values apart.
template <int Slots>
struct Block {
  float* weights;
  float* slots[Slots];
  int64_t stride;
};

// Fetches `Rows` rows and `Columns` columns.
template <int Rows, int Columns, int Slots>
STAGED_STUDY_INLINE void fetch(const Block<Slots>& block) {
#pragma GCC unroll 8
  for (int row = 0; row < Rows; ++row) {
#pragma GCC unroll 8
    for (int column = 0; column < Columns; column += CacheLine::kFloats) {
      const int64_t at = row * block.stride + column;
      __builtin_prefetch(block.weights + at);
      for (int slot = 0; slot < Slots; ++slot) __builtin_prefetch(block.slots[slot] + at);
    }
  }
}

// Updates `Rows` rows and `Vectors` vectors of columns. x: [batch, Rows]; dy: [batch, Vectors · Lanes].
template <class Rule, int Lanes, int Rows, int Vectors>
STAGED_STUDY_INLINE void update_tile(const Block<Rule::kSlots>& block, const float* x, const float* dy, int64_t batch,
                                     const float* numbers) {
  typedef float Vector __attribute__((vector_size(4 * Lanes)));
  Vector gradient[Rows][Vectors] = {};
  for (int64_t example = 0; example < batch; ++example) {
    Vector d[Vectors];
    // One vector at a time: compilers copy several of them through the stack.
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) std::memcpy(&d[v], dy + (example * Vectors + v) * Lanes, sizeof d[v]);
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row) {
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) gradient[row][v] += d[v] * x[example * Rows + row];
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < Rows; ++row) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      const int64_t at = row * block.stride + v * Lanes;
      Vector weights, slots[Rule::kSlots];
      std::memcpy(&weights, block.weights + at, sizeof weights);
      for (int slot = 0; slot < Rule::kSlots; ++slot) std::memcpy(&slots[slot], block.slots[slot] + at, sizeof weights);
      Rule::apply(weights, slots, gradient[row][v], numbers);
      std::memcpy(block.weights + at, &weights, sizeof weights);
      for (int slot = 0; slot < Rule::kSlots; ++slot) std::memcpy(block.slots[slot] + at, &slots[slot], sizeof weights);
    }
  }
}

template <int Slots>
STAGED_STUDY_INLINE void copy_block(const Block<Slots>& from, const Block<Slots>& to, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row) {
    std::memcpy(to.weights + row * to.stride, from.weights + row * from.stride, 4 * columns);
    for (int slot = 0; slot < Slots; ++slot) {
      std::memcpy(to.slots[slot] + row * to.stride, from.slots[slot] + row * from.stride, 4 * columns);
    }
  }
}

// Columns `first` to `end` of a matrix in groups of `Width`: [group][row][Width]. Zeros complete the last group.
template <int Width>
STAGED_STUDY_INLINE void pack(const float* matrix, int64_t rows, int64_t columns, int64_t first, int64_t end, float* to) {
  const int64_t whole = (end - first) / Width, left = (end - first) % Width;
  for (int64_t row = 0; row < rows; ++row) {
    const float* from = matrix + row * columns + first;
    float* packed = to + row * Width;
    for (int64_t group = 0; group < whole; ++group) {
      std::memcpy(packed + group * rows * Width, from + group * Width, 4 * Width);
    }
    if (left == 0) continue;
    float last[Width] = {};
    std::memcpy(last, from + whole * Width, 4 * left);
    std::memcpy(packed + whole * rows * Width, last, sizeof last);
  }
}

// The weights and slots from a row and column on.
template <int Slots>
STAGED_STUDY_INLINE Block<Slots> block_at(const DenseLayer& layer, int64_t row, int64_t column) {
  const int64_t at = row * layer.out + column;
  Block<Slots> block = {layer.weights + at, {}, layer.out};
  for (int slot = 0; slot < Slots; ++slot) block.slots[slot] = layer.slots[slot] + at;
  return block;
}

template <class Rule, int Lanes, int Rows, int Vectors>
STAGED_STUDY_INLINE void update_rows(const DenseLayer& layer) {
  constexpr int kSlots = Rule::kSlots;
  constexpr int kColumns = Lanes * Vectors;
  constexpr int kTilesAhead = 4;
  static thread_local std::vector<CacheLine> x_lines, dy_lines;
  const int64_t width = (layer.out + kColumns - 1) / kColumns * kColumns;
  float* dy = resized(dy_lines, width * layer.batch);
  float* x = resized(x_lines, Rows * layer.batch);
  pack<kColumns>(layer.dy, layer.batch, layer.out, 0, layer.out, dy);
  for (int64_t row = layer.first_row; row < layer.end_row; row += Rows) {
    const int64_t rows = std::min<int64_t>(Rows, layer.end_row - row);
    pack<Rows>(layer.x, layer.batch, layer.in, row, row + rows, x);
    for (int64_t column = 0; column < width; column += kColumns) {
      const int64_t columns = std::min<int64_t>(kColumns, layer.out - column), ahead = column + kTilesAhead * kColumns;
      fetch<Rows, kColumns>(ahead < width ? block_at<kSlots>(layer, row, ahead)
                                          : block_at<kSlots>(layer, row + Rows, ahead - width));
      const Block<kSlots> block = block_at<kSlots>(layer, row, column);
      const float* dys = dy + column * layer.batch;
      if (rows == Rows && columns == kColumns) {
        update_tile<Rule, Lanes, Rows, Vectors>(block, x, dys, layer.batch, layer.numbers);
        continue;
      }
      float tile[1 + kSlots][Rows * kColumns] = {};
      Block<kSlots> edge = {tile[0], {}, kColumns};
      for (int slot = 0; slot < kSlots; ++slot) edge.slots[slot] = tile[1 + slot];
      copy_block(block, edge, rows, columns);
      update_tile<Rule, Lanes, Rows, Vectors>(edge, x, dys, layer.batch, layer.numbers);
      copy_block(edge, block, rows, columns);
    }
  }
}

template <class Rule>
__attribute__((target("avx512f,fma"))) void update_with_avx512(const DenseLayer& layer) {
  update_rows<Rule, 16, 4, 4>(layer);
}

template <class Rule>
__attribute__((target("avx2,fma"))) void update_with_avx2(const DenseLayer& layer) {
  update_rows<Rule, 8, 6, 2>(layer);
}

// Processors without fused operations, from before 2013, compute other bits.
template <class Rule>
void update_with_sse(const DenseLayer& layer) {
  update_rows<Rule, 4, 4, 2>(layer);
}

// Updates a layer with the widest vectors that the processor has.
template <class Rule>
void update(const DenseLayer& layer) {
  if (layer.batch == 0 || layer.out == 0) return;
  if (has_avx512()) return update_with_avx512<Rule>(layer);
  if (has_avx2()) return update_with_avx2<Rule>(layer);
  update_with_sse<Rule>(layer);
}

}  // namespace staged_study
