// How optimizers update weights, with vectors of weights, gradients and slots. training/optimizers/ has the formulas' sources, and
// the numbers in the order in which the rules take them.
#pragma once

#include <cstring>

#include "vectors.h"

namespace staged_study {

constexpr int kMostSlots = 2;
constexpr int kMostNumbers = 6;

// Vectors are passed by reference: by value, they would be passed in registers that not every processor has.
template <class Vector>
STAGED_STUDY_INLINE void take_root(Vector& squares) {
  constexpr int kLanes = sizeof(Vector) / sizeof(float);
  float values[kLanes];
  std::memcpy(values, &squares, sizeof values);
  for (int lane = 0; lane < kLanes; ++lane) values[lane] = __builtin_sqrtf(values[lane]);
  std::memcpy(&squares, values, sizeof values);
}

// Each rule's first number is the weight decay: what is added to the gradient, in multiples of the weights.
//
// No sum has two products. Compilers could fuse either of them with the sum, so that bits would depend on the compiler.

struct Sgd {
  static constexpr int kSlots = 1;
  static constexpr int kNumbers = 3;

  template <class Vector>
  static STAGED_STUDY_INLINE void apply(Vector& weights, Vector* slots, Vector& gradient, const float* numbers) {
    const float decay = numbers[0], learning_rate = numbers[1], momentum = numbers[2];
    gradient += weights * decay;
    slots[0] = slots[0] * momentum + gradient;
    weights -= slots[0] * learning_rate;
  }
};

struct Adagrad {
  static constexpr int kSlots = 1;
  static constexpr int kNumbers = 3;

  template <class Vector>
  static STAGED_STUDY_INLINE void apply(Vector& weights, Vector* slots, Vector& gradient, const float* numbers) {
    const float decay = numbers[0], learning_rate = numbers[1], epsilon = numbers[2];
    gradient += weights * decay;
    slots[0] += gradient * gradient;
    Vector norm = slots[0];
    take_root(norm);
    weights -= gradient * learning_rate / (norm + epsilon);
  }
};

struct Adadelta {
  static constexpr int kSlots = 2;
  static constexpr int kNumbers = 4;

  template <class Vector>
  static STAGED_STUDY_INLINE void apply(Vector& weights, Vector* slots, Vector& gradient, const float* numbers) {
    const float decay = numbers[0], learning_rate = numbers[1], rho = numbers[2], epsilon = numbers[3];
    gradient += weights * decay;
    slots[0] += (gradient * gradient - slots[0]) * (1 - rho);
    Vector numerator = slots[1] + epsilon, denominator = slots[0] + epsilon;
    take_root(numerator);
    take_root(denominator);
    const Vector delta = numerator / denominator * gradient;
    slots[1] += (delta * delta - slots[1]) * (1 - rho);
    weights -= delta * learning_rate;
  }
};

struct Adam {
  static constexpr int kSlots = 2;
  static constexpr int kNumbers = 5;

  template <class Vector>
  static STAGED_STUDY_INLINE void apply(Vector& weights, Vector* slots, Vector& gradient, const float* numbers) {
    const float decay = numbers[0], learning_rate = numbers[1], epsilon = numbers[2], beta1 = numbers[3], beta2 = numbers[4];
    gradient += weights * decay;
    slots[0] += (gradient - slots[0]) * (1 - beta1);
    slots[1] += (gradient * gradient - slots[1]) * (1 - beta2);
    Vector norm = slots[1];
    take_root(norm);
    weights -= slots[0] * learning_rate / (norm + epsilon);
  }
};

// Keeps a part of the weights, then as Adam.
struct AdamW {
  static constexpr int kSlots = Adam::kSlots;
  static constexpr int kNumbers = Adam::kNumbers + 1;

  template <class Vector>
  static STAGED_STUDY_INLINE void apply(Vector& weights, Vector* slots, Vector& gradient, const float* numbers) {
    const float kept = numbers[3], of_adam[Adam::kNumbers] = {numbers[0], numbers[1], numbers[2], numbers[4], numbers[5]};
    weights *= kept;
    Adam::apply(weights, slots, gradient, of_adam);
  }
};

}  // namespace staged_study
