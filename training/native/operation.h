// What TensorFlow's operations share.
#pragma once

#include <cstdint>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace staged_study {

struct Status {
  TF_Status* value = TF_NewStatus();
  ~Status() { TF_DeleteStatus(value); }
  bool ok() const { return TF_GetCode(value) == TF_OK; }
};

inline bool has_shape(const TF_Tensor* tensor, int64_t rows, int64_t columns) {
  return TF_NumDims(tensor) == 2 && TF_Dim(tensor, 0) == rows && TF_Dim(tensor, 1) == columns;
}

// The size of a matrix; -1 if the tensor has another number of axes.
inline int64_t size_of(const TF_Tensor* tensor, int axis) { return TF_NumDims(tensor) == 2 ? TF_Dim(tensor, axis) : -1; }

inline float* floats(const TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

}  // namespace staged_study
